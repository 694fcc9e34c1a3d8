"""Progress of a campaign: a bar on a terminal, else a line a minute, as under cron or systemd."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from jsms_cli.output import note

if TYPE_CHECKING:
    from jsms_client.campaigns import Progress as _Progress

EVERY = 60.0
"""Seconds between two lines."""


@contextmanager
def progress_bar() -> Generator[Callable[[_Progress], None]]:
    """Return what takes the progress."""
    if not sys.stderr.isatty():
        yield Lines(time.monotonic())
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    console = Console(file=sys.stderr, color_system=None if os.environ.get("NO_COLOR") else "auto", highlight=False)
    columns = (TextColumn("{task.description}"), BarColumn(bar_width=None), TextColumn("{task.fields[figures]}"))
    with Progress(*columns, console=console, transient=True, expand=True) as bar:
        task = bar.add_task("reading", total=None, figures="")

        def tell(progress: _Progress) -> None:
            sending = progress.phase == "sending"
            bar.update(
                task,
                description=progress.phase,
                total=progress.total if sending else None,
                completed=progress.done if sending else progress.total,
                figures=figures(progress),
            )

        yield tell


class Lines:
    """Writes a line a minute.

    Args:
        now: The time, in seconds of a clock that only goes forward.
    """

    def __init__(self, now: float) -> None:
        self._due = now + EVERY

    def __call__(self, progress: _Progress) -> None:
        """Write one, if it is due."""
        if time.monotonic() >= self._due:
            self._due = time.monotonic() + EVERY
            note(f"{progress.phase} {figures(progress)}")


def figures(progress: _Progress) -> str:
    """Return the text beside the bar."""
    if progress.phase == "reading":
        left_out = progress.repeats + progress.bad_lines
        return f"{progress.total}, {progress.rate:.0f}/s{f', left out {left_out}' if left_out else ''}"
    parts = [f"{progress.done}/{progress.total}", f"{progress.rate:.0f}/s"]
    if (left := progress.remaining_seconds) is not None:
        parts.append(f"{_duration(left)} left")
    parts.append(f"{progress.refused} refused")
    if progress.unknown:
        parts.append(f"{progress.unknown} unknown")
    if progress.pause > 0:
        parts.append(f"waiting {progress.pause:.0f} s for the service")
    return ", ".join(parts)


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
