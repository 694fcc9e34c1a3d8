"""``jsms api``: a command for every operation of the contract, built from the contract when it runs."""

from __future__ import annotations

import inspect
import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer
from typer.core import TyperGroup
from typer.main import get_command

from jsms_cli.client import connect
from jsms_cli.config import SETTINGS
from jsms_cli.inputs import read_time
from jsms_cli.options import JsonOption, ProfileOption, YesOption
from jsms_cli.prompts import confirm, confirm_many
from jsms_cli.results import show_result

if TYPE_CHECKING:
    from typer.core import TyperCommand

    from jsms_client.contract import Argument, Operation

PREFIX = "field_"
"""What the parameters of a command begin with that are arguments of the operation."""

_OWN_OPTIONS: tuple[str, ...] = ("json", "profile", "yes", "help")
_WORD_STARTS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|_+")
_PRIVATE = ("secret", "personal-text")
_VERBS = {"sends": "Send to", "schedules": "Schedule for"}
_EPILOG = "JSON can be read from a file, @FILE, or from standard input, @-."


def group() -> TyperGroup:
    """Return the group ``jsms api``; the command of an operation is built when it is asked for."""
    return TyperGroup(
        name="api",
        commands=cast("Any", _Commands()),
        help="Every operation of the contract, by its operationId, with an option for each field.",
        short_help="Every operation of the contract, with an option for each field.",
        no_args_is_help=True,
        rich_markup_mode=None,
        # legalPersonName and legal_person_name mean --legal-person-name; send-code means sendCode.
        context_settings={"token_normalize_func": _kebab},
    )


class _Commands(MutableMapping[str, "TyperCommand"]):
    """The commands by operationId."""

    def __init__(self) -> None:
        self._built: dict[str, TyperCommand] = {}

    def __getitem__(self, name: str) -> TyperCommand:
        from jsms_client.contract import OPERATIONS

        operation = OPERATIONS.get(name) or next(
            (each for each in OPERATIONS.values() if _kebab(each.id) == _kebab(name)), None
        )
        if operation is None:
            raise KeyError(name)
        if operation.id not in self._built:
            self._built[operation.id] = _command(operation)
        return self._built[operation.id]

    def __setitem__(self, name: str, command: TyperCommand) -> None:
        self._built[name] = command

    def __delitem__(self, name: str) -> None:
        del self._built[name]

    def __iter__(self) -> Iterator[str]:
        from jsms_client.contract import OPERATIONS

        return iter(OPERATIONS)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _command(operation: Operation) -> TyperCommand:
    """Build the command of an operation: Typer reads the options from a function's signature."""
    from jsms_client.contract import ARGUMENTS

    arguments = {_parameter(argument): argument for argument in ARGUMENTS[operation.id]}
    asks = operation.effect in _VERBS

    def run(**given: object) -> int:
        """Carry the operation out."""
        values = {
            argument.name: given[name]
            for name, argument in arguments.items()
            if given[name] is not None or (argument.required and argument.nullable)
        }
        profile, as_json = cast("str | None", given["profile"]), bool(given["as_json"])
        if asks:
            _confirm(operation, [*arguments.values()], values, yes=bool(given["yes"]))
        with connect(profile, operation.id, developer=operation.credentials == "dev") as jsms:
            method = cast("Callable[..., object]", getattr(getattr(jsms, operation.resource), operation.method_name))
            result = method(**values)
        return show_result(result, operation.id, as_json=as_json)

    taken: set[str] = set(_OWN_OPTIONS)
    kinds: dict[str, object] = {name: _option(argument, taken) for name, argument in arguments.items()}
    kinds |= {"yes": YesOption} if asks else {}
    kinds |= {"profile": ProfileOption, "as_json": JsonOption}
    defaults: dict[str, object] = {"profile": None, "as_json": False, "yes": False}
    run.__annotations__ = {**kinds, "return": int}
    run.__signature__ = inspect.Signature(  # type: ignore[attr-defined] # what inspect looks for
        [
            inspect.Parameter(
                name,
                inspect.Parameter.KEYWORD_ONLY,
                annotation=kind,
                default=inspect.Parameter.empty
                if name in arguments and _must_be_given(arguments[name])
                else defaults.get(name),
            )
            for name, kind in kinds.items()
        ]
    )
    application = typer.Typer(add_completion=False, rich_markup_mode=None)
    takes_json = any(_takes_json(argument) for argument in arguments.values())
    about = f"{_sentence(operation.summary)}\n\nOperation {operation.id}: {operation.method} {operation.path}."
    application.command(operation.id, help=about, epilog=_EPILOG if takes_json else None)(run)
    return cast("TyperCommand", get_command(application))


def _confirm(operation: Operation, arguments: list[Argument], values: Mapping[str, object], *, yes: bool) -> None:
    """Ask before many get something, and where it is not known how many do."""
    verb = _VERBS[operation.effect]
    lists = [values[each.name] for each in arguments if each.kind == "recipients" and each.name in values]
    if lists:
        confirm_many(verb, sum(len(cast("list[object]", each)) for each in lists), yes=yes)
    elif not any(each.kind == "mobile" and each.type == "string" for each in arguments):
        confirm(f"{verb} recipients that {operation.id} does not count", yes=yes)


# Options


def _option(argument: Argument, taken: set[str]) -> object:
    """Return the option of an argument, as Typer takes it."""
    name = _free_name(argument, taken)
    help_ = _sentence(" ".join((argument.description, *_limits(argument))))
    if argument.type == "boolean" or argument.kind == "flag":
        option = typer.Option(f"--{name}/--no-{name}", help=help_, show_default=False)
        return Annotated[bool if _must_be_given(argument) else bool | None, option]
    metavar, kind, parser = _value(argument, f"--{name}")
    # Not only as an option: everybody on the machine can read the list of its processes.
    variable = f"JSMS_{argument.name.upper()}" if argument.kind in _PRIVATE and argument.name not in SETTINGS else None
    option = typer.Option(f"--{name}", metavar=metavar, help=help_, parser=parser, envvar=variable, show_default=False)
    return Annotated[kind if _must_be_given(argument) else cast("type", kind | None), option]


def _must_be_given(argument: Argument) -> bool:
    """Return whether the command needs the option; without one for a field that may be null, null is sent."""
    return argument.required and not argument.nullable


def _value(argument: Argument, option: str) -> tuple[str, type, Callable[[str], object] | None]:
    """How the value of an option is called, its type, and what reads it."""
    if argument.max_bytes is not None or argument.media_types or argument.kind == "image":
        return "FILE", Path, None
    if argument.kind in ("beijing-time", "epoch-millis"):
        moments = argument.kind == "epoch-millis"
        return "TIME", str, lambda given: int(given) if moments and given.isdecimal() else read_time(given, option)
    if _takes_json(argument):
        return "JSON", str, lambda given: _read_json(given, option, argument)
    if argument.type == "integer":
        return _numbers(argument)
    if argument.type == "number":
        return "NUMBER", float, None
    return argument.kind.upper() if argument.kind in ("id", "mobile", "secret") else "TEXT", str, None


def _takes_json(argument: Argument) -> bool:
    return argument.type in ("array", "object")


def _numbers(argument: Argument) -> tuple[str, type, Callable[[str], object] | None]:
    """Read a number, or one of the names that the contract has for its values."""
    names = _names_of(argument.values)
    if not names:
        return "NUMBER", int, None

    def read(given: str) -> int:
        try:
            return int(given)
        except ValueError:
            pass
        wanted = given.casefold().replace("-", "_")
        found = next((value for name, value in names.items() if name.casefold() == wanted), None)
        if found is None:
            raise typer.BadParameter(f"{given!r} is none of {', '.join(map(str.lower, names))}, and no number.")
        return found

    return "|".join(map(str.lower, names)), int, read


def _names_of(enumeration: str) -> dict[str, int]:
    from enum import IntEnum

    from jsms_client import results

    found: object = getattr(results, enumeration, None) if enumeration else None
    if isinstance(found, type) and issubclass(found, IntEnum):
        return {member.name: member.value for member in found}
    return {}


def _read_json(given: str, option: str, argument: Argument) -> object:
    """Read a list or an object: JSON, or a file with it."""
    where = option
    if given.startswith("@"):
        source = given[1:]
        where = f"{option}: {'standard input' if source == '-' else source}"
        try:
            given = sys.stdin.read() if source == "-" else Path(source).read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
            raise typer.BadParameter(f"{source} cannot be read: {why}.") from error
    wanted = list if argument.type == "array" else dict
    try:
        value: object = json.loads(given, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        example = "'[…]'" if wanted is list else "'{…}'"
        raise typer.BadParameter(f"{where} takes JSON such as {example}, or @FILE: {error}.") from error
    if not isinstance(value, wanted):
        raise typer.BadParameter(f"{where} takes {'a list' if wanted is list else 'an object'} in JSON.")
    return cast("object", value)


def _no_number(written: str) -> object:
    raise ValueError(f"{written} is no number")


# Words


def _limits(argument: Argument) -> Iterator[str]:
    """Say what a value may be, as far as the description leaves it open."""
    if argument.type in ("integer", "number") and not argument.values:
        yield from _between(argument.minimum, argument.maximum, "")
    elif argument.max_bytes is None:
        yield from _between(argument.shortest, argument.longest, _UNITS.get(argument.type, ""))
    if argument.max_bytes is not None:
        yield f"[at most {argument.max_bytes / 1_048_576:g} MB]"
    if argument.members:
        inside = ", ".join(f"{each.field}{'' if each.required else '?'}: {_type(each)}" for each in argument.members)
        braces = f"{{{inside}}}"
        yield f"Takes [{braces}, …]." if argument.type == "array" else f"Takes {braces}."
    elif argument.entries:
        listed = argument.type == "array"
        yield f"Takes [{argument.entries}, …]." if listed else f"Takes {{name: {argument.entries}, …}}."
    for name, values in argument.needed_when:
        yield f"Needed where {name.replace('_', '-')} is {', '.join(map(str, values))}."


_UNITS = {"string": " characters", "array": " entries", "object": " entries"}


def _type(argument: Argument) -> str:
    if argument.type == "array":
        return f"[{argument.entries}, …]"
    return argument.type


def _between(smallest: float | None, largest: float | None, unit: str) -> Iterator[str]:
    if smallest is not None and smallest == largest:
        yield f"[{smallest:g}{unit}]"
    elif smallest is not None and largest is not None:
        yield f"[{smallest:g} to {largest:g}{unit}]"
    elif largest is not None:
        yield f"[at most {largest:g}{unit}]"
    elif smallest is not None and smallest > 1:
        yield f"[at least {smallest:g}{unit}]"


def _sentence(text: str) -> str:
    return text if not text or text.endswith((".", "]", "。")) else f"{text}."


def _kebab(name: str) -> str:
    return "-".join(word for word in _WORD_STARTS.split(name) if word).lower()


def _parameter(argument: Argument) -> str:
    """Return the name of an argument among the parameters of a command, which has some of its own."""
    return f"{PREFIX}{argument.name}"


def _free_name(argument: Argument, taken: set[str]) -> str:
    """Return the name of an option, which no other option of the command has."""
    name = _kebab(argument.name) or "value"
    while name in taken:
        name = f"field-{name}"
    taken.add(name)
    return name
