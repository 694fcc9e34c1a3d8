"""Results of accounts: how much credit is left."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from jsms_client.results.shown import Result


@dataclass(frozen=True, slots=True, repr=False)
class DeveloperBalance(Result):
    """Credit of the developer account, counted in SMS; None where none was ever allocated.

    Attributes:
        dev_balance: Left for all types.
        dev_voice: Left for voice codes.
        dev_industry: Left for industry SMS, which are codes and notices.
        dev_market: Left for marketing SMS.
        extra: Fields that this version does not know.
    """

    dev_balance: int | None
    dev_voice: int | None
    dev_industry: int | None
    dev_market: int | None
    extra: Mapping[str, object] = field(default_factory=dict[str, object], hash=False)


@dataclass(frozen=True, slots=True, repr=False)
class ApplicationBalance(Result):
    """Credit of the app, counted in SMS; None where none was ever allocated.

    Attributes:
        app_balance: Left for all types.
        app_voice: Left for voice codes.
        app_industry: Left for industry SMS, which are codes and notices.
        app_market: Left for marketing SMS.
        extra: Fields that this version does not know.
    """

    app_balance: int | None
    app_voice: int | None
    app_industry: int | None
    app_market: int | None
    extra: Mapping[str, object] = field(default_factory=dict[str, object], hash=False)


__all__ = ["ApplicationBalance", "DeveloperBalance"]
