"""Groups of commands whose modules are imported only when a command, or the full help, is asked for."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any

import click


class LazyGroup(click.Group):
    """A group that imports a command's module when the command is first needed.

    members: command → `module:name` of where it is defined.
    """

    def __init__(self, *args: Any, members: Mapping[str, str], **settings: Any) -> None:
        super().__init__(*args, **settings)
        self._members = members

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self._members)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self._members:
            return None
        module, _, name = self._members[cmd_name].partition(":")
        command = getattr(importlib.import_module(module), name)
        assert isinstance(command, click.Command)
        return command
