"""Recipients of a batch: from the forms that people keep them in to what the service wants."""

from __future__ import annotations

from collections.abc import AsyncIterable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import TypeAlias, cast

from jsms_client.arguments import kind, refusal
from jsms_client.parameters import Parameters, read_parameters
from jsms_client.redaction import mask_mobile
from jsms_client.values import read_mobile


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

_FIELDS = frozenset({"mobile", "temp_para"})
_FORMS = (
    'give a Recipient, a mapping such as {"mobile": "13800138000", "temp_para": {…}}, a (mobile, parameters) pair or a '
    "number"
)


def read_recipients(
    recipients: object, *, fewest: int, most: int, argument: str = "recipients"
) -> list[tuple[str, dict[str, str] | None]]:
    """Every recipient as number and parameters.

    Args:
        recipients: Any iterable of recipients, read once and no further than the limit.
        fewest: How many there must be.
        most: How many there may be.
        argument: Its name, for the message.

    Raises:
        ArgumentError: Too few, too many, or one that cannot be sent to; it names its place, counted from 0.
    """
    if isinstance(recipients, (str, bytes, Mapping, Recipient)):
        raise refusal(argument, "is a single one", "put it into a list")
    if not isinstance(recipients, Iterable):
        if isinstance(recipients, AsyncIterable):
            raise refusal(argument, "is an async iterable", "collect it first: [one async for one in recipients]")
        raise refusal(argument, f"is {kind(recipients)}", "give a list of recipients")
    read = [
        _read(one, f"{argument}[{place}]")
        for place, one in enumerate(islice(cast("Iterable[object]", recipients), most + 1))
    ]
    if len(read) > most:
        raise refusal(argument, f"has more than {most} entries", f"send at most {most} at once")
    if len(read) < fewest:
        raise refusal(argument, "is empty", f"give {fewest} to {most} recipients")
    return read


def _read(one: object, where: str) -> tuple[str, dict[str, str] | None]:
    mobile: object
    parameters: object = None
    if isinstance(one, Recipient):
        mobile, parameters = one.mobile, one.temp_para
    elif isinstance(one, Mapping):
        fields = cast("Mapping[object, object]", one)
        if not _FIELDS.issuperset(fields):
            raise refusal(where, "has a field that is neither mobile nor temp_para", "put parameters into temp_para")
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
    number = read_mobile(mobile, f"{where}.mobile")
    return number, None if parameters is None else read_parameters(parameters, f"{where}.temp_para")


__all__ = ["Recipient", "RecipientLike", "read_recipients"]
