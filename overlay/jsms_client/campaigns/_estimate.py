"""What a campaign will cost: every text's length, counted as the service bills it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import time

from jsms_api.models.template_type import TemplateType
from jsms_client.campaigns._journal.journal import Journal
from jsms_client.campaigns._loader import VARIABLE
from jsms_client.campaigns._outcomes import WAITING
from jsms_client.results import ApplicationBalance, TemplateDetails
from jsms_contract import limits
from jsms_contract.billing import MARKETING_FROM, MARKETING_UNTIL, OPT_OUT_SUFFIX, PART_CHARACTERS, SMS_CHARACTERS
from jsms_runtime.redaction import mask_mobile
from jsms_runtime.results import SECRET, Result

SAMPLES = 3
"""How many texts are shown."""

MARKETING_HOURS = (time.fromisoformat(MARKETING_FROM), time.fromisoformat(MARKETING_UNTIL))
"""When the service delivers marketing, in Beijing time."""


@dataclass(frozen=True, slots=True, repr=False)
class Estimate(Result):
    """What a campaign will cost; nothing was sent.

    Attributes:
        recipients: How many it has.
        repeats: Entries that would be skipped because the number is further up.
        bad_lines: Entries that would be set aside because they cannot be sent to.
        requests: How many requests it takes, at the least.
        credit: How many SMS are billed: one up to 70 characters, above that one for each 67, signature and opt-out
            text included; counted in UTF-16 units, so that an emoji is two or more, and a line break twice.
        longest: Characters of the longest text.
        balance: SMS of this kind that the app can still send; None where it could not be asked for.
        pool: Where that credit is, by the names of `ApplicationBalance`: the kind's own pool, then that for all types.
        enough: Whether the balance is enough; None where it could not be asked for.
        samples: The first three texts, each behind its number, masked: ``138****8000: 【…】…``.
        sign: The signature; None where it is the app's default one, whose name the service does not tell: the longest
            possible one is counted then.
        missing_parameters: Variables of the template that some recipients have no value for, or an empty one.
        unfilled: How many recipients that is: the service will refuse them.
        marketing: Whether it is marketing, which is delivered in `MARKETING_HOURS` only.
    """

    recipients: int
    repeats: int
    bad_lines: int
    requests: int
    credit: int
    longest: int
    balance: int | None
    pool: tuple[str, ...]
    enough: bool | None
    samples: tuple[str, ...] = field(metadata=SECRET)
    sign: str | None
    missing_parameters: tuple[str, ...]
    unfilled: int
    marketing: bool


class Estimator:
    """Adds up what each recipient will cost.

    Args:
        template: The template.
        sign: The signature; None where it is not known.
        balance: What the app has; None where it is not known.
    """

    def __init__(self, template: TemplateDetails, sign: str | None, balance: ApplicationBalance | None) -> None:
        self._pieces = VARIABLE.split(template.template)
        self._names = self._pieces[1::2]
        self._sign = sign
        self._marketing = marketing = template.type == TemplateType.MARKETING
        self._pool = ("app_market" if marketing else "app_industry", "app_balance")
        self._balance = None if balance is None else sum(getattr(balance, name) or 0 for name in self._pool)
        self._opt_out = OPT_OUT_SUFFIX if marketing else ""
        front = _length(sign) if sign is not None else limits.SIGN_FORM_SIGN_MAX_LENGTH
        self._fixed = front + len("【】") + len(self._opt_out) + sum(map(_length, self._pieces[::2]))
        self._credit = self._longest = self._unfilled = 0
        self._missing: dict[str, None] = {}
        self._samples: list[str] = []

    def add(self, recipients: Iterable[tuple[str, Mapping[str, str] | None]]) -> None:
        """Count recipients."""
        for mobile, given in recipients:
            if len(self._samples) < SAMPLES:
                self._samples.append(f"{mask_mobile(mobile)}: {self._text(given or {})}")
            values = [(given or {}).get(name, "") for name in self._names]
            if not all(values):
                self._unfilled += 1
                named = zip(self._names, values, strict=True)
                self._missing.update((name, None) for name, value in named if not value)
            size = self._fixed + _length("".join(values))
            self._credit += 1 if size <= SMS_CHARACTERS else -(-size // PART_CHARACTERS)
            self._longest = max(self._longest, size)

    def made(self, journal: Journal) -> Estimate:
        """Return the estimate for all that was added."""
        recipients = journal.states[WAITING]
        return Estimate(
            recipients,
            journal.repeats,
            journal.bad_lines,
            -(-recipients // journal.settings.largest_batch),
            self._credit,
            self._longest,
            self._balance,
            self._pool,
            None if self._balance is None else self._credit <= self._balance,
            tuple(self._samples),
            self._sign,
            tuple(self._missing),
            self._unfilled,
            self._marketing,
        )

    def _text(self, given: Mapping[str, str]) -> str:
        parts = list(self._pieces)
        # What has no value is shown as the template writes it.
        parts[1::2] = [given.get(name) or f"{{{{{name}}}}}" for name in self._names]
        return f"【{self._sign if self._sign is not None else '…'}】{''.join(parts)}{self._opt_out}"


def _length(text: str) -> int:
    """In UTF-16 units, as carriers count: an emoji is two or more."""
    units = len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2
    return units + text.count("\n")
