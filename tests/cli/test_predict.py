"""`annotate predict`: streams in and out, order kept, bad input reported."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from annotate.cli.options import PIPELINES, STYLES
from annotate.cli.pipelines import read_parties
from annotate.errors import InputError
from annotate.pipeline import running
from annotate.pipeline.network import terms
from annotate.record import parse_record


def run(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "annotate", "predict", *arguments],
        input=stdin, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip


def test_a_text_file_gives_one_record(tmp_path: Path) -> None:
    (tmp_path / "one.txt").write_text("“It is over,” the mayor said.\n", encoding="utf-8")
    done = run(str(tmp_path / "one.txt"))
    record = parse_record(done.stdout)
    assert done.returncode == 0
    assert record.text is not None
    assert [record.text[slice(*a.source[0])] for a in record.attributions] == ["the mayor"]


def test_bad_lines_are_reported_and_the_others_kept_in_order() -> None:
    lines = [json.dumps({"id": name, "text": "Police said that it rained."}) for name in ("b", "a")]
    done = run("-", stdin="\n".join([lines[0], "not json", lines[1]]) + "\n")
    assert [parse_record(line).id for line in done.stdout.splitlines()] == ["b", "a"]
    assert done.stderr.startswith("-:2: ")
    assert done.returncode == 1


def test_the_choices_are_those_of_the_pipeline() -> None:
    assert PIPELINES == running.PIPELINES
    assert STYLES == terms.STYLES


def test_the_pipeline_style_and_least_score_are_chosen() -> None:
    article = json.dumps({"id": "x", "text": "“The road is closed,” the mayor said. Residents fear that it floods."})
    made = {
        options: parse_record(run("-", *options, stdin=article).stdout)
        for options in ((), ("--pipeline", "rules"), ("--style", "polnear"), ("--min-score", "1"))
    }
    names = [str(record.provenance and record.provenance.pipeline).split("/")[0] for record in made.values()]
    assert [name.split("-")[0] for name in names] == ["model", "rules", "model", "model"]
    assert len(set(names)) == 4
    assert made[()].attributions
    assert not made["--min-score", "1"].attributions


@pytest.mark.parametrize("option", [("--style", "house"), ("--min-score", "0.5")])
def test_the_rules_take_no_options_of_the_model(option: tuple[str, str]) -> None:
    done = run("-", "--pipeline", "rules", *option, stdin="")
    assert done.returncode == 2
    assert "--model, --style and --min-score are the network's: they go without --pipeline rules" in done.stderr


def test_parties_are_read_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "parties.txt").write_text("Blue Front\n", encoding="utf-8")
    article = json.dumps({"id": "x", "text": "The Blue Front said that it won."})
    done = run("-", "--pipeline", "rules", "--parties", str(tmp_path / "parties.txt"), stdin=article)
    assert parse_record(done.stdout).attributions[0].independence == "party"


def test_an_unknown_base_model_is_one_line() -> None:
    done = run("-", "--base-model", "no_such_model", stdin="")
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("annotate: no_such_model: the base model cannot be loaded")


def test_parties_as_lines_and_as_json(tmp_path: Path) -> None:
    path = tmp_path / "parties.jsonl"
    path.write_text('Blue Front\n\n{"name": "Red Front", "aliases": ["RF"]}\n', encoding="utf-8")
    assert list(read_parties(path)) == [["Blue Front"], ["Red Front", "RF"]]


@pytest.mark.parametrize("line", ['{"aliases": []}', '{"name": 3}', "{"])
def test_a_broken_party_is_named_with_its_line(tmp_path: Path, line: str) -> None:
    path = tmp_path / "parties.jsonl"
    path.write_text(f"Blue Front\n{line}\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"parties.jsonl:2: not a party"):
        list(read_parties(path))


def test_records_come_out_while_articles_still_go_in() -> None:
    """Nothing waits for the end of the input, so memory does not depend on how much there is."""
    process = subprocess.Popen(
        [sys.executable, "-m", "annotate", "predict", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin is not None
    assert process.stdout is not None
    articles = (
        json.dumps({"id": str(number), "text": f"Police said that it rained {number} times."}) for number in range(300)
    )
    process.stdin.writelines(f"{line}\n" for line in articles)
    process.stdin.flush()
    assert parse_record(process.stdout.readline()).id == "0"
    process.stdin.close()
    rest = process.stdout.read()
    process.stdout.close()
    assert [parse_record(line).id for line in rest.splitlines()] == [str(number) for number in range(1, 300)]
    assert process.wait(60) == 0


def test_the_seeds_own_parties_are_read() -> None:
    named = {name for group in read_parties(Path("seeds/PARTIES")) for name in group}
    assert {"Taliban", "National Resistance Front"} <= named


def test_a_track_record_and_outlets_of_ones_own(tmp_path: Path) -> None:
    (tmp_path / "own.csv").write_text("name,domain\nMuestra Uno,muestra.example\n", encoding="utf-8")
    (tmp_path / "track.csv").write_text("outlet,reliability\nMuestra Uno,C\n", encoding="utf-8")
    article = json.dumps({"id": "x", "text": "The bridge is closed, Muestra Uno reported."})
    options = ("--outlets", str(tmp_path / "own.csv"), "--track-record", str(tmp_path / "track.csv"))
    record = parse_record(run("-", *options, stdin=article).stdout)
    assert [(outlet.name, outlet.domain) for outlet in record.outlets] == [("Muestra Uno", "muestra.example")]
    assert [a.suggestion.reliability for a in record.attributions if a.suggestion] == ["C"]


def test_a_bad_track_record_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "track.csv").write_text("outlet,reliability\nReuters,Z\n", encoding="utf-8")
    done = run("-", "--track-record", str(tmp_path / "track.csv"), stdin="")
    assert done.returncode == 1
    assert "track.csv:2: the reliability 'Z' is none of A to F" in done.stderr
    assert done.stderr.count("\n") == 1
