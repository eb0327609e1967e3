"""The source table and the views over it: what coders, monitors and fact-checkers fill in by hand today.

`TABLES` says which files each writes; `SourceInputs` is what they are made of; `read` reads any of the files back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from annotate.dataset.sources import rows as sources
from annotate.dataset.sources.columns import Column
from annotate.dataset.sources.inputs import NO_FACTS, ArticleFacts, LabelStatus, SourceInputs
from annotate.dataset.sources.views import acled, claimreview, custody, ggt, gmmp, ucdp
from annotate.dataset.sources.writing import read_csv, read_graph, read_parquet, write_rows
from annotate.errors import DatasetError

__all__ = ["NO_FACTS", "TABLES", "ArticleFacts", "LabelStatus", "SourceInputs", "Table", "read"]


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a dataset.

    targets: the files it writes. write: writes them into a folder, the same bytes for the same inputs. what: what a row
    is. columns: in order; none for JSON-LD.
    """

    targets: tuple[str, ...]
    write: Callable[[Path, SourceInputs], None]
    what: str
    columns: Sequence[Column] = ()


def _write_sources(folder: Path, inputs: SourceInputs) -> None:
    write_rows(sources.rows(inputs), sources.COLUMNS, folder / "sources.csv", folder / "sources.parquet")


TABLES: dict[str, Table] = {
    "sources": Table(("sources.csv", "sources.parquet"), _write_sources, "a source of an article", sources.COLUMNS),
    "acled": Table(("acled.csv",), acled.write, "something reported, with its publications", acled.COLUMNS),
    "ucdp": Table(("ucdp.csv",), ucdp.write, "something reported, with its articles", ucdp.COLUMNS),
    "gmmp": Table(("gmmp.csv",), gmmp.write, "a person of an article", gmmp.COLUMNS),
    "ggt": Table(("ggt.csv",), ggt.write, "a part of a quote", ggt.COLUMNS),
    "claimreview": Table(("claims.jsonld",), claimreview.write, "a claim, in JSON-LD"),
    "custody": Table(("custody.csv",), custody.write, "an event in the course of an article", custody.COLUMNS),
}


def read(path: Path) -> Iterator[dict[str, Any]]:
    """Read a table's file back, row by row, or the nodes of a JSON-LD file; which table it is, its name tells.

    Blank cells are None, or an empty list; the apostrophe before what a spreadsheet would calculate is taken away.
    Raises: DatasetError for a file of another name, or with other columns.
    """
    table = next((table for table in TABLES.values() if path.name in table.targets), None)
    if table is None:
        known = ", ".join(name for one in TABLES.values() for name in one.targets)
        raise DatasetError("is no table's file", where=str(path), mend=f"give one of {known}")
    if path.suffix == ".parquet":
        yield from read_parquet(path)
    elif path.suffix == ".jsonld":
        yield from read_graph(path)
    else:
        yield from read_csv(path, table.columns)
