"""Profile a target that was missed: which functions take the time."""

from __future__ import annotations

import cProfile
import pstats
import re
from collections.abc import Callable

_SHOWN = 12


def profile(call: Callable[[], object], *, number: int) -> str:
    """Return the functions that take most time, each with its share; the profiler makes small functions look longer.

    Args:
        call: What to look into.
        number: How often to call it.
    """
    profiler = cProfile.Profile()
    profiler.enable()
    for _ in range(number):
        call()
    profiler.disable()
    entries = pstats.Stats(profiler).get_stats_profile()
    whole = entries.total_tt or 1.0
    functions = sorted(entries.func_profiles.items(), key=lambda item: item[1].tottime, reverse=True)
    lines = [f"{found.tottime / whole:5.1%}  {_place(found.file_name)}{name}" for name, found in functions[:_SHOWN]]
    return "\n".join(lines)


def _place(file: str) -> str:
    """Return a file within its package, and nothing of this machine."""
    if file == "~":
        return ""
    found = re.search(r"(?:site-packages|overlay|generated|lib/python[\d.]+)/(.+)\.py$", file)
    return f"{found[1].replace('/', '.')}: " if found else ""
