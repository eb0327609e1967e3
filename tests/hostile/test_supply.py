"""What the program stands on: no library below its floor, nothing that runs code when it is read."""

from __future__ import annotations

import ast
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

import annotate

ROOT = Path(__file__).parents[2]
PACKAGE = Path(annotate.__file__).parent
# Below these, a file can run code, crash the program or leave a page unescaped.
FLOORS = {"pyarrow": "26.0.1", "lxml": "6.1", "datasets": "5.2", "jinja2": "3.1.6"}
RUNS_CODE = {
    "pickle", "cPickle", "dill", "cloudpickle", "joblib", "shelve", "marshal", "pandas.read_pickle", "torch.load",
    "torch.save", "numpy.load", "srsly.pickle_loads", "srsly.read_pickle", "yaml.load", "yaml.unsafe_load",
    "eval", "exec", "__import__", "runpy", "label_studio_ml",
}  # fmt: skip


def declared() -> dict[str, Requirement]:
    content = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    lines = [*content["project"]["dependencies"], *content["dependency-groups"]["dev"]]
    return {requirement.name: requirement for requirement in map(Requirement, lines)}


@pytest.mark.parametrize(("name", "floor"), FLOORS.items())
def test_no_version_below_its_floor_is_declared_or_installed(name: str, floor: str) -> None:
    requirement = declared()[name]
    below = [version for version in ("0.1", "1.0", "2.0", "3.0", "3.1.5", "4.9", "5.1", "6.0", "22.0", "26.0.0")
             if Version(version) < Version(floor)]  # fmt: skip
    assert below
    assert not any(requirement.specifier.contains(version) for version in below)
    assert requirement.specifier.contains(floor)
    assert Version(metadata.version(name)) >= Version(floor)


def test_what_a_clean_installation_of_trafilatura_lacks_is_declared() -> None:
    assert "lxml_html_clean" in declared()
    assert metadata.version("lxml_html_clean")


def test_the_declared_versions_of_ray_can_ask_for_a_token() -> None:
    content = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    requirements = map(Requirement, content["project"]["optional-dependencies"]["bulk"])
    (ray,) = (each for each in requirements if each.name == "ray")
    assert not ray.specifier.contains("2.51.9")
    assert ray.specifier.contains("2.52")


def test_nothing_is_read_that_could_run_code() -> None:
    found = [
        f"{path.relative_to(PACKAGE)}:{line} {name}"
        for path in sorted(PACKAGE.rglob("*.py"))
        for line, name in _used(ast.parse(path.read_text(encoding="utf-8")))
        if name in RUNS_CODE or name.partition(".")[0] in RUNS_CODE
    ]
    assert found == []


def _used(tree: ast.Module) -> list[tuple[int, str]]:
    """Return the modules that are imported, and the functions that are called, with the names they go by in full."""
    known: dict[str, str] = {}
    used: list[tuple[int, str]] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                known[alias.asname or alias.name] = alias.name
                used.append((node.lineno, alias.name))
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                known[alias.asname or alias.name] = f"{node.module}.{alias.name}"
                used.append((node.lineno, f"{node.module}.{alias.name}"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            written = ast.unparse(node.func)
            first, dot, rest = written.partition(".")
            used.append((node.lineno, known.get(first, first) + dot + rest))
    return used


@pytest.mark.parametrize(
    "code",
    ["import pickle", "from pickle import loads", "import torch as t\nt.load('x')", "import numpy as np\nnp.load('x')",
     "from joblib import load", "eval('1')"],
)  # fmt: skip
def test_the_ways_to_do_it_are_recognised(code: str) -> None:
    assert any(name in RUNS_CODE or name.partition(".")[0] in RUNS_CODE for _, name in _used(ast.parse(code)))


def test_every_template_is_escaped() -> None:
    """Each of jinja2's environments says so itself: what it would choose by a file's ending left some bare."""
    found = 0
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("Environment"):
                settings = {keyword.arg: ast.unparse(keyword.value) for keyword in node.keywords}
                assert settings.get("autoescape") == "True", f"{path}:{node.lineno}"
                found += 1
    assert found
