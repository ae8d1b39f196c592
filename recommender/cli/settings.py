"""recommender.toml: settings that all commands share, and what one command takes where no option says it.

The file is the one of ``--config``, of RECOMMENDER_CONFIG, or ``recommender.toml`` in the current folder.
What is written before the first table is shared, a table by a command's name holds options of that command.
An option wins over the environment, that over the command's table, and that over what is shared. Paths are
relative to the folder of the file.
"""

from __future__ import annotations

import contextlib
import datetime
import difflib
import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from ..errors import ParameterError
from ..files import at_home, checked_path

CONFIG_NAME = "recommender.toml"
CONFIG_VARIABLE = "RECOMMENDER_CONFIG"

_CORPUS_VARIABLE = "RECOMMENDER_CORPUS"
_FILE, _READ = "recommender.config", "recommender.settings"  # in the meta of click's contexts

SHARED: Mapping[str, frozenset[str] | None] = {
    "corpus": None,
    "readers": None,
    "out": frozenset({"digest", "send"}),
    "smtp": None,
    "from": frozenset({"send"}),
    "base-url": None,
    "timezone": frozenset({"digest", "publish"}),
}
"""What may stand before the first table, and the commands whose option of that name it is: None stands for
all that have one. `--out` of other commands is another thing (of `publish` it is public), and so is `--from`
of `reader add`, a library; its `--timezone` is what one reader wants otherwise than the others.
"""

_PATHS = frozenset({"DIR", "FILE"})  # metavars of what is a path


def shared_setting(name: str) -> str | None:
    """What the file says of a shared setting, for a command that asks in its own way."""
    context = click.get_current_context(silent=True)
    found = context.meta.get(_READ, {}).get(name) if context else None
    return None if found is None else str(found)


def from_settings(name: str) -> bool:
    """Whether the value of a parameter, by its name, is what the file says."""
    source = click.get_current_context().get_parameter_source(name)
    return source is click.core.ParameterSource.DEFAULT_MAP


def _choose(context: click.Context, _: click.Parameter, value: str | None) -> None:
    """Of `recommender` itself: remember which file it is to be."""
    context.meta[_FILE] = value


def _apply(context: click.Context, _: click.Parameter, value: str | None) -> None:
    """Of a command: let what the file says be the defaults of its options."""
    path = _file(value if value is not None else context.meta.get(_FILE))
    if path is not None:
        names = context.command_path.split()[1:]
        commands = _root(context).list_commands(context)
        settings = read_settings(path, commands)
        context.meta[_READ] = {name: _at(path, settings[name]) for name in settings if name == "corpus"}
        context.default_map = _defaults(path, settings, names, context)


def _root(context: click.Context) -> click.Group:
    root = context.find_root().command
    assert isinstance(root, click.Group), "commands are those of a group"
    return root


_HELP = f"Settings for all commands; default: {CONFIG_NAME} in this folder, or set {CONFIG_VARIABLE}."

GROUP_CONFIG = click.Option(
    ["--config"],
    metavar="FILE",
    is_eager=True,
    expose_value=False,
    envvar=CONFIG_VARIABLE,
    callback=_choose,
    help=_HELP,
)
COMMAND_CONFIG = click.Option(
    ["--config"], metavar="FILE", is_eager=True, expose_value=False, callback=_apply, help=_HELP
)


def _file(named: str | None) -> Path | None:
    """The file of settings; None where none is named and none is in the current folder.

    Raises ParameterError for one there that another user could have put in our way.
    """
    if named is not None:
        found = at_home(checked_path(named, "--config"))
        if _is_pipe(found):
            raise ParameterError(f"{found}: is no file; --config names a file of settings")
        return found
    path = Path(CONFIG_NAME)
    if not path.is_file():
        return None
    if hasattr(os, "geteuid") and path.stat().st_uid not in (os.geteuid(), 0):
        raise ParameterError(
            f"{CONFIG_NAME} in this folder belongs to another user, and could say where your mail goes; name "
            "it with --config if it is to count"
        )
    return path


def _is_pipe(path: Path) -> bool:
    """Whether reading it may keep us waiting."""
    with contextlib.suppress(OSError, ValueError):
        return not stat.S_ISREG(path.stat().st_mode)
    return False


def read_settings(path: Path, commands: Iterable[str]) -> dict[str, Any]:
    """What the file says.

    Raises ParameterError where it cannot be read, is no TOML, or has a name that is neither that of a shared
    setting nor that of a command.
    """
    import tomllib

    try:
        with path.open("rb") as file:
            found = tomllib.load(file)
    except OSError as error:
        raise ParameterError(
            f"{path}: {error.strerror or error}; --config names a file of settings"
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ParameterError(f"{path}: it is no TOML: {error}") from error
    known = [*commands]
    for name, value in found.items():
        if isinstance(value, dict):
            if name not in known:
                raise ParameterError(f"{path}: [{name}] is no command; nearest: {_nearest(name, known)}")
        elif name not in SHARED:
            below = "; what one command takes stands below its name, such as [recommend]"
            raise ParameterError(
                f"{path}: {name} is no setting of all commands; nearest: {_nearest(name, SHARED)}{below}"
            )
        elif not isinstance(value, str):
            raise ParameterError(f"{path}: {name} is {value!r}; it must be a text in quotation marks")
    return found


def _nearest(name: str, known: Iterable[str]) -> str:
    return difflib.get_close_matches(name, sorted(known), n=1, cutoff=0)[0]


def _defaults(
    path: Path, settings: Mapping[str, Any], names: list[str], context: click.Context
) -> dict[str, Any]:
    """By the name of a parameter of the command, what the file says of it."""
    options = dict(_options(context.command))
    shared = {
        name: settings[name]
        for name, commands in SHARED.items()
        if name in settings
        and name in options
        and (commands is None or names[0] in commands)
        and (name != "corpus" or options[name].envvar == _CORPUS_VARIABLE)
    }
    table, where = settings, ""
    for name in names:
        where = f"{where}.{name}".removeprefix(".")
        table = table.get(name, {})
        if not isinstance(table, dict):
            raise ParameterError(f"{path}: {where} is {table!r}; write its settings below [{where}]")
    unknown = [name for name in table if name not in options]
    if unknown:
        what = f"{unknown[0]} in [{where}] is no option of {context.command_path}"
        raise ParameterError(f"{path}: {what}; nearest: {_nearest(unknown[0], options)}")
    found: dict[str, Any] = {}
    for of_table, chosen in (("", shared), (f" in [{where}]", table)):
        for name, value in chosen.items():
            option = options[name]
            default = _default(path, f"{name}{of_table}", value, option, context)
            if default is not None and option.name is not None:
                found[option.name] = default
    return found


def _options(command: click.Command) -> Iterator[tuple[str, click.Option]]:
    """The options that a file may set, by each of their names without the dashes."""
    for option in command.params:
        if isinstance(option, click.Option) and option is not COMMAND_CONFIG:
            yield from ((name.lstrip("-"), option) for name in option.opts)


def _default(path: Path, what: str, value: Any, option: click.Option, context: click.Context) -> Any:
    """The default of an option. Raises ParameterError for a value that it does not take."""
    if option.is_flag:
        if not isinstance(value, bool):
            raise ParameterError(f"{path}: {what} is {value!r}; it must be true or false")
        return _when_there(option) if value else None
    if option.multiple:
        several = value if isinstance(value, list) else [value]
        return [_one(path, what, each, option, context) for each in several]
    return _one(path, what, value, option, context)


def _when_there(option: click.Option) -> Any:
    """What an option without a value stands for; True where the option does not say (click has a mark of its
    own there).
    """
    stands_for = option.flag_value
    return stands_for if stands_for is None or isinstance(stands_for, (bool, int, float, str)) else True


def _one(path: Path, what: str, value: Any, option: click.Option, context: click.Context) -> Any:
    wanted = {"integer": (int,), "float": (int, float)}.get(option.type.name)
    written = (str, int, float, datetime.date, datetime.datetime) if wanted is None else wanted
    if isinstance(value, bool) or not isinstance(value, written):
        kind = {"integer": "a whole number", "float": "a number"}.get(option.type.name, "a text")
        raise ParameterError(f"{path}: {what} is {value!r}; it must be {kind}")
    value = value if wanted else _text(path, str(value), option.metavar or "")
    try:
        option.type.convert(value, option, context)
    except click.BadParameter as error:
        raise ParameterError(f"{path}: {what}: {error.message}") from error
    return value


def _text(path: Path, text: str, metavar: str) -> str:
    """A text; if it is a path, or may be one and a file lies there, the path from the settings' folder on."""
    kinds = metavar.strip("[]").split("|")
    if text == "-" or _PATHS.isdisjoint(kinds):
        return text
    there = _at(path, text)
    return there if len(kinds) == 1 or Path(there).exists() else text


def _at(path: Path, text: str) -> str:
    return str(path.parent / at_home(Path(text)))
