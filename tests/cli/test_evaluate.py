"""`annotate evaluate`: the table, the document, what is refused."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from annotate.cli.evaluate import GROUPINGS
from annotate.dataset.formats import FORMATS
from annotate.evaluation import KEYS
from tests.records import TEXT as MADE_UP
from tests.records import sample_record

TEXT = "The mayor said that it rained. Residents fear that it floods."
MAYOR = {"quote": [[15, 29]], "cue": [[10, 14]], "source": [[0, 9]], "cue_class": "neutral"}
FEAR = {"quote": [[46, 60]], "cue": [[41, 45]], "source": [[31, 40]], "cue_class": "attitude"}


def annotate(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "annotate", "evaluate", *map(str, arguments)],
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip


def keep(path: Path, *attributions: dict[str, Any], id: str = "a", text: str = TEXT) -> Path:
    row = {"id": id, "text": text, "attributions": attributions, "meta": {"publisher": "Sample Post"}}
    path.write_text(json.dumps(row) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    return keep(tmp_path / "gold.jsonl", MAYOR, FEAR)


def document(*arguments: object) -> dict[str, Any]:
    done = annotate(*arguments, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def test_the_table(gold: Path, tmp_path: Path) -> None:
    predicted = keep(tmp_path / "pred.jsonl", {**MAYOR, "score": 0.9}, {**FEAR, "source": [[0, 9]], "score": 0.3})
    done = annotate(gold, "--pred", predicted, "--errors", "all", "--by", "outlet")
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.split("\n")
    assert lines[0] == "1 article, 11 words"
    assert [line.split() for line in lines if line.startswith("  attributed")] == [
        ["attributed", "50.0", "50.0", "50.0", "2", "2"],
        ["attributed", "0.0", "0.0", "0.0", "0", "0"],
        ["attributed", "50.0", "50.0", "50.0", "2", "2"],
    ]
    assert any(line.startswith("outlet: Sample Post ") for line in lines)
    # The right source is to be added and related, the wrong relation deleted: "The mayor" stays for the other quote.
    assert "work left: 30.0 %, 3 of 10 operations" in lines
    assert "expected calibration error: 20.0 points, over 2 scores" in lines
    assert "cue class: right in 100.0 % of the 2 found that have one" in lines
    assert "      1  wrong-source           another source" in lines
    assert lines[-4:-1] == [
        "wrong-source: a 46–60, score 0.30",
        "  annotated: The mayor said that it rained. [S Residents] [C fear] [Q that it floods].",
        "  predicted: [S The mayor] said that it rained. Residents [C fear] [Q that it floods].",
    ]


def test_the_document_holds_everything(gold: Path, tmp_path: Path) -> None:
    result = document(gold, "--pred", keep(tmp_path / "pred.jsonl", MAYOR), "--by", "cue_class", "--errors", "all")
    figure = {"precision": 100.0, "recall": 50.0, "f1": 66.7, "predicted": 1, "annotated": 2, "interval": None}
    assert result["figures"]["all"]["attributed"] == figure
    assert set(result["figures"]) == {"all", "direct"}
    assert result["groups"]["attitude"]["content"]["recall"] == 0.0
    assert result["work"] == {"operations": 5, "from_scratch": 10, "left": 50.0, "interval": None}
    assert result["calibration"] is None
    assert result["error_kinds"] == {"missed": 1}
    assert [error["kind"] for error in result["errors"]] == ["missed"]


def test_statements_leave_attitudes_out(gold: Path, tmp_path: Path) -> None:
    predicted = keep(tmp_path / "pred.jsonl", MAYOR)
    assert document(gold, "--pred", predicted, "--statements")["work"]["left"] == 0.0


def test_a_least_score_leaves_predictions_out(gold: Path, tmp_path: Path) -> None:
    predicted = keep(tmp_path / "pred.jsonl", {**MAYOR, "score": 0.9}, {**FEAR, "score": 0.3})
    result = document(gold, "--pred", predicted, "--min-score", "0.5")
    assert result["figures"]["all"]["content"]["predicted"] == 1


def test_errors_are_listed_by_number_and_by_kind(gold: Path, tmp_path: Path) -> None:
    predicted = keep(tmp_path / "pred.jsonl", {**MAYOR, "source": [], "cue": []})
    kinds = [error["kind"] for error in document(gold, "--pred", predicted, "--errors", "all")["errors"]]
    assert kinds == ["missing-cue", "missing-source", "missed"]
    assert len(document(gold, "--pred", predicted, "--errors", "1")["errors"]) == 1
    assert document(gold, "--pred", predicted)["errors"] == []
    chosen = document(gold, "--pred", predicted, "--errors", "all", "--kind", "missed", "--kind", "missing-source")
    assert [error["kind"] for error in chosen["errors"]] == ["missing-source", "missed"]


def test_without_predictions_the_pipeline_makes_them(gold: Path) -> None:
    result = document(gold, "--pipeline", "rules")
    assert result["figures"]["all"]["attributed"]["recall"] > 0
    assert result["calibration"]["count"] == result["figures"]["all"]["content"]["predicted"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--errors", "many"], "Invalid value for '--errors': give a number, or: all"),
        (["--kind", "odd"], "Invalid value for '--kind': 'odd' is none of: missed, invented,"),
        (["--by", "weekday"], "Invalid value for '--by'"),
        (["--min-score", "2"], "Invalid value for '--min-score'"),
        (["--style", "house"], "--style is for predictions that are made here: it goes without --pred"),
        (["--pipeline", "rules"], "--pipeline is for predictions that are made here: it goes without --pred"),
    ],
)
def test_wrong_usage(gold: Path, arguments: list[str], message: str) -> None:
    done = annotate(gold, "--pred", gold, *arguments)
    assert done.returncode == 2
    assert message in done.stderr.replace("\n", " ")


def test_what_does_not_fit_together_is_one_clear_line(gold: Path, tmp_path: Path) -> None:
    for predicted, message in (
        (keep(tmp_path / "other.jsonl", id="b"), "1 of 1 annotated articles have no prediction, the first is 'a'"),
        (keep(tmp_path / "text.jsonl", text=TEXT + "."), "a: the prediction is of another text"),
        (keep(tmp_path / "span.jsonl", {"quote": [[50, 90]]}), "quote [50, 90) in a text of 61 characters"),
    ):
        done = annotate(gold, "--pred", predicted)
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
        assert message in done.stderr
    empty = keep(tmp_path / "empty.jsonl")
    done = annotate(empty, "--pred", empty)
    assert done.returncode == 1
    assert done.stderr.startswith("annotate: the annotated articles hold no attribution")


def test_the_groupings_are_those_of_the_library() -> None:
    assert set(GROUPINGS) == set(KEYS)


def test_sourcing_figures_of_what_the_records_say(tmp_path: Path) -> None:
    text = "Mayor Jane Roe told Reuters that it rained."
    told: dict[str, Any] = {
        "id": "a1", "quote": [[28, 42]], "cue": [[15, 19]], "source": [[0, 14]], "cue_class": "neutral",
        "speaker": {"name": "Jane Roe"}, "source_type": "politician", "anonymity": "named_individual",
        "via": [{"name": "Reuters", "span": [20, 27]}],
    }  # fmt: skip
    outlet = {"span": [20, 27], "name": "Reuters", "role": "recipient"}
    gold, pred = tmp_path / "gold.jsonl", tmp_path / "pred.jsonl"
    gold.write_text(
        json.dumps({"id": "a", "text": text, "attributions": [told], "outlets": [outlet]}), encoding="utf-8"
    )
    other = told | {"speaker": {"name": "Roe"}, "source_type": "official"}
    wrong = {
        "id": "a",
        "text": text,
        "attributions": [other],
        "outlets": [outlet | {"name": "Thomson Reuters", "role": "via"}],
    }
    pred.write_text(json.dumps(wrong), encoding="utf-8")
    figures = document(gold, "--pred", pred, "--sourcing")["sourcing"]
    got = {name: figure["f1"] for name, figure in figures.items() if figure["annotated"]}
    assert got == {
        "outlets": 100.0, "outlet_name": 100.0, "outlet_role": 0.0, "speaker": 0.0, "speaker_named": 0.0,
        "source_type": 0.0, "anonymity": 100.0, "cue_class": 100.0, "via": 100.0, "directness": 100.0,
    }  # fmt: skip
    assert "outlet_role" in annotate(gold, "--pred", pred, "--sourcing").stdout


FORMS = ("jsonl", "parquet", "brat", "citron", "label-studio")


def dataset(folder: Path, form: str, *texts: str) -> Path:
    """Write a dataset of one form: the same two attributions over each text."""
    records = [sample_record(text).model_copy(update={"id": f"article-{number}"}) for number, text in enumerate(texts)]
    folder.mkdir(parents=True)
    FORMATS[form].write(folder / FORMATS[form].target, records)
    return folder


@pytest.mark.parametrize("form", FORMS)
def test_gold_and_predictions_may_have_any_form(form: str, tmp_path: Path) -> None:
    texts = [MADE_UP, f"{MADE_UP} 😀"]
    gold = dataset(tmp_path / "gold", form, *texts)
    rows = dataset(tmp_path / "rows", "jsonl", *texts) / "records.jsonl"
    assert document(gold, "--pred", rows)["figures"] == document(rows, "--pred", rows)["figures"]
    assert document(gold / FORMATS[form].target, "--pred", gold)["figures"]["all"]["attributed"]["f1"] == 100.0


def test_sourcing_takes_what_holds_records(tmp_path: Path) -> None:
    gold = dataset(tmp_path / "gold", "label-studio", MADE_UP)
    result = document(gold, "--pred", dataset(tmp_path / "pred", "parquet", MADE_UP), "--sourcing")
    figures = result["sourcing"]
    assert figures["outlets"]["annotated"] == 2
    assert {figures[name]["f1"] for name in ("outlets", "via", "verifications", "disputes")} == {100.0}


def test_a_split_is_measured_alone(tmp_path: Path) -> None:
    for split, text in (("train", MADE_UP), ("test", f"{MADE_UP} Again.")):
        dataset(tmp_path / "all" / split, "jsonl", text)
        for file in (tmp_path / "all" / split).iterdir():
            file.write_text(file.read_text(encoding="utf-8").replace("article-0", split), encoding="utf-8")
    test = tmp_path / "all" / "test" / "records.jsonl"
    assert document(tmp_path / "all", "--split", "test", "--pred", test)["articles"] == 1
    whole = annotate(tmp_path / "all", "--pred", test)
    assert (whole.returncode, whole.stdout) == (1, "")
    assert "1 of 2 annotated articles have no prediction, the first is 'train'" in whole.stderr
    absent = annotate(tmp_path / "all", "--split", "dev", "--pred", test)
    assert (absent.returncode, absent.stdout) == (1, "")
    assert absent.stderr == f"annotate: {tmp_path / 'all'}: holds no split 'dev' (choose one of: train, test)\n"


def test_rows_without_texts_are_to_be_hydrated(tmp_path: Path) -> None:
    folder = tmp_path / "standoff"
    folder.mkdir()
    FORMATS["jsonl"].write(folder / "records.jsonl", [sample_record().model_copy(update={"text": None})])
    done = annotate(folder, "--pred", folder)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        f"annotate: {folder / 'records.jsonl'}:1: the row goes without its text (fill it in with `annotate hydrate`)\n"
    )


def test_two_files_of_predictions_are_compared(gold: Path, tmp_path: Path) -> None:
    before = keep(tmp_path / "before.jsonl", MAYOR)
    after = keep(tmp_path / "after.jsonl", MAYOR, FEAR)
    done = annotate(gold, "--pred", before, "--compare", after, "--errors", "all")
    assert (done.returncode, done.stderr) == (0, "")
    assert "found by the second alone: 1 annotated attribution" in done.stdout
    assert f"first:  {before}" in done.stdout
    told = document(gold, "--pred", before, "--compare", after)
    content = told["figures"]["all"]["content"]
    assert (content["first"], content["second"], content["difference"]) == (66.7, 100.0, 33.3)
    assert (told["test"]["exact"], told["test"]["articles_that_differ"]) == (True, 1)
    assert [one["article"] for one in told["only_second"]] == ["a"]
    assert told["work_left"]["second"] == 0


def test_a_pipeline_is_compared_with_another(gold: Path) -> None:
    told = document(gold, "--compare", "rules")
    assert (told["first"], told["second"]) == ("model", "rules")
    assert told["figures"]["all"]["content"]["first"] == 100.0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--compare", "nowhere"], "no file, no folder and none of the pipelines"),
        (["--compare", "rules", "--by", "outlet"], "--by goes without --compare"),
    ],
)
def test_what_goes_not_with_compare(gold: Path, arguments: list[str], said: str) -> None:
    done = annotate(gold, *arguments)
    assert done.returncode == 2
    assert said in done.stderr
