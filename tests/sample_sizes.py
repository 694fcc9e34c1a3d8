"""How many cases a test runs: a sample by default, all of them in a complete run."""

from __future__ import annotations

import os


def sample_size(full: int, sample: int) -> int:
    """Return the number of repetitions.

    Args:
        full: With `scripts/test --complete`.
        sample: Without.
    """
    return full if "JSMS_COMPLETE" in os.environ else sample
