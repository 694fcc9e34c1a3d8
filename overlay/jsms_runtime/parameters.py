"""Template parameters: every scalar becomes the text that a recipient reads."""

from __future__ import annotations

import math
import operator
from collections.abc import Mapping
from datetime import date, time
from decimal import Decimal
from enum import Enum
from typing import SupportsIndex, TypeAlias, cast

from jsms_runtime.arguments import kind, refusal
from jsms_runtime.values import check_writable

Scalar: TypeAlias = str | int | float | Decimal | bool
"""What a template parameter may be given as."""

Parameters: TypeAlias = Mapping[str, Scalar]
"""Variable name to value."""

# No message is as long; a Decimal with a larger exponent would be written out as that many zeros.
_MOST_DIGITS = 1000
LONGEST_VALUE = 1000
"""Characters that a parameter may have: no message is as long."""


def read_parameters(value: object, argument: str = "temp_para") -> dict[str, str]:
    """Every parameter as a text.

    A text stays as it is. True and False become ``true`` and ``false``. A number is written out without an exponent:
    ``1e16`` is ``10000000000000000``, ``Decimal("9.90")`` is ``9.90``. An enum's member stands for its value. A date
    or time is refused, because how it should read is for a person to say, and so is None.

    Raises:
        ArgumentError: Not a mapping, or the name or value of a parameter is none of these.
    """
    if not isinstance(value, Mapping):
        raise refusal(argument, f"is {kind(value)}", 'give a mapping, such as {"code": "0426"}')
    texts: dict[str, str] = {}
    for name, scalar in cast("Mapping[object, object]", value).items():
        if not isinstance(name, str):
            raise refusal(argument, f"has a name {kind(name)}", "give the variable's name as a text")
        if not name:
            raise refusal(argument, "has an empty name", "give the variable's name as the template writes it")
        if not name.isascii():
            check_writable(name, argument)
        if type(scalar) is not str:
            texts[str.__str__(name)] = _to_text(scalar, f"{argument}[{name!r}]")
        else:
            if not scalar.isascii():
                check_writable(scalar, f"{argument}[{name!r}]")
            texts[str.__str__(name)] = scalar
        _check_length(name, texts[str.__str__(name)], argument)
    return texts


def _check_length(name: str, text: str, argument: str) -> None:
    if len(name) > LONGEST_VALUE:
        raise refusal(argument, f"has a name of {len(name)} characters", f"a name has at most {LONGEST_VALUE}")
    if len(text) > LONGEST_VALUE:
        shown = f"{argument}[{name!r}]"
        raise refusal(shown, f"has {len(text)} characters", f"a parameter has at most {LONGEST_VALUE}")


def _to_text(value: object, argument: str) -> str:
    if isinstance(value, Enum):
        value = cast("object", value.value)
    if isinstance(value, str):
        check_writable(value, argument)
        return str.__str__(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, SupportsIndex):
        number = operator.index(value)
        if abs(number) >= 10**_MOST_DIGITS:
            raise refusal(argument, "is a number too long for a message", "give it as a text")
        return str(number)
    if isinstance(value, float):
        if not math.isfinite(value):
            raise refusal(argument, "is not a finite number", "give a number or a text")
        written = float.__repr__(value)
        return format(Decimal(written), "f") if "e" in written else written
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise refusal(argument, "is not a finite number", "give a number or a text")
        if abs(value.adjusted()) >= _MOST_DIGITS:
            raise refusal(argument, "is a number too long for a message", "give it as a text")
        return format(value, "f")
    if value is None:
        raise refusal(argument, "is None", "give its value, or leave the parameter out")
    if isinstance(value, (date, time)):
        raise refusal(argument, f"is {kind(value)}", "give the text that the recipient should read")
    raise refusal(argument, f"is {kind(value)}", "give a text or a number")


__all__ = ["LONGEST_VALUE", "Parameters", "Scalar", "read_parameters"]
