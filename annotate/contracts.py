"""The only place that finds the published contracts in schemas/: inside the wheel, or in the checkout."""

from __future__ import annotations

from pathlib import Path

from annotate.errors import ContractError

_PACKAGED = Path(__file__).parent / "_schemas"
_CHECKOUT = Path(__file__).parent.parent / "schemas"


def contract_path(name: str) -> Path:
    """Return the path of the contract file `name`, such as `label_config.xml`.

    Raises: ContractError when neither the wheel nor the checkout holds it.
    """
    for folder in (_PACKAGED, _CHECKOUT):
        if (folder / name).is_file():
            return folder / name
    raise ContractError(f"the contract {name} is missing", mend="reinstall source-annotator")


def label_config() -> str:
    """Return the labeling config of the Label Studio project."""
    return contract_path("label_config.xml").read_text(encoding="utf-8")


def adjudication_config() -> str:
    """Return the labeling config of an adjudication project: the same page, with questions and decisions."""
    return contract_path("adjudication_config.xml").read_text(encoding="utf-8")
