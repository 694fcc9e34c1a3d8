"""What is in the file."""

from __future__ import annotations

from jsms_client.campaigns._outcomes import RecipientState

APPLICATION = 0x4A534D53
"""What SQLite keeps in the file's head to tell whose it is: "JSMS"."""
VERSION = 2
"""The version of the tables; a file of another one is not touched."""

WAITING, IN_FLIGHT, ACCEPTED, REFUSED, UNKNOWN = range(5)

STATES = (
    RecipientState.WAITING,
    RecipientState.IN_FLIGHT,
    RecipientState.ACCEPTED,
    RecipientState.REFUSED,
    RecipientState.UNKNOWN,
)
"""Each by the number that the file has for it."""

TABLES = (
    # What must be the same when the campaign goes on, and how many recipients are in each state: whatever else the
    # file says must add up to this. input and rows are digests; null until the whole list was read. The seal is a
    # digest of the rest of the row, the first column so that it is always in the page itself: see `store.Watch`.
    """CREATE TABLE campaign (
        one INTEGER PRIMARY KEY CHECK (one = 1), seal TEXT NOT NULL, identity TEXT NOT NULL,
        generation INTEGER NOT NULL, settings TEXT NOT NULL, service TEXT NOT NULL, app TEXT NOT NULL,
        made_at REAL NOT NULL, saved_at REAL NOT NULL, input TEXT, rows TEXT,
        waiting INTEGER NOT NULL DEFAULT 0, in_flight INTEGER NOT NULL DEFAULT 0,
        accepted INTEGER NOT NULL DEFAULT 0, refused INTEGER NOT NULL DEFAULT 0, unknown INTEGER NOT NULL DEFAULT 0,
        repeats INTEGER NOT NULL DEFAULT 0, bad_lines INTEGER NOT NULL DEFAULT 0)""",
    # resent: whether it was sent to again since delivery reports were last asked for.
    """CREATE TABLE recipients (
        number INTEGER PRIMARY KEY, mobile TEXT NOT NULL UNIQUE, temp_para TEXT, state INTEGER NOT NULL DEFAULT 0,
        request INTEGER, msg_id TEXT, code INTEGER, delivery INTEGER, delivered_at REAL,
        settled INTEGER NOT NULL DEFAULT 0, resent INTEGER NOT NULL DEFAULT 0)""",
    # left_until: the latest time that the request may have left, where that is not known, as in a restored copy.
    """CREATE TABLE requests (
        number INTEGER PRIMARY KEY, left_at REAL NOT NULL, left_until REAL, send_time TEXT, schedule_id TEXT)""",
    # Delivery reports that were fetched and are of other messages: the service does not hand them out again.
    """CREATE TABLE other_reports (msg_id TEXT NOT NULL, mobile TEXT NOT NULL, status INTEGER NOT NULL, at REAL,
        UNIQUE (msg_id, mobile, status))""",
    """CREATE TABLE set_aside (number INTEGER PRIMARY KEY, reason TEXT NOT NULL, mobile TEXT, text TEXT NOT NULL)""",
)

__all__ = [
    "ACCEPTED",
    "APPLICATION",
    "IN_FLIGHT",
    "REFUSED",
    "STATES",
    "TABLES",
    "UNKNOWN",
    "VERSION",
    "WAITING",
]
