"""Track records: the only road to a suggested reliability other than F."""

from __future__ import annotations

from pathlib import Path

import pytest

from annotate.errors import InputError
from annotate.pipeline import load_pipeline
from annotate.pipeline.registry import Registry
from annotate.pipeline.track_record import TrackRecord
from annotate.record import Article, Attribution

TEXT = "Jane Roe said that the dam broke, according to Reuters. John Poe told AFP that it held."


def keep(path: Path, content: str) -> Path:
    path.write_text(content, encoding="utf-8")
    return path


def attributions(path: Path) -> dict[str, Attribution]:
    record = TrackRecord.read(path, canonical=Registry.load().canonical)
    pipeline = load_pipeline(track_record=record)
    (read,) = pipeline.records([Article.of(TEXT)])
    return {TEXT[slice(*each.source[0])]: each for each in read.attributions}


def test_a_source_and_an_outlet_are_rated_each_for_itself(tmp_path: Path) -> None:
    path = keep(
        tmp_path / "track.csv", "source,outlet,reliability,note\njane roe,,B,right in 2030\n,Thomson Reuters,A,\n"
    )
    found = attributions(path)
    suggested = {name: each.suggestion.reliability for name, each in found.items() if each.suggestion}
    assert suggested == {"Jane Roe": "B", "Reuters": "A", "John Poe": "F"}
    assert found["Jane Roe"].suggestion is not None
    texts = [item.text for item in found["Jane Roe"].suggestion.evidence]
    assert "Your track record rates jane roe B (right in 2030)." in texts
    assert "Your track record rates Reuters A. It says nothing of the source." in texts
    assert all(each.reliability is None for each in found.values())


def test_the_version_covers_it(tmp_path: Path) -> None:
    path = keep(tmp_path / "track.jsonl", '{"outlet": "Reuters", "reliability": "C"}\n')
    rated = load_pipeline(pipeline="rules", track_record=TrackRecord.read(path))
    assert rated.version != load_pipeline(pipeline="rules").version


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("source,reliability\nJane Roe,G\n", "track.csv:2: the reliability 'G' is none of A to F"),
        ("source,reliability\nJane Roe,\n", "track.csv:2: reliability is missing"),
        ("source,note\nJane Roe,x\n", "track.csv:1: no column 'reliability'"),
        ("source,outlet,reliability\n,,A\n", "track.csv:2: neither a source nor an outlet"),
        ("source,reliability\nJane Roe,A\njane roe,B\n", "track.csv:3: 'jane roe' is rated A and B"),
    ],
)
def test_bad_rows_are_named(tmp_path: Path, content: str, says: str) -> None:
    with pytest.raises(InputError) as caught:
        TrackRecord.read(keep(tmp_path / "track.csv", content))
    assert says in str(caught.value)
    assert caught.value.mend
