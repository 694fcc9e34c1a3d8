"""Recipients and their template parameters, as a caller gives them."""

from __future__ import annotations

import operator
import re
from collections.abc import AsyncIterable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal
from enum import Enum
from itertools import chain, islice
from typing import SupportsIndex, TypeAlias, cast

from jsms_runtime.redaction import mask_line, mask_mobile
from jsms_runtime.validation import MOBILE_PATTERN, check_writable, compiled, invalid_argument, kind, parse_mobile

Scalar: TypeAlias = str | int | float | Decimal | bool
"""What a template parameter may be given as."""

Parameters: TypeAlias = Mapping[str, Scalar]
"""Variable name to value."""


@dataclass(frozen=True, slots=True, repr=False)
class Recipient:
    """Someone to send to, with parameters of their own.

    Checked when it is sent, together with the place that it has in the batch.

    Attributes:
        mobile: A mainland China mobile number, ``13800138000`` or ``+86 138-0013-8000``.
        temp_para: Variable name to value, for each variable of the template.
    """

    mobile: str
    temp_para: Parameters | None = field(default=None, hash=False)

    def __repr__(self) -> str:
        """Return the number, masked, and nothing of the parameters."""
        return f"Recipient(mobile={mask_mobile(str(self.mobile))!r})"


RecipientLike: TypeAlias = Recipient | Mapping[str, object] | tuple[str, Parameters | None] | str
"""A `Recipient`, a mapping with ``mobile`` and ``temp_para``, a (mobile, parameters) pair, or a number alone."""

_SURROGATE = re.compile("[\ud800-\udfff]")
_FIELDS = frozenset({"mobile", "temp_para"})
_FORMS = (
    'give a Recipient, a mapping such as {"mobile": "13800138000", "temp_para": {…}}, a (mobile, parameters) pair or a '
    "number"
)


def parse_recipients(
    recipients: object, *, fewest: int, most: int, argument: str = "recipients", pattern: str = MOBILE_PATTERN
) -> list[tuple[str, dict[str, str] | None]]:
    """Return every recipient as number and parameters; one that cannot be sent to is named by its place, from 0."""
    if isinstance(recipients, (str, bytes, Mapping, Recipient)):
        raise invalid_argument(argument, "is a single one", "put it into a list")
    if not isinstance(recipients, Iterable):
        if isinstance(recipients, AsyncIterable):
            raise invalid_argument(
                argument, "is an async iterable", "collect it first: [one async for one in recipients]"
            )
        raise invalid_argument(argument, f"is {kind(recipients)}", "give a list of recipients")
    given = list(islice(cast("Iterable[object]", recipients), most + 1))
    if len(given) > most:
        raise invalid_argument(argument, f"has more than {most} entries", f"send at most {most} at once")
    if len(given) < fewest:
        raise invalid_argument(argument, "is empty", f"give {fewest} to {most} recipients")
    return _read_usual(given, pattern) or [
        _read(one, f"{argument}[{place}]", pattern) for place, one in enumerate(given)
    ]


def recipients_to_json(recipients: list[tuple[str, dict[str, str] | None]]) -> list[dict[str, object]]:
    """Return checked recipients as they are sent."""
    return [
        {"mobile": mobile, "temp_para": parameters} if parameters is not None else {"mobile": mobile}
        for mobile, parameters in recipients
    ]


def _read_usual(given: list[object], pattern: str) -> list[tuple[str, dict[str, str] | None]] | None:
    """Fast path: validate a thousand plain strings with one regular expression, in a fifth of the time."""
    pairs = cast(
        "list[tuple[object, ...]]",
        [
            one if type(one) is tuple else (one.mobile, one.temp_para) if type(one) is Recipient else (one, None)
            for one in given
        ],
    )
    if set(map(len, pairs)) != {len(_FIELDS)}:
        return None
    mobiles, parameters = zip(*pairs, strict=True)
    if set(map(type, mobiles)) != {str}:
        return None
    written = "\n".join((*mobiles, ""))
    if written.count("\n") != len(mobiles) or not compiled(f"(?m:(?:{pattern}\n)*+)").fullmatch(written):
        return None
    usual = _are_texts(parameters if None not in parameters else [each for each in parameters if each is not None])
    return cast("list[tuple[str, dict[str, str] | None]]", pairs) if usual else None


def _are_texts(parameters: Sequence[object]) -> bool:
    if not parameters:
        return True
    if set(map(type, parameters)) != {dict}:
        return False
    texts = [*chain.from_iterable(map(dict[object, object].values, cast("Sequence[dict[object, object]]", parameters)))]
    names = set[object]().union(*cast("Sequence[dict[object, object]]", parameters))
    if not {*map(type, texts), *map(type, names)} <= {str} or "" in names:
        return False
    if max(map(len, cast("list[str]", texts)), default=0) > LONGEST_VALUE or any(
        len(name) > LONGEST_VALUE for name in cast("set[str]", names)
    ):
        return False
    written = "".join(cast("list[str]", [*names, *texts]))
    return written.isascii() or _SURROGATE.search(written) is None


def _read(one: object, where: str, pattern: str) -> tuple[str, dict[str, str] | None]:
    mobile: object
    parameters: object = None
    if isinstance(one, Recipient):
        mobile, parameters = one.mobile, one.temp_para
    elif isinstance(one, Mapping):
        fields = cast("Mapping[object, object]", one)
        if not _FIELDS.issuperset(fields):
            (unknown, *_) = (name for name in fields if name not in _FIELDS)
            shown = mask_line(str(unknown)) if isinstance(unknown, (str, int)) else kind(unknown)
            raise invalid_argument(
                where, f"has the field {shown!r}; it takes mobile and temp_para", "put parameters into temp_para"
            )
        if "mobile" not in fields:
            raise invalid_argument(where, "has no mobile", 'give it one, such as {"mobile": "13800138000"}')
        mobile, parameters = fields["mobile"], fields.get("temp_para")
    elif isinstance(one, (tuple, list)):
        pair = cast("tuple[object, ...] | list[object]", one)
        if len(pair) != len(_FIELDS):
            raise invalid_argument(where, f"has {len(pair)} parts, which is no pair", _FORMS)
        mobile, parameters = pair
    elif isinstance(one, (str, int)) and not isinstance(one, bool):
        mobile = one
    else:
        raise invalid_argument(where, f"is {kind(one)}", _FORMS)
    number = parse_mobile(mobile, f"{where}.mobile", pattern)
    return number, None if parameters is None else parse_parameters(parameters, f"{where}.temp_para")


LONGEST_VALUE = 1000
"""Characters that a parameter may have, digits of a number too: no message is as long."""
_AT_MOST = f"it takes at most {LONGEST_VALUE}"


def parse_parameters(value: object, argument: str = "temp_para") -> dict[str, str]:
    """Return every parameter as a text.

    A text stays as it is. True and False become ``true`` and ``false``. A number is written out without an exponent:
    ``1e16`` is ``10000000000000000``, ``Decimal("9.90")`` is ``9.90``. An enum's member is sent as its value. A date or
    time is refused, because how it should read is for a person to say, and so is None.
    """
    if not isinstance(value, Mapping):
        raise invalid_argument(argument, f"is {kind(value)}", 'give a mapping, such as {"code": "0426"}')
    texts: dict[str, str] = {}
    for name, scalar in cast("Mapping[object, object]", value).items():
        if not isinstance(name, str):
            raise invalid_argument(argument, f"has a name {kind(name)}", "give the variable's name as a text")
        if not name:
            raise invalid_argument(argument, "has an empty name", "give the variable's name as the template writes it")
        if not name.isascii():
            check_writable(name, argument)
        if len(name) > LONGEST_VALUE:
            raise invalid_argument(argument, f"has a name of {len(name)} characters", _AT_MOST)
        where = f"{argument}[{name!r}]"
        texts[str.__str__(name)] = text = _to_text(scalar, where)
        if len(text) > LONGEST_VALUE:
            raise invalid_argument(where, f"has {len(text)} characters", _AT_MOST)
    return texts


def _to_text(value: object, argument: str) -> str:
    if isinstance(value, Enum):
        value = cast("object", value.value)
    if isinstance(value, str):
        if not value.isascii():
            check_writable(value, argument)
        return str.__str__(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, SupportsIndex):
        number = operator.index(value)
        if abs(number) >= 10**LONGEST_VALUE:
            raise invalid_argument(argument, "is a number too long for a message", "give it as a text")
        return str(number)
    if isinstance(value, float):
        value = Decimal(float.__repr__(value))
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise invalid_argument(argument, "is not a finite number", "give a number or a text")
        if abs(value.adjusted()) >= LONGEST_VALUE:
            raise invalid_argument(argument, "is a number too long for a message", "give it as a text")
        return format(value, "f")
    if value is None:
        raise invalid_argument(argument, "is None", "give its value, or leave the parameter out")
    if isinstance(value, (date, time)):
        raise invalid_argument(argument, f"is {kind(value)}", "give the text that the recipient should read")
    raise invalid_argument(argument, f"is {kind(value)}", "give a text or a number")
