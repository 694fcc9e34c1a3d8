"""The tables of a journal's file."""

from __future__ import annotations

from jsms_client.campaigns._outcomes import STATES

APPLICATION = 0x4A534D53
"""What SQLite keeps in the file's head to tell whose it is: "JSMS"."""

VERSION = 2
"""The version of the tables; a file of another one is not touched."""

TABLES = (
    # What must be the same when the campaign goes on, and how many recipients are in each state: whatever else the
    # file says must add up to this. input and rows are digests; null until the whole list was read. The seal is a
    # digest of the rest of the row, the first column so that it is always in the page itself: see `journal.Watch`.
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

COLUMNS = (
    *("identity", "generation", "settings", "service", "app", "made_at", "saved_at", "input", "rows"),
    *(state.value for state in STATES),
    *("repeats", "bad_lines"),
)
"""The columns of the campaign's row, apart from its key and its seal."""

READ_HEAD = f"SELECT seal, {', '.join(COLUMNS)} FROM campaign"  # noqa: S608 - our own names
SAVE_HEAD = f"UPDATE campaign SET seal = ?, {', '.join(f'{name} = ?' for name in COLUMNS)}"  # noqa: S608 - as above
ADD_HEAD = (
    f"INSERT INTO campaign (one, seal, {', '.join(COLUMNS)}) "  # noqa: S608 - as above
    f"VALUES (1, ?, {', '.join('?' * len(COLUMNS))})"
)
