"""What belongs to a release is whole, says nothing of where it was made, and comes out the same twice."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path
from tempfile import gettempdir
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tools.release import BILL, HASHED, PROJECT, ReleaseError, bill_of_materials, build, hashed, pruned, runtime

# A place on this machine, or where a server keeps an archive.
PLACES = re.compile(
    "|".join(
        [
            *(re.escape(str(place)) for place in (Path(__file__).parents[2], Path(sys.prefix), Path(gettempdir()))),
            r"file:",
            r"site-packages",
            r"https?://[^\s\"]*(?:\.whl|\.tar\.gz|/simple\b)",
        ]
    )
)
REPORT = {
    "install": [
        {
            "metadata": {"name": "Source_Annotator", "version": "0.1.0"},
            "download_info": {"url": "file:///somewhere", "dir_info": {}},
        },
        {
            "metadata": {"name": "Example.Package", "version": "2.0"},
            "download_info": {
                "url": "https://registry.example/files/example_package-2.0-py3-none-any.whl",
                "archive_info": {"hash": "sha256=" + "b" * 64, "hashes": {"sha256": "b" * 64}},
            },
        },
        {
            "metadata": {"name": "another", "version": "1.5"},
            "download_info": {"url": "https://registry.example/x", "archive_info": {"hashes": {"sha256": "a" * 64}}},
        },
    ],
    "environment": {"sys_platform": "linux", "platform_machine": "x86_64", "python_version": "3.11"},
}


@pytest.fixture(scope="module")
def bill() -> str:
    return bill_of_materials()


def test_the_bill_names_every_package_that_runs_and_no_other(bill: str) -> None:
    content = json.loads(bill)
    assert (content["bomFormat"], content["specVersion"]) == ("CycloneDX", "1.6")
    assert content["metadata"]["component"]["name"] == PROJECT
    names = {canonicalize_name(part["name"]) for part in content["components"]}
    assert names == runtime()
    assert {"lxml", "pyarrow", "spacy", "label-studio-sdk", "numpy"} <= names
    assert names & {"pytest", "torch", "atheris", "cyclonedx-bom", "datatrove", PROJECT} == set()
    for part in content["components"]:
        assert part["version"]
        assert part["purl"].startswith("pkg:pypi/")


def test_the_bill_says_nothing_of_where_it_was_made_and_is_the_same_twice(bill: str) -> None:
    assert PLACES.findall(bill) == []
    assert "serialNumber" not in json.loads(bill)
    assert bill_of_materials() == bill


def test_every_dependency_in_the_bill_is_in_it(bill: str) -> None:
    content = json.loads(bill)
    references = {content["metadata"]["component"]["bom-ref"], *(part["bom-ref"] for part in content["components"])}
    for each in content["dependencies"]:
        assert {each["ref"], *each.get("dependsOn", ())} <= references


def test_a_package_that_is_missing_is_named() -> None:
    bill = {"components": [], "metadata": {"component": {"bom-ref": "root", "name": PROJECT}}}
    with pytest.raises(ReleaseError, match="the bill of materials lacks lxml"):
        pruned(bill, ["lxml"])
    with pytest.raises(ReleaseError, match="no-such-project is not installed"):
        runtime("no-such-project")


def test_requirements_hold_names_versions_and_hashes_alone() -> None:
    text = hashed(REPORT)
    assert text.split("\n")[1:] == [
        "another==1.5 \\", f"    --hash=sha256:{'a' * 64}", "example-package==2.0 \\",
        f"    --hash=sha256:{'b' * 64}", "",
    ]  # fmt: skip
    assert "registry" not in text
    assert "/" not in text


def test_an_archive_without_a_hash_is_refused() -> None:
    item: dict[str, Any] = {"metadata": {"name": "odd", "version": "1"}, "download_info": {"url": "x", "vcs_info": {}}}
    with pytest.raises(ReleaseError, match="odd 1 comes without a SHA-256"):
        hashed({**REPORT, "install": [item]})


def test_pip_takes_the_hashes_and_refuses_others(tmp_path: Path) -> None:
    """Of one small package, since every archive is fetched for its hash."""
    told = pip(
        "install", "--dry-run", "--ignore-installed", "--quiet", "--no-deps", "--report", "-", "markupsafe==3.0.3"
    )
    if told.returncode:
        pytest.skip("no package index can be reached")
    listed = tmp_path / HASHED
    listed.write_text(hashed(json.loads(told.stdout)), encoding="utf-8")
    (requirement,) = [line for line in listed.read_text().splitlines() if "==" in line]
    assert Requirement(requirement.removesuffix(" \\")).name == "markupsafe"
    needs_hashes = ("install", "--dry-run", "--ignore-installed", "--no-deps", "--require-hashes", "--requirement")
    assert pip(*needs_hashes, str(listed)).returncode == 0
    content = listed.read_text(encoding="utf-8")
    listed.write_text(re.sub(r"sha256:[0-9a-f]{64}", "sha256:" + "0" * 64, content), encoding="utf-8")
    refused = pip(*needs_hashes, str(listed))
    assert refused.returncode
    assert "DO NOT MATCH" in refused.stderr


def pip(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pip", "--disable-pip-version-check", *arguments],
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_the_archives_hold_what_runs_and_the_hashes_of_the_model(tmp_path: Path) -> None:
    source, wheel = build(tmp_path)
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    assert {
        "annotate/pipeline/model/SHA256SUMS", "annotate/pipeline/model/encoder.onnx",
        "annotate/_schemas/label_config.xml",
    } <= names  # fmt: skip
    assert not [name for name in names if name.startswith(("tests/", "tools/", "benchmarks/"))]
    with tarfile.open(source) as archive:
        inside = {name.partition("/")[2] for name in archive.getnames()}
    assert {"pyproject.toml", "LICENSE", "SECURITY.md", "annotate/__init__.py"} <= inside
    assert not [name for name in inside if name.endswith((".db", ".pt", BILL, HASHED)) or ".venv" in name]
