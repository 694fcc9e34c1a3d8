"""Load the whole list into the journal before anything is sent."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias

from jsms_client.campaigns._errors import BadLine, CampaignInputError
from jsms_client.campaigns._inputs.formats import Entry
from jsms_client.campaigns._inputs.sources import check, digested, to_rows
from jsms_client.campaigns._journal.journal import Journal
from jsms_client.campaigns._options import OnBadLine
from jsms_client.campaigns._shared.journal import SharedJournal
from jsms_client.campaigns._throttle import Meter, Progress

Count: TypeAlias = Callable[[Iterable[tuple[str, Mapping[str, str] | None]]], None]
"""Takes the number of each recipient, and what it has for the template."""

VARIABLE = re.compile(r"\{\{([0-9A-Za-z]+)\}\}")
_TELL_EVERY = 0.1
_LINES_NAMED = 100


def variables_of(template: str) -> tuple[str, ...]:
    """Return the variables of a template's text, each once.

    Args:
        template: The text, with ``{{name}}`` in it.
    """
    return tuple(dict.fromkeys(VARIABLE.findall(template)))


class RecipientLoader:
    """Takes a list into a journal; where the journal has one already, checks that it is the same.

    Args:
        journal: The journal.
        on_bad_line: What to do about entries that cannot be sent to.
        count: Adds up what the recipients will cost.

    Attributes:
        needs_template: Whether `finish` can find anything with the template: the list is new, and can be sent to
            otherwise.
    """

    def __init__(self, journal: Journal | SharedJournal, on_bad_line: OnBadLine, count: Count | None = None) -> None:
        self._journal = journal
        self._given: dict[str, bool] = {}
        self._stops = on_bad_line == "stop"
        self._count = count
        self._is_new = journal.input is None
        self._entries, self._recipients = hashlib.sha256(), hashlib.sha256()
        self._bad: list[BadLine] = []
        self._bad_count = self._read = 0
        self._began = time.monotonic()
        self._meter: Meter | None = None
        self._gave_up = False
        self.needs_template = False

    def begin(self) -> None:
        """Begin; from here on `finish` or `give_up` must follow."""
        if self._is_new:
            with self._journal.mutex:
                self._journal.begin()

    def add(self, entries: list[Entry]) -> None:
        """Take the next entries in."""
        with self._journal.mutex:
            # A cancelled call may leave the thread behind that takes entries in.
            if not self._gave_up:
                self._add(entries)

    def _add(self, entries: list[Entry]) -> None:
        checked, bad = check(entries)
        rows = to_rows(checked)
        self._read += len(rows)
        digest = digested(rows)
        self._entries.update(digest + b"!\n" * len(bad))
        if not self._is_new:
            return
        for _, _, given in checked:
            if given is not None and not all(map(self._given.get, given)):
                for name, value in given.items():
                    self._given[name] = bool(value) or self._given.get(name, False)
        if bad and self._stops:
            # The rest is still looked through: every bad line is reported at once.
            self._bad_count += len(bad)
            self._bad += bad[: _LINES_NAMED - len(self._bad)]
        self.needs_template = self._read > 0 and not self._bad
        if self._bad:
            return
        repeated = self._journal.add(rows, bad)
        if repeated:
            rows = [row for row in rows if row[0] not in repeated]
            checked = [one for one in checked if one[0] not in repeated]
            digest = digested(rows)
        self._recipients.update(digest)
        if self._count is not None:
            self._count((mobile, parameters) for _, mobile, parameters in checked)

    def progress(self) -> Progress | None:
        """Return the progress, where it is time to report it."""
        now = time.monotonic()
        meter = self._meter = self._meter or Meter("reading", self._began)
        if not meter.due(now, _TELL_EVERY):
            return None
        journal = self._journal
        return meter.read((self._read, 0, 0, 0, 0), journal.repeats, journal.bad_lines, now, self._read)

    def finish(self, template: str = "") -> None:
        """End the list; one without any value for a variable of the template is refused, as everyone would be."""
        if not self._is_new:
            self._journal.check_same(self._entries.hexdigest())
            return
        if self._bad:
            raise CampaignInputError(
                f"{self._bad_count} {'entries' if self._bad_count > 1 else 'entry'} of the list cannot be sent to; "
                "nothing was sent",
                lines=self._bad,
                count=self._bad_count,
            )
        if not self._read and not self._journal.bad_lines:
            raise CampaignInputError("the list is empty: there is no recipient; nothing was sent")
        never = ", ".join([repr(name) for name in variables_of(template) if not self._given.get(name)])
        if never:
            given = ", ".join(repr(name[:40]) for name in list(self._given)[:10]) or "no parameters"
            raise CampaignInputError(
                f"template {self._journal.settings.temp_id} needs {never}, for which no entry has a value: "
                f"the list has {given}; nothing was sent"
            )
        with self._journal.mutex:
            if not self._gave_up:
                self._journal.complete(self._entries.hexdigest(), self._recipients.hexdigest())
                self._journal.commit()

    def give_up(self) -> None:
        """Something went wrong: have nothing of the list in the journal."""
        with self._journal.mutex:
            self._gave_up = True
            self._journal.roll_back()
