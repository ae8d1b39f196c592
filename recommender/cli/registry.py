"""All commands by name; the module of one is imported when it is used."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from importlib import import_module

import click

from .completion import complete_values
from .messages import VERBOSITY

__all__ = ["COMMANDS", "JOBS", "Commands"]

COMMANDS = {
    "add": "corpora:add",
    "batch": "batch:batch",
    "between": "explore:between",
    "beyond": "explore:beyond",
    "build": "corpora:build",
    "compact": "corpora:compact",
    "demo": "demo:demo",
    "evaluate": "evaluate:evaluate",
    "info": "corpora:info",
    "like": "answers:like",
    "map": "pictures:map_command",
    "plot": "pictures:plot",
    "recommend": "answers:recommend",
    "remove": "corpora:remove",
    "search": "answers:search",
    "show": "show:show",
    "verify": "corpora:verify",
}
"""Where each is, as ``module:name`` of this package; a new command is one line here."""

JOBS = frozenset({"add", "batch", "build", "compact", "evaluate", "map", "plot", "remove", "verify"})
"""Those that may run long and at night: away from a terminal their messages are lines of a log."""


class Commands(MutableMapping[str, click.Command]):
    """The commands as click wants them, each imported when it is looked up."""

    def __init__(self) -> None:
        self._loaded: dict[str, click.Command] = {}

    def __getitem__(self, name: str) -> click.Command:
        if name not in self._loaded:
            module, _, attribute = COMMANDS[name].partition(":")
            self._loaded[name] = _equipped(getattr(import_module(f".{module}", __package__), attribute))
        return self._loaded[name]

    def __setitem__(self, name: str, command: click.Command) -> None:
        self._loaded[name] = command

    def __delitem__(self, name: str) -> None:
        del self._loaded[name]

    def __iter__(self) -> Iterator[str]:
        return iter({**COMMANDS, **self._loaded})

    def __len__(self) -> int:
        return len({**COMMANDS, **self._loaded})


def _equipped(command: click.Command) -> click.Command:
    """With what every command has: how much it says, and the words that a shell completes."""
    if isinstance(command, click.Group):
        for part in command.commands.values():
            _equipped(part)
    else:
        command.params.extend(option for option in VERBOSITY if option not in command.params)
        complete_values(command)
    return command
