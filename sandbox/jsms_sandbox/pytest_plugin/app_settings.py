"""What an app of the sandbox can be switched to, and what a client is made with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NotRequired, TypedDict

from jsms_sandbox.state.entities import ReviewMode


class ClientSettings(TypedDict):
    """The arguments of a client: ``JSMS(**sandbox.settings)``."""

    app_key: str
    master_secret: str
    dev_key: str
    dev_secret: str
    base_url: str


class ReviewSwitch(TypedDict):
    """How templates and signatures are decided on: at once, by hand, or after some seconds."""

    mode: ReviewMode
    seconds: NotRequired[float]


class Switches(TypedDict, total=False):
    """The switches of an app; what is left out stays.

    Attributes:
        sms_enabled: False has sends answered 50008.
        blacklisted: True has every request answered 50036.
        allowed_ips: Requests from elsewhere are answered 50035; an empty list allows all.
        fixed_code: Makes every text code this one; None makes six digits by chance again.
        review: How templates and signatures are decided on.
        report_delay: Seconds until a message is reported.
        report_status: The delivery status that it is reported with.
        callback_url: Where callbacks go; None for none. It is asked for its echo first.
        check_callback: False takes callback_url without asking.
        words: Blocked words (50037).
        opt_outs: Numbers that opted out (50024).
    """

    sms_enabled: bool
    blacklisted: bool
    allowed_ips: Sequence[str]
    fixed_code: str | None
    review: ReviewSwitch
    report_delay: float
    report_status: int
    callback_url: str | None
    check_callback: bool
    words: Sequence[str]
    opt_outs: Sequence[str]


class Pools(TypedDict, total=False):
    """What is left in an app's pools, in SMS; what is left out stays, None takes a pool away.

    Attributes:
        balance: For all types.
        voice: For voice codes.
        industry: For codes and notices.
        market: For marketing.
    """

    balance: int | None
    voice: int | None
    industry: int | None
    market: int | None
