"""The annotating step in a datatrove pipeline of somebody else's."""

from __future__ import annotations

from datatrove.data import Document

from annotate.bulk import annotator
from annotate.bulk.plan import Patience
from annotate.bulk.steps import AnnotateArticles


def test_documents_of_others_leave_with_records() -> None:
    step = AnnotateArticles({"pipeline": "rules"}, Patience(longest=100))
    documents = [
        Document("The mayor said that it rained.", "one", metadata={"publisher": "Muestra", "year": 2026, "odd": [1]}),
        Document("The mayor said that it rained. " * 9, "two"),
    ]
    try:
        one, two = step(iter(documents))
        (kept,) = annotator._kept.values()
        first = kept._child
        list(AnnotateArticles({"pipeline": "rules"}, Patience(longest=100))(iter(documents)))
        assert kept._child is first  # loaded once in this process, however many tasks
    finally:
        for kept in annotator._kept.values():
            kept.close()
        annotator._kept.clear()
    record = one.metadata["record"]
    assert (record.id, record.meta.publisher, record.meta.model_extra) == ("one", "Muestra", {"year": 2026})
    assert [record.text[slice(*attribution.source[0])] for attribution in record.attributions] == ["The mayor"]
    assert two.metadata["rejected"].reason == "a text of 279 characters is over the limit of 100"
    assert "record" not in two.metadata
