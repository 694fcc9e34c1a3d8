"""The command line of scripts/unasync."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from unasync_tool import tree
from unasync_tool.rules import RULES, Rules

_PACKAGE = Path(__file__).resolve().parents[2] / "overlay" / "jsms_client"


def main(arguments: Sequence[str] | None = None, *, package: Path = _PACKAGE, rules: Rules = RULES) -> int:
    """Make ``_sync`` from ``_async``, or say how it differs.

    Args:
        arguments: The command line; the process's own if left out.
        package: The folder that has both.
        rules: What becomes what.

    Returns:
        0 when all is in step, 1 when not.
    """
    parser = argparse.ArgumentParser(prog="scripts/unasync", description="Make _sync from _async.")
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 and say what differs")
    options = parser.parse_args(arguments)
    source, target = package / "_async", package / "_sync"
    made = tree.make(source, target, rules)
    if not options.check:
        for line in tree.write(made, target):
            print(line)
    found = tree.differences(made, target)
    for line in found:
        print(line)
    if found and options.check:
        print("Run scripts/unasync to bring _sync in step; rules are in scripts/unasync_tool/rules.py.")
    elif not found:
        print(f"_sync is in step with _async: {len(made.files)} files.")
    return 1 if found else 0


__all__ = ["main"]
