"""Where things are and what the defaults are: flags before environment before file.

Click reads flags and environment; this module reads the file and knows the folders. The file is `annotate.toml` in
the user's configuration folder, or the one given with `--config`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import platformdirs

from annotate.errors import SettingsError

APP = "annotate"


def data_folder() -> Path:
    """Return the folder of the store, the embedded server's data and the rejects (created on first use)."""
    return platformdirs.user_data_path(APP, appauthor=False, ensure_exists=True)


def cache_folder() -> Path:
    """Return the folder of what can be made again, such as the embedded server's environment."""
    return platformdirs.user_cache_path(APP, appauthor=False, ensure_exists=True)


def default_store() -> str:
    """Return the path of the user's own store."""
    return str(data_folder() / "annotate.db")


def config_defaults(path: str | None, commands: Sequence[str]) -> dict[str, Any]:
    """Read option defaults from TOML, in the shape of click's `default_map`.

    Top-level keys hold for every command; a table named after a command holds for that command alone.
    Raises: SettingsError when the file is not TOML or not readable.
    """
    file = Path(path) if path else platformdirs.user_config_path(APP, appauthor=False) / "annotate.toml"
    if path is None and not file.is_file():
        return {}
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except RecursionError:
        raise SettingsError("nested too deep", where=str(file), mend="mend or move it") from None
    except (OSError, ValueError) as error:  # some broken TOML is a plain ValueError of the library
        raise SettingsError(f"not a readable TOML file: {error}", where=str(file), mend="mend or move it") from None
    for command in commands:
        if not isinstance(content.get(command, {}), dict):
            raise SettingsError(f"{command} is no table", where=str(file), mend=f"write [{command}] on a line")
    shared = {_option(key): value for key, value in content.items() if key not in commands}
    return {
        command: {**shared, **{_option(key): value for key, value in content.get(command, {}).items()}}
        for command in commands
    }


def _option(name: str) -> str:
    return name.replace("-", "_")
