"""The hashes of a model's files, which stand beside them: nothing of a model is loaded that is not as it was made.

The packaged model comes with its own, and whatever trains a model writes them. Graphs are read by a parser of native
code, so that a file which was cut, changed or exchanged should not get that far.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from annotate.errors import PipelineError
from annotate.hashing import file_sha256

SUMS = "SHA256SUMS"
_MEND = "reinstall source-annotator, or name the folder of a whole model"


def write_sums(folder: Path, names: Iterable[str]) -> None:
    """Write the hashes of a model's files, one a line, as `sha256sum` has them."""
    lines = "".join(f"{file_sha256(folder / name)}  {name}\n" for name in sorted(names))
    (folder / SUMS).write_text(lines, encoding="utf-8", newline="\n")


def check_sums(folder: Path, names: Iterable[str]) -> None:
    """Compare files of a model with their hashes.

    Raises: PipelineError naming the file that is missing, not listed, or not the one that was listed.
    """
    try:
        lines = (folder / SUMS).read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError):
        raise PipelineError(f"the model has no readable {SUMS}", where=str(folder), mend=_MEND) from None
    listed = {name: digest for digest, _, name in (line.partition("  ") for line in lines) if name}
    for name in names:
        path = folder / name
        try:
            digest = file_sha256(path)
        except OSError:
            raise PipelineError("the model is incomplete: there is no such file", where=str(path), mend=_MEND) from None
        if listed.get(name) != digest:
            what = "is not the file that the model was made with" if name in listed else f"is not listed in {SUMS}"
            raise PipelineError(what, where=str(path), mend=_MEND)
