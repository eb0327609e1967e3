"""Views of the Data Manager: one per order in use, and one of the evaluation sample."""

from __future__ import annotations

from functools import partial
from typing import Any

from annotate.store.samples import SAMPLE
from annotate.studio.connection import Connection, Json
from annotate.studio.placing import QUEUE, column

__all__ = ["SAMPLE_TITLE", "make_view", "queue_title", "queue_view", "sample_view"]

SAMPLE_TITLE = "Evaluation sample"
# Columns that tell an annotator nothing, or that the server works out only when a view shows them.
_HIDDEN = (
    *(f"data.{name}" for name in ("link_html", "text_sha256", "push_key", QUEUE)),
    "annotations_ids",
    "annotations_results",
    "avg_lead_time",
    "completed_at",
    "created_at",
    "draft_exists",
    "file_upload",
    "inner_id",
    "predictions_model_versions",
    "predictions_results",
    "predictions_score",
    "storage_filename",
    "total_predictions",
    "updated_at",
    "updated_by",
)


def queue_title(order: str) -> str:
    """Return the title of an order's view."""
    return f"Queue: {order}"


def queue_view(order: str) -> dict[str, Any]:
    """Describe the view of an order: the tasks of no sample, by their places; those without a place come last."""
    # Tasks without the key count as empty.
    return _view(queue_title(order), f"tasks:data.{column(order)}", "empty", True)


def sample_view() -> dict[str, Any]:
    """Describe the view of the evaluation sample: by the hashes of its tasks, which is a random order."""
    return _view(SAMPLE_TITLE, "tasks:data.push_key", "equal", SAMPLE)


def _view(title: str, by: str, operator: str, value: object) -> dict[str, Any]:
    item = {"filter": f"filter:tasks:data.{QUEUE}", "operator": operator, "type": "String", "value": value}
    hidden = [f"tasks:{name}" for name in _HIDDEN]
    return {
        "title": title,
        "type": "list",
        "target": "tasks",
        "ordering": [by],
        "filters": {"conjunction": "and", "items": [item]},
        "hiddenColumns": {"explore": hidden, "labeling": hidden},
    }


def make_view(connection: Connection, project: int, view: Json) -> tuple[int, bool]:
    """Return the id of the project's view with this title, and whether it had to be made.

    A view that is there stays as it is: people may have made it, or made it theirs.
    """
    doing = "list the views"
    answer = connection.request(doing, "GET", "api/dm/views/", {"project": project})
    found = connection.read(doing, partial(_titles, answer)).get(view["title"])
    if found is not None:
        return found, False
    doing = "make a view"
    made = connection.request(doing, "POST", "api/dm/views/", body={"project": project, "data": dict(view)})
    return connection.read(doing, lambda: int(made["id"])), True


def _titles(answer: list[Json]) -> dict[str, int]:
    return {row["data"]["title"]: int(row["id"]) for row in reversed(answer) if "title" in (row["data"] or {})}
