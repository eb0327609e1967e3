"""How long writing a release takes for each article, and in how much memory: by size, and format by format.

python -m benchmarks.export [--sizes 3000 10000 100000]

Collections of made-up news (benchmarks/made_up_news.py) are read from JSON Lines, or from a store, and written as
releases, each in a process of its own. `milliseconds` is wall time for one article, `processor_milliseconds` what a
busy machine does not stretch as much; `peak_mb` the largest resident memory of that process. Ours reads every file
back, compares it with what was meant, takes its hash and brings it to disk; the baselines write, and nothing else:

- `pandas_json`, `pandas_parquet`: all rows parsed into a list and a DataFrame, as scripts usually do it, and written
  with `to_json` or `to_parquet`.
- `datasets_parquet`: Hugging Face's `datasets`, which keeps its rows in a file, from a generator to Parquet.

`ratios` are ours to the baseline of the same format and size. `growth_mb` is what 10,000 further articles add to peak,
between the smallest and the largest size.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from more_itertools import chunked

from benchmarks.results import write

SIZES = (3_000, 10_000, 100_000)
OURS = ("jsonl", "parquet", "web-annotation", "spacy", "brat", "citron", "conll")
# Formats that make a file or two of each article, or tokenise it, are measured at the smaller sizes, and so is what a
# whole release contains.
SMALL = ("web-annotation", "spacy", "brat", "citron", "conll", "store_read")
BASELINES = {"pandas_json": "jsonl", "pandas_parquet": "parquet", "datasets_parquet": "parquet"}
LARGEST_FOR_ALL = 10_000
# A baseline that holds all rows in memory is not tried where it would need more than the machine has.
LARGEST_IN_MEMORY = 10_000


def _release(path: Path, out: Path, formats: Iterable[str], *, described: bool) -> None:
    from annotate.dataset.describing.card import Account
    from annotate.dataset.describing.companions import describing
    from annotate.dataset.export import Choices, export
    from annotate.dataset.formats import jsonl
    from annotate.dataset.rights import Texts

    choices = Choices(list(formats), Texts.ALL)
    export(jsonl.read(path), out, choices, describing(Account()) if described else ())


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def pandas_json(path: Path, out: Path) -> None:
    import pandas as pd

    pd.DataFrame(list(_rows(path))).to_json(out, orient="records", lines=True)


def pandas_parquet(path: Path, out: Path) -> None:
    import pandas as pd

    pd.DataFrame(list(_rows(path))).to_parquet(out)


def datasets_parquet(path: Path, out: Path) -> None:
    from datasets import Dataset, Features, disable_progress_bars

    from annotate.dataset.formats import parquet

    disable_progress_bars()
    features = Features.from_arrow_schema(parquet.SCHEMA)
    with tempfile.TemporaryDirectory() as cache:
        made = Dataset.from_generator(_columns, gen_kwargs={"path": path}, features=features, cache_dir=cache)
        made.to_parquet(out)


def _columns(path: Path) -> Iterator[dict[str, Any]]:
    from annotate.dataset.formats import jsonl, parquet

    yield from map(parquet._row, jsonl.read(path))


def store_build(path: Path, out: Path) -> None:
    """Write a store with an annotation of each article, as a pull leaves it."""
    from annotate.dataset.formats import jsonl
    from annotate.record import Article, Provenance
    from annotate.store import Store
    from annotate.store.annotations import PulledAnnotation, append, articles_by_hash
    from annotate.store.projects import bind_project

    with Store.open(str(out)) as store:
        project = bind_project(store, "1@2026", 1, "Sources")
        for batch in chunked(jsonl.read(path), 500):
            articles = [Article(item.id, item.text or "", item.sha256, item.meta) for item in batch]
            for _ in store.add_articles(articles):
                pass
            numbers = articles_by_hash(store, [item.sha256 for item in batch])
            pulled = []
            for item in batch:
                record = item.model_copy(update={"provenance": Provenance(version="1", annotator="ada@example.org")})
                content = record.to_json()
                pulled.append(
                    PulledAnnotation(
                        remote_task=1, identity=item.id, article_number=numbers[item.sha256].number,
                        annotator="ada@example.org", raw="{}", digest=hashlib.sha256(content.encode()).hexdigest(),
                        skipped=False, ground_truth=False, lead_time=1.5, pipeline="rules-1",
                        annotated_at="2026-01-01T00:00:00Z", record=content, problem=None,
                    )
                )  # fmt: skip
            append(store, project, pulled)


def store_read(path: Path, out: Path) -> None:
    """Read what is verified from the store, and keep nothing."""
    from annotate.dataset.verified import verified
    from annotate.store import Store

    with Store.open(str(path)) as store:
        count = sum(1 for _ in verified(store))
    out.write_text(str(count), encoding="utf-8")


def store_release(path: Path, out: Path) -> None:
    """Write a release by story in JSON Lines and Parquet from the store, as `annotate export` does."""
    from annotate.dataset.describing.card import Account
    from annotate.dataset.describing.companions import describing
    from annotate.dataset.export import Choices, export
    from annotate.dataset.rights import Texts
    from annotate.dataset.splitting import divided
    from annotate.dataset.verified import verified
    from annotate.dataset.ways import ByStory
    from annotate.store import Store

    with Store.open(str(path)) as store:
        choices = Choices(["jsonl", "parquet"], Texts.ALL, divide=divided(store, ByStory()))
        export(verified(store), out, choices, describing(Account()))


def checking(path: Path, out: Path) -> None:
    """Check an undivided release in JSON Lines and Parquet."""
    from annotate.dataset.checking import check

    report = check(path)
    out.write_text(str(len(report.findings.problems)), encoding="utf-8")
    if report.findings.problems:
        raise SystemExit(str(report.findings.problems[0]))


SYSTEMS: dict[str, Callable[[Path, Path], None]] = {
    **{name: lambda path, out, name=name: _release(path, out, [name], described=False) for name in OURS},  # type: ignore[misc]
    "release": lambda path, out: _release(path, out, ["jsonl", "parquet"], described=True),
    "pandas_json": pandas_json,
    "pandas_parquet": pandas_parquet,
    "datasets_parquet": datasets_parquet,
    "store_build": store_build,
    "store_read": store_read,
    "store_release": store_release,
    "check": checking,
}


def measure(system: str, path: Path, out: Path, size: int) -> dict[str, float]:
    """Run one system in this process, which does nothing else."""
    begun, begun_work = time.perf_counter(), time.process_time()
    SYSTEMS[system](path, out)
    seconds, work = time.perf_counter() - begun, time.process_time() - begun_work
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "milliseconds": round(1000 * seconds / size, 2),
        "processor_milliseconds": round(1000 * work / size, 2),
        "peak_mb": round(peak),
    }


def alone(system: str, path: Path, out: Path, size: int) -> dict[str, float]:
    """Run one system in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.export", "--one", system, str(path), str(out), str(size)]
    print(f"{system}, {size:,} articles …", file=sys.stderr, flush=True)
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, timeout=7200)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def ratios(figures: dict[str, dict[str, dict[str, float]]]) -> dict[str, dict[str, dict[str, float]]]:
    """Compare ours with the baseline of the same format and size."""
    return {
        baseline: {
            size: {
                name: round(figures[form][size][name] / found[name], 2)
                for name in ("processor_milliseconds", "peak_mb")
            }
            for size, found in figures[baseline].items()
        }
        for baseline, form in BASELINES.items()
    }


def growth(figures: dict[str, dict[str, dict[str, float]]], sizes: list[int]) -> dict[str, float]:
    """Return what 10,000 further articles add to the peak."""
    found = {}
    for system, by_size in figures.items():
        measured = [size for size in sizes if str(size) in by_size]
        if len(measured) > 1:
            least, most = measured[0], measured[-1]
            more = by_size[str(most)]["peak_mb"] - by_size[str(least)]["peak_mb"]
            found[system] = round(10_000 * more / (most - least), 1)
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--one", nargs=4, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        system, path, out, size = options.one
        print(json.dumps(measure(system, Path(path), Path(out), int(size))))
        return 0
    figures: dict[str, dict[str, dict[str, float]]] = {system: {} for system in SYSTEMS}
    with tempfile.TemporaryDirectory() as folder:
        for size in options.sizes:
            place = Path(folder) / str(size)
            place.mkdir()
            collection = place / "collection.jsonl"
            subprocess.run(
                [sys.executable, "-c", f"from benchmarks.made_up_news import write; from pathlib import Path;"
                 f" write({size}, Path({str(collection)!r}))"], check=True
            )  # fmt: skip
            for system in SYSTEMS:
                if size > LARGEST_FOR_ALL and system in SMALL:
                    continue
                if size > LARGEST_IN_MEMORY and system.startswith("pandas"):
                    continue
                path = {
                    "store_read": place / "store_build",
                    "store_release": place / "store_build",
                    "check": place / "release",
                }.get(system, collection)
                figures[system][str(size)] = alone(system, path, place / system, size)
                if system not in ("store_build", "release"):
                    subprocess.run(["rm", "-rf", str(place / system)], check=True)
            subprocess.run(["rm", "-rf", str(place)], check=True)
            # After each size: the largest takes most of an hour.
            write(
                "export", {"systems": figures, "ratios": ratios(figures), "growth_mb": growth(figures, options.sizes)}
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())
