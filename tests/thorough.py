"""How often a test repeats itself: a sample of the cases by default, all of them where nothing may be left out."""

from __future__ import annotations

import os


def thorough(full: int, sample: int) -> int:
    """The number of repetitions.

    Args:
        full: With `scripts/test --complete`.
        sample: Without.
    """
    return full if "JSMS_COMPLETE" in os.environ else sample
