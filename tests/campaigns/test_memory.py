"""Memory stays flat, however long the list is.

``PYTHONPATH=tests:. .venv/bin/python -m campaigns --recipients 1000000`` does the same with a million.
"""

from __future__ import annotations

import sys

import pytest

from .memory import measured

RECIPIENTS = 60_000
MOST = 32 * 2**20
"""What SQLite keeps of a journal in memory, whatever its length, and as much again."""


@pytest.mark.skipif(sys.platform == "win32", reason="its peak is measured in another way")
def test_a_long_list_takes_no_more_memory_than_a_short_one() -> None:
    assert measured(RECIPIENTS)["growth"] < MOST
