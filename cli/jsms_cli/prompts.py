"""Ask for confirmation before something that cannot be undone."""

from __future__ import annotations

import sys

from jsms_cli.errors import NotConfirmedError

_YES = frozenset({"y", "yes", "是", "好"})


MANY = 10
"""How many recipients may be sent to without being asked."""


def confirm_many(what: str, recipients: int, *, yes: bool) -> None:
    """Go on with many recipients only if a person says so.

    Raises:
        NotConfirmedError: The user did not say yes, or there is no terminal to ask on.
    """
    if recipients > MANY:
        confirm(f"{what} {recipients} recipients", yes=yes)


def confirm(what: str, *, yes: bool) -> None:
    """Go on only if a person says so.

    Args:
        what: What is about to happen, as the beginning of a question: "Send to 300 recipients".
        yes: Whether it was said beforehand, by ``--yes``.

    Raises:
        NotConfirmedError: The user did not say yes, or there is no terminal to ask on.
    """
    if yes:
        return
    require_person(what)
    sys.stderr.write(f"{what}? [y/N] ")
    sys.stderr.flush()
    answer = sys.stdin.readline().strip().casefold()
    if answer not in _YES:
        raise NotConfirmedError("nothing was sent")


def require_person(what: str) -> None:
    """Stop where there is no terminal to ask on.

    Raises:
        NotConfirmedError: This is no terminal.
    """
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise NotConfirmedError(
            f"{what[:1].lower()}{what[1:]}? There is no terminal to ask on: give --yes. Nothing was sent"
        )
