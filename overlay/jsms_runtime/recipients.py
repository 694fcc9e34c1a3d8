"""Recipients of a batch: from the forms that people keep them in to what the service wants."""

from __future__ import annotations

import re
from collections.abc import AsyncIterable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import TypeAlias, cast

from jsms_runtime.arguments import kind, refusal
from jsms_runtime.parameters import LONGEST_VALUE, Parameters, read_parameters
from jsms_runtime.redaction import mask_line, mask_mobile
from jsms_runtime.values import MOBILE, compiled, read_mobile


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
        """The number, masked, and nothing of the parameters."""
        return f"Recipient(mobile={mask_mobile(str(self.mobile))!r})"


RecipientLike: TypeAlias = Recipient | Mapping[str, object] | tuple[str, Parameters | None] | str
"""A `Recipient`, a mapping with ``mobile`` and ``temp_para``, a (mobile, parameters) pair, or a number alone."""

_SURROGATE = re.compile("[\ud800-\udfff]")
_FIELDS = frozenset({"mobile", "temp_para"})
_FORMS = (
    'give a Recipient, a mapping such as {"mobile": "13800138000", "temp_para": {…}}, a (mobile, parameters) pair or a '
    "number"
)


def read_recipients(
    recipients: object, *, fewest: int, most: int, argument: str = "recipients", pattern: str = MOBILE
) -> list[tuple[str, dict[str, str] | None]]:
    """Every recipient as number and parameters.

    Args:
        recipients: Any iterable of recipients, read once and no further than the limit.
        fewest: How many there must be.
        most: How many there may be.
        argument: Its name, for the message.
        pattern: What each number must match.

    Raises:
        ArgumentError: Too few, too many, or one that cannot be sent to; it names its place, counted from 0.
    """
    if isinstance(recipients, (str, bytes, Mapping, Recipient)):
        raise refusal(argument, "is a single one", "put it into a list")
    if not isinstance(recipients, Iterable):
        if isinstance(recipients, AsyncIterable):
            raise refusal(argument, "is an async iterable", "collect it first: [one async for one in recipients]")
        raise refusal(argument, f"is {kind(recipients)}", "give a list of recipients")
    given = list(islice(cast("Iterable[object]", recipients), most + 1))
    if len(given) > most:
        raise refusal(argument, f"has more than {most} entries", f"send at most {most} at once")
    if len(given) < fewest:
        raise refusal(argument, "is empty", f"give {fewest} to {most} recipients")
    return _read_usual(given, pattern) or _read_each(given, argument, pattern)


def recipients_as_json(recipients: list[tuple[str, dict[str, str] | None]]) -> list[dict[str, object]]:
    """Checked recipients as they are sent."""
    return [
        {"mobile": mobile} if parameters is None else {"mobile": mobile, "temp_para": parameters}
        for mobile, parameters in recipients
    ]


def _read_each(given: list[object], argument: str, pattern: str) -> list[tuple[str, dict[str, str] | None]]:
    return [_read(one, f"{argument}[{place}]", pattern) for place, one in enumerate(given)]


def _read_usual(given: list[object], pattern: str) -> list[tuple[str, dict[str, str] | None]] | None:
    """Recipients that can go as they are, for sure: a thousand are seen through at once, in a fifth of the time."""
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
    usual = _are_texts([each for each in parameters if each is not None])
    return cast("list[tuple[str, dict[str, str] | None]]", pairs) if usual else None


def _are_texts(parameters: list[object]) -> bool:
    if not parameters:
        return True
    if set(map(type, parameters)) != {dict}:
        return False
    texts = [*chain.from_iterable(map(dict[object, object].values, cast("list[dict[object, object]]", parameters)))]
    names = {*chain.from_iterable(cast("list[dict[object, object]]", parameters))}
    if not {*map(type, texts), *map(type, names)} <= {str} or "" in names:
        return False
    if max(map(len, cast("Iterable[str]", chain(texts, names))), default=0) > LONGEST_VALUE:
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
            raise refusal(
                where, f"has the field {shown!r}; it takes mobile and temp_para", "put parameters into temp_para"
            )
        if "mobile" not in fields:
            raise refusal(where, "has no mobile", 'give it one, such as {"mobile": "13800138000"}')
        mobile, parameters = fields["mobile"], fields.get("temp_para")
    elif isinstance(one, (tuple, list)):
        pair = cast("tuple[object, ...] | list[object]", one)
        if len(pair) != len(_FIELDS):
            raise refusal(where, f"has {len(pair)} parts, which is no pair", _FORMS)
        mobile, parameters = pair
    elif isinstance(one, (str, int)) and not isinstance(one, bool):
        mobile = one
    else:
        raise refusal(where, f"is {kind(one)}", _FORMS)
    number = read_mobile(mobile, f"{where}.mobile", pattern)
    return number, None if parameters is None else read_parameters(parameters, f"{where}.temp_para")


__all__ = ["Recipient", "RecipientLike", "read_recipients", "recipients_as_json"]
