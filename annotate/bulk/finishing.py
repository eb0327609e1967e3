"""The output of a run: the shards of all tasks, each article once, and a manifest that was written last."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from annotate import __version__
from annotate.articles import Rejected
from annotate.bulk import BulkError
from annotate.bulk.plan import FOLDER, Place, Plan
from annotate.bulk.shards import PLACES, Shard
from annotate.dataset.folder import listed_sums
from annotate.dataset.formats.parquet import SCHEMA
from annotate.dataset.staging import staged
from annotate.hashing import file_sha256

MANIFEST = "bulk.json"
DATA, REJECTS = "data", "rejects"


@dataclass(frozen=True, slots=True)
class Repeated:
    """A row whose id an earlier one has. same: it has the same text as well."""

    rank: int
    row: int
    first: tuple[int, int]
    place: tuple[int, int]
    same: bool


def finish(place: Place) -> dict[str, Any]:
    """Make the output of what the tasks wrote; return its manifest.

    An id stands for one article: of several rows with one id the first stays, in the order of files and lines. A later
    one with the same text is left out, one with another text is set aside with the reason.
    Raises: BulkError when a shard is missing or damaged.
    """
    plan = place.plan()
    shards = [Shard(place.shards, rank) for rank in range(plan.tasks)]
    stated = [shard.manifest() for shard in shards]
    whole = [manifest for manifest in stated if manifest is not None]
    if len(whole) < plan.tasks:
        raise BulkError(f"{plan.tasks - len(whole):,} of {plan.tasks:,} shards are missing or damaged",
                        where=str(place.output), mend="run the same command again: it makes them anew")  # fmt: skip
    repeated = _repeated(shards)
    clashes = [item for items in repeated.values() for item in items if not item.same]
    counts = [manifest["records"] - len(repeated.get(rank, ())) for rank, manifest in enumerate(whole)]
    manifest = {
        "tool": "annotate",
        "version": __version__,
        "run": plan.digest,
        "pipeline": plan.pipeline,
        "model": plan.model,
        "settings": plan.settings,
        "patience": asdict(plan.patience),
        "tasks": plan.tasks,
        "inputs": [asdict(file) for file in plan.files],
        "records": sum(counts),
        "rejects": sum(manifest["rejects"] for manifest in whole) + len(clashes),
        "repeated": sum(map(len, repeated.values())) - len(clashes),
        "shards": [{"file": f"{DATA}/{shard.records.name}", "records": count}
                   for shard, count in zip(shards, counts, strict=True)],
    }  # fmt: skip
    with staged(place.output) as staging:
        staging.write(DATA, lambda folder: _write_data(folder, shards, repeated))
        staging.write(REJECTS, lambda folder: _write_rejects(folder, shards, clashes, plan))
        staging.text(MANIFEST, orjson.dumps(manifest, option=orjson.OPT_INDENT_2).decode() + "\n")
        staging.put_in_place(set(), first=MANIFEST)
    return manifest


def finished(output: Path, plan: Plan) -> dict[str, Any] | None:
    """Return the manifest of the output when it is of this plan and every file has the hash it was written with."""
    try:
        manifest: dict[str, Any] = orjson.loads((output / MANIFEST).read_bytes())
        if manifest["run"] != plan.digest:
            return None
        sums, odd = listed_sums(output)
        needed = {MANIFEST, *(shard["file"] for shard in manifest["shards"])}
        if odd or not needed <= sums.keys():
            return None
        if any(file_sha256(output / name) != digest for name, digest in sums.items()):
            return None
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return manifest


@contextmanager
def held(place: Place) -> Iterator[None]:
    """Hold the output for one run.

    Raises: BulkError when another run holds it.
    """
    with (place.folder.parent / "lock").open("w") as lock:
        try:
            flock(lock, LOCK_EX | LOCK_NB)
        except OSError:
            raise BulkError(
                "another run is writing there", where=str(place.output), mend="wait until it is done"
            ) from None
        yield


def forget_others(place: Place) -> None:
    """Remove what other runs left in their folders: the output is no longer theirs."""
    for folder in (place.output / FOLDER).iterdir():
        if folder.is_dir() and folder != place.folder:
            shutil.rmtree(folder)


def _repeated(shards: list[Shard]) -> dict[int, list[Repeated]]:
    """Return the rows to leave out, by task: about a hundred bytes of memory an article, while it is found out."""
    tables = [
        pq.read_table(shard.places, schema=PLACES).append_column(
            "rank", pa.repeat(pa.scalar(shard.rank, pa.int32()), rows)
        )
        for shard in shards
        if (rows := pq.read_metadata(shard.places).num_rows)
    ]
    found: dict[int, list[Repeated]] = {}
    if not tables:
        return found
    table = pa.concat_tables(tables)
    several = table.group_by("key").aggregate([("key", "count")])
    keys = several.filter(pc.greater(several["key_count"], 1))["key"]
    table = table.filter(pc.is_in(table["key"], value_set=keys.combine_chunks()))
    first: dict[str, Any] | None = None
    for row in table.sort_by([("key", "ascending"), ("piece", "ascending"), ("line", "ascending")]).to_pylist():
        if first is None or row["key"] != first["key"]:
            first = row
            continue
        places = (first["piece"], first["line"]), (row["piece"], row["line"])
        found.setdefault(row["rank"], []).append(
            Repeated(row["rank"], row["row"], *places, row["text"] == first["text"])
        )
    return found


def _write_data(folder: Path, shards: list[Shard], repeated: dict[int, list[Repeated]]) -> None:
    folder.mkdir()
    for shard in shards:
        target = folder / shard.records.name
        if shard.rank in repeated:
            _copy_without(shard.records, target, {item.row for item in repeated[shard.rank]})
        else:
            _link(shard.records, target)


def _copy_without(source: Path, target: Path, rows: set[int]) -> None:
    at = 0
    with pq.ParquetFile(source) as file, pq.ParquetWriter(target, SCHEMA, compression="zstd") as writer:
        for batch in file.iter_batches(batch_size=500):
            keep = [at + number not in rows for number in range(batch.num_rows)]
            at += batch.num_rows
            writer.write_batch(batch.filter(pa.array(keep)))


def _link(source: Path, target: Path) -> None:
    try:
        target.hardlink_to(source)
    except OSError:  # a file system without links, or another one
        shutil.copyfile(source, target)


def _write_rejects(folder: Path, shards: list[Shard], clashes: list[Repeated], plan: Plan) -> None:
    folder.mkdir()
    for shard in shards:
        if shard.rejects.stat().st_size:
            _link(shard.rejects, folder / f"{shard.records.stem}.jsonl")
    if not clashes:
        return
    by_rank: dict[int, list[Repeated]] = {}
    for item in sorted(clashes, key=lambda item: (item.rank, item.row)):
        by_rank.setdefault(item.rank, []).append(item)
    with (folder / "repeated.jsonl").open("wb") as file:
        for rank, items in by_rank.items():
            for item, found in zip(items, _ids(shards[rank], [item.row for item in items]), strict=True):
                first = _shown(plan, *item.first)
                where, line = _source(plan, *item.place)
                reason = f"the id is that of {first}, whose text is another"
                file.write(orjson.dumps(asdict(Rejected(where, line, found, reason))) + b"\n")


def _ids(shard: Shard, rows: list[int]) -> list[str]:
    return [str(found) for found in pq.read_table(shard.records, columns=["id"])["id"].take(rows).to_pylist()]


def _source(plan: Plan, piece: int, line: int) -> tuple[str, int | None]:
    return plan.files[plan.pieces[piece].file].url, line or None


def _shown(plan: Plan, piece: int, line: int) -> str:
    where, number = _source(plan, piece, line)
    return where if number is None else f"{where}:{number}"
