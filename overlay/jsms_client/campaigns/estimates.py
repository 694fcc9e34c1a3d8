"""What a campaign will cost: every text's length, counted as the service bills it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from jsms_api.models.template_type import TemplateType
from jsms_client.results.shown import HIDDEN, Result
from jsms_contract import limits

ONE_SMS = 70
"""Characters that are billed as one SMS."""
ONE_PART = 67
"""Characters of each part of a longer one."""
SAMPLES = 3
"""How many texts are shown."""

# What the service appends to marketing; the longest that has been seen.
_OPT_OUT = "，拒收请回复R"
_VARIABLE = re.compile(r"\{\{([0-9A-Za-z]+)\}\}")


@dataclass(frozen=True, slots=True, repr=False)
class Estimate(Result):
    """What a campaign will cost.

    Attributes:
        recipients: How many it has.
        credit: How many SMS are billed for them: one up to 70 characters, above that one for each 67, signature and
            opt-out text included.
        longest: Characters of the longest text.
        balance: SMS of this kind that the app can still send, from the kind's own credit and that for all types; None
            where it could not be asked for.
        enough: Whether that is enough; None where it could not be asked for.
        samples: The texts for the first three recipients.
        sign: The signature; None where it is the app's default one, whose name the service does not tell: the longest
            possible one is counted then.
        missing_parameters: Variables of the template that some recipients have no value for, or an empty one.
        unfilled: How many recipients that is: the service will refuse them.
    """

    recipients: int
    credit: int
    longest: int
    balance: int | None
    enough: bool | None
    samples: tuple[str, ...] = field(metadata=HIDDEN)
    sign: str | None
    missing_parameters: tuple[str, ...]
    unfilled: int


class Estimator:
    """Adds up what each recipient will cost.

    Args:
        template: The text, variables written ``{{name}}``.
        marketing: Whether an opt-out text comes behind it.
        sign: The signature; None where it is not known.
        balance: What the app can still send; None where it is not known.
    """

    def __init__(self, template: str, *, marketing: bool, sign: str | None, balance: int | None) -> None:
        self._pieces = _VARIABLE.split(template)
        self._names = self._pieces[1::2]
        self._sign = sign
        self._balance = balance
        self._opt_out = _OPT_OUT if marketing else ""
        front = len(sign) if sign is not None else limits.SIGN_FORM_SIGN_MAX_LENGTH
        self._fixed = front + len("【】") + len(self._opt_out) + sum(map(_length, self._pieces[::2]))
        self._recipients = self._credit = self._longest = self._unfilled = 0
        self._missing: dict[str, None] = {}
        self._samples: list[str] = []

    def add(self, parameters: Iterable[Mapping[str, str] | None]) -> None:
        """Count recipients.

        Args:
            parameters: What each of them has for the template.
        """
        names, fixed, credit, longest = self._names, self._fixed, self._credit, self._longest
        for given in parameters:
            self._recipients += 1
            if len(self._samples) < SAMPLES:
                self._samples.append(self._text(given or {}))
            size = fixed
            if names:
                values = [(given or {}).get(name, "") for name in names]
                if not all(values):
                    self._unfilled += 1
                    self._missing.update((name, None) for name, value in zip(names, values, strict=True) if not value)
                text = "".join(values)
                size += len(text) + text.count("\n")
            credit += 1 if size <= ONE_SMS else -(-size // ONE_PART)
            longest = max(longest, size)
        self._credit, self._longest = credit, longest

    def made(self) -> Estimate:
        """The estimate for all that was added."""
        return Estimate(
            self._recipients,
            self._credit,
            self._longest,
            self._balance,
            None if self._balance is None else self._credit <= self._balance,
            tuple(self._samples),
            self._sign,
            tuple(self._missing),
            self._unfilled,
        )

    def _text(self, given: Mapping[str, str]) -> str:
        parts = list(self._pieces)
        # What has no value is shown as the template writes it.
        parts[1::2] = [given.get(name) or f"{{{{{name}}}}}" for name in self._names]
        return f"【{self._sign if self._sign is not None else '…'}】{''.join(parts)}{self._opt_out}"


def sendable(kind: int, *, balance: int | None, industry: int | None, market: int | None) -> int:
    """How many SMS of a kind an app can send.

    Args:
        kind: The template's type.
        balance: Credit for all types.
        industry: Credit for codes and notices.
        market: Credit for marketing.
    """
    return (balance or 0) + ((market if kind == TemplateType.MARKETING else industry) or 0)


def _length(text: str) -> int:
    return len(text) + text.count("\n")


__all__ = ["ONE_PART", "ONE_SMS", "SAMPLES", "Estimate", "Estimator", "sendable"]
