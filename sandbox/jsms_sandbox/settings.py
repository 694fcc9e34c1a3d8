"""Settings and credentials that the sandbox is started with."""

from __future__ import annotations

from dataclasses import dataclass, field

from jsms_sandbox.state.entities import Review

DEFAULT_PORT = 5767
"""JSMS on the keys of a phone. HTTPS takes the next one, ``jsms callback listen`` the one after that."""

OWN = "/_sandbox"


@dataclass(frozen=True, slots=True)
class Credentials:
    """The two pairs of an app. The defaults are valid in form: 24 hexadecimal characters each."""

    app_key: str = "5a4db0c39e8f7a6b5c4d3e2f"
    master_secret: str = "6f5e4d3c2b1a0f9e8d7c6b5a"  # noqa: S105 - made up, and good for nothing else
    dev_key: str = "d1e2f3a4b5c6d7e8f9a0b1c2"
    dev_secret: str = "c2b1a0f9e8d7c6b5a4f3e2d1"  # noqa: S105 - made up as well


@dataclass(frozen=True, slots=True)
class Settings:
    """What the sandbox is started with.

    Attributes:
        credentials: The first app's.
        strict: Whether to refuse what existing clients send but the service does not document.
        review: How the first app's templates and signatures are reviewed; None as the app was kept, at first at once.
        fixed_code: The code that every text code gets; None as the app was kept, at first six random digits.
        callback_url: Where the first app's callbacks are posted; None as the app was kept, at first nowhere.
        hosts: Names that the page and the test API may be reached under in addition to this machine's own.
    """

    credentials: Credentials = field(default_factory=Credentials)
    strict: bool = False
    review: Review | None = None
    fixed_code: str | None = None
    callback_url: str | None = None
    hosts: frozenset[str] = frozenset()
