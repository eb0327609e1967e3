"""What belongs to a release besides its tag: archives, a bill of materials, and requirements with hashes.

    python -m tools.release [--to dist] [--no-hashes]

- the source archive and the wheel, built by hatchling;
- `source-annotator-VERSION.cdx.json`, a CycloneDX bill of materials of what an installation without extras consists of,
  taken from the environment that this runs in, validated against its schema;
- `requirements-hashed.txt`, each of these packages with its version and the SHA-256 of the archive that pip takes on
  this platform, for `pip install --require-hashes`. This needs a package index; --no-hashes leaves it out.

With SOURCE_DATE_EPOCH set (the commit's time by default) two runs on one commit give the same bytes.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from annotate import __version__

ROOT = Path(__file__).parents[1]
PROJECT = "source-annotator"
HASHED = "requirements-hashed.txt"
BILL = f"{PROJECT}-{__version__}.cdx.json"
_SHA256 = re.compile(r"[0-9a-f]{64}")


class ReleaseError(Exception):
    """A part of a release cannot be made; says why."""


def main() -> int:
    """Make everything."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--to", type=Path, default=ROOT / "dist")
    parser.add_argument("--no-hashes", action="store_true", help="leave out what needs a package index")
    given = parser.parse_args()
    given.to.mkdir(parents=True, exist_ok=True)
    try:
        for path in make(given.to, hashes=not given.no_hashes):
            print(path)
    except ReleaseError as error:
        print(f"release: {error}", file=sys.stderr)
        return 1
    return 0


def make(folder: Path, *, hashes: bool) -> Iterator[Path]:
    """Make the parts of a release, and yield the path of each."""
    yield from build(folder)
    bill = folder / BILL
    bill.write_text(bill_of_materials(), encoding="utf-8")
    yield bill
    if hashes:
        listed = folder / HASHED
        listed.write_text(hashed(report()), encoding="utf-8")
        yield listed


# -- archives ----------------------------------------------------------------------------------------------------------


def build(folder: Path) -> list[Path]:
    """Build the source archive and the wheel."""
    _run(sys.executable, "-m", "hatchling", "build", "-d", str(folder.resolve()))
    name = PROJECT.replace("-", "_")
    return [folder / f"{name}-{__version__}.tar.gz", folder / f"{name}-{__version__}-py3-none-any.whl"]


# -- bill of materials -------------------------------------------------------------------------------------------------


def bill_of_materials() -> str:
    """Return the bill of materials of an installation without extras, as CycloneDX 1.6 in JSON.

    Raises: ReleaseError when a needed package is not installed, or the result breaks the schema.
    """
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "whole.json"
        _run(
            str(Path(sys.executable).parent / "cyclonedx-py"), "environment", sys.executable, "--output-reproducible",
            "--sv", "1.6", "--pyproject", str(ROOT / "pyproject.toml"), "--output-file", str(path),
        )  # fmt: skip
        content = pruned(json.loads(path.read_bytes()), runtime())
    text = json.dumps(content, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    if error := JsonStrictValidator(SchemaVersion.V1_6).validate_str(text):
        raise ReleaseError(f"the bill of materials breaks its schema: {str(error)[:300]}")
    return text


def runtime(project: str = PROJECT) -> frozenset[str]:
    """Return the names of all packages that the project needs here without extras, itself left out.

    Raises: ReleaseError when one is not installed.
    """
    needed: set[tuple[str, str]] = set()
    waiting = [(project, "")]
    while waiting:
        name, extra = waiting.pop()
        try:
            requirements = metadata.requires(name) or []
        except metadata.PackageNotFoundError:
            raise ReleaseError(f"{name} is not installed") from None
        for requirement in map(Requirement, requirements):
            if requirement.marker is None or requirement.marker.evaluate({"extra": extra}):
                for wanted in ("", *requirement.extras):
                    key = (canonicalize_name(requirement.name), wanted)
                    if key not in needed:
                        needed.add(key)
                        waiting.append(key)
    return frozenset(name for name, _ in needed) - {project}


def pruned(bill: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """Return a bill of materials with these packages alone, and nothing that says where it was made."""
    wanted = frozenset(names)
    kept = [part for part in bill["components"] if canonicalize_name(part["name"]) in wanted]
    missing = wanted - {canonicalize_name(part["name"]) for part in kept}
    if missing:
        raise ReleaseError(f"the bill of materials lacks {', '.join(sorted(missing))}")
    root = bill["metadata"]["component"]
    references = {root["bom-ref"], *(part["bom-ref"] for part in kept)}
    dependencies = [
        {**each, "dependsOn": [other for other in each.get("dependsOn", ()) if other in references]}
        for each in bill.get("dependencies", ())
        if each["ref"] in references
    ]
    return {
        **bill,
        "metadata": {**bill["metadata"], "component": _placeless(root)},
        "components": [_placeless(part) for part in kept],
        "dependencies": dependencies,
    }


def _placeless(part: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out where a package was fetched or lies: its maker's own pages stay."""
    links = [
        link
        for link in part.get("externalReferences", ())
        if link["type"] != "distribution" and not link["url"].startswith("file:")
    ]
    rest = {name: value for name, value in part.items() if name != "externalReferences"}
    return {**rest, "externalReferences": links} if links else rest


# -- hashes ------------------------------------------------------------------------------------------------------------


def report() -> dict[str, Any]:
    """Ask pip what it would install, with our constraints, into an empty environment.

    Raises: ReleaseError when pip cannot tell.
    """
    said = _run(
        sys.executable, "-m", "pip", "install", "--dry-run", "--ignore-installed", "--quiet", "--report", "-",
        "--constraint", str(ROOT / "constraints.txt"), str(ROOT),
    )  # fmt: skip
    content: dict[str, Any] = json.loads(said)
    return content


def hashed(report: Mapping[str, Any]) -> str:
    """Return the packages of pip's report as requirements with hashes: names, versions and hashes alone.

    Raises: ReleaseError when an archive of another project comes without a hash.
    """
    lines = []
    for item in report["install"]:
        name, version = canonicalize_name(item["metadata"]["name"]), item["metadata"]["version"]
        if name == PROJECT:
            continue
        digest = item["download_info"].get("archive_info", {}).get("hashes", {}).get("sha256", "")
        if not _SHA256.fullmatch(digest):
            raise ReleaseError(f"{name} {version} comes without a SHA-256")
        lines.append(f"{name}=={version} \\\n    --hash=sha256:{digest}\n")
    python = report["environment"]
    platform = f"{python['sys_platform']} {python['platform_machine']}, Python {python['python_version']}"
    head = f"# What {PROJECT} {__version__} needs on {platform}: pip install --require-hashes -r {HASHED}\n"
    return head + "".join(sorted(lines))


def _run(*command: str) -> str:
    environment = {**os.environ, "SOURCE_DATE_EPOCH": os.environ.get("SOURCE_DATE_EPOCH") or _commit_time()}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        last = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1:]
        raise ReleaseError(f"{Path(command[0]).name} {' '.join(command[1:3])} failed: {' '.join(last)}")
    return done.stdout


def _commit_time() -> str:
    told = subprocess.run(
        ["git", "log", "-1", "--format=%ct"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.strip()
    return told or "1577836800"


if __name__ == "__main__":
    sys.exit(main())
