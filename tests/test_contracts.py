"""The wheel holds what the checkout holds."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

PROJECT = Path(__file__).parent.parent


def test_the_wheel_carries_the_contracts_and_the_data(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=PROJECT,
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        packed = {name: archive.read(name) for name in archive.namelist()}
    for contract in (PROJECT / "schemas").iterdir():
        assert packed[f"annotate/_schemas/{contract.name}"] == contract.read_bytes()
    sources = [path for path in (PROJECT / "annotate").rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    for path in sources:
        assert packed[path.relative_to(PROJECT).as_posix()] == path.read_bytes()
