"""What the server would accept and the page then breaks on is found before anything is sent."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given

from annotate.contracts import label_config
from annotate.errors import ContractError
from annotate.record import Article, Record
from annotate.regions.tasks import prediction_of, task_data
from annotate.scheme import ATTRIBUTES, Label, Quality, Relation
from annotate.studio.validate import prediction_problems, problems_of, vocabulary_of
from tests.records import records, sample_record

Task = dict[str, Any]


def task_of(record: Record) -> Task:
    assert record.text is not None
    article = Article(id=record.id, text=record.text, sha256=record.sha256, meta=record.meta)
    return {"data": task_data(article, "key"), "predictions": [prediction_of(record, "rules-1")]}


def problems(task: Task) -> list[str]:
    return problems_of(task, vocabulary_of())


def test_the_vocabulary_is_the_schemes() -> None:
    vocabulary = vocabulary_of(label_config())
    assert vocabulary.controls["label"].values == set(Label)
    assert vocabulary.relations == set(Relation)
    assert vocabulary.controls["quality"].values == set(Quality)
    for label, attributes in ATTRIBUTES.items():
        for name, values in attributes.items():
            assert vocabulary.controls[name].values == set(values or ())
            assert vocabulary.controls[name].label == label
    assert vocabulary.data_keys == {"text", "title", "byline", "link_html"}


def test_a_config_that_is_not_xml() -> None:
    with pytest.raises(ContractError, match="not XML"):
        vocabulary_of("<View>")


def test_a_good_task() -> None:
    assert problems(task_of(sample_record())) == []


@given(records())
def test_whatever_the_scheme_allows_can_be_sent(record: Record) -> None:
    if not record.unlinked.relations:
        assert problems(task_of(record)) == []


def region(task: Task, name: str = "label", nth: int = 0) -> dict[str, Any]:
    found = [item for item in task["predictions"][0]["result"] if item.get("from_name") == name]
    return found[nth]


def relation(task: Task) -> dict[str, Any]:
    return next(item for item in task["predictions"][0]["result"] if item["type"] == "relation")


def result(task: Task) -> list[dict[str, Any]]:
    return task["predictions"][0]["result"]


SPOILED: dict[str, tuple[Callable[[Task], object], str]] = {
    "label": (lambda task: region(task)["value"].update(labels=["Quotation"]), "does not know the value 'Quotation'"),
    "no label": (lambda task: region(task)["value"].update(labels=[]), "not a list of values"),
    "choice": (lambda task: region(task, "cue_class")["value"].update(choices=["loud"]), "value 'loud'"),
    "control": (lambda task: region(task).update(from_name="labels"), "unknown control 'labels'"),
    "object": (lambda task: region(task).update(to_name="body"), "is not for 'body'"),
    "kind": (lambda task: region(task, "name").update(type="choices"), "is no 'choices'"),
    "relation": (lambda task: relation(task).update(labels=["said"]), "unknown relation 'said'"),
    "dangling from": (lambda task: relation(task).update(from_id="zz"), "from_id is 'zz', which is no region"),
    "dangling to": (lambda task: relation(task).update(to_id="zz"), "to_id is 'zz', which is no region"),
    "same id": (lambda task: result(task).append(copy.deepcopy(region(task))), "'label' is there twice"),
    "no id": (lambda task: region(task).pop("id"), "has no id"),
    "empty span": (lambda task: region(task)["value"].update(end=region(task)["value"]["start"]), "does not lie in"),
    "negative": (lambda task: region(task)["value"].update(start=-1), "does not lie in"),
    "past the end": (lambda task: region(task)["value"].update(end=10**6), "does not lie in"),
    "fractional": (lambda task: region(task)["value"].update(start=0.0), "does not lie in"),
    "shifted": (lambda task: region(task)["value"].update(start=region(task)["value"]["start"] + 1), "not what stands"),
    "no text": (lambda task: region(task)["value"].pop("text"), "not what stands at"),
    "other text": (lambda task: task["data"].update(text="x" + task["data"]["text"]), "not what stands at"),
    "elsewhere": (lambda task: region(task, "name")["value"].update(start=0, end=1), "lies elsewhere than its region"),
    "loose attribute": (lambda task: region(task, "name").update(id="zz"), "belongs to no labelled region"),
    "wrong owner": (lambda task: region(task, "cue_class").update(from_name="role"), "is for Outlet only"),
    "region score": (lambda task: region(task, nth=2).update(score=1.5), "score 1.5 is not in 0..1"),
    "score": (lambda task: task["predictions"][0].update(score=float("nan")), "score nan is not in 0..1"),
    "no score": (lambda task: task["predictions"][0].update(score=None), "score None is not in 0..1"),
    "version": (lambda task: task["predictions"][0].update(model_version="a,b"), "model version"),
    "no version": (lambda task: task["predictions"][0].pop("model_version"), "model version"),
    "data key": (lambda task: task["data"].pop("title"), "the task lacks 'title'"),
    "data type": (lambda task: task["data"].update(article_id=7), "'article_id' is no text"),
    "NUL": (lambda task: task["data"].update(title="a\0b"), "NUL in the text"),
    "surrogate": (lambda task: task["data"].update(title="a\ud800b"), "a lone surrogate in the text"),
    "NUL in a value": (lambda task: region(task, "name")["value"].update(text=["\0"]), "NUL in the text"),
}


@pytest.mark.parametrize("how", SPOILED)
def test_a_spoiled_task(how: str) -> None:
    spoil, expected = SPOILED[how]
    task = task_of(sample_record())
    spoil(task)
    found = problems(task)
    assert any(expected in problem for problem in found), found


@pytest.mark.parametrize("rating", [("credibility", "1", "Quote"), ("reliability", "A", "Source")])
def test_ratings_are_for_people(rating: tuple[str, str, str]) -> None:
    name, value, label = rating
    task = task_of(sample_record())
    owner = next(item for item in result(task) if item.get("value", {}).get("labels") == [label])
    place = {key: owner["value"][key] for key in ("start", "end", "text")}
    result(task).append(
        {
            "id": owner["id"],
            "from_name": name,
            "to_name": "text",
            "type": "choices",
            "value": {**place, "choices": [value]},
        }
    )
    assert problems(task) == [f"region {owner['id']}: {name!r} is for people to set"]


def test_backslashes_are_no_nul() -> None:
    task = task_of(sample_record())
    task["data"]["title"] = "C:\\u0000 \\\\u0000"
    assert problems(task) == []


def test_a_prediction_of_its_own() -> None:
    task = task_of(sample_record())
    (prediction,) = task["predictions"]
    assert prediction_problems(task["data"], prediction, vocabulary_of()) == []
    prediction["score"] = 2
    assert prediction_problems(task["data"], prediction, vocabulary_of()) == ["the prediction's score 2 is not in 0..1"]
