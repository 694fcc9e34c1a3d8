"""The load for half a minute, with figures: ``PYTHONPATH=tests .venv/bin/python -m load``."""

from __future__ import annotations

import argparse
import resource
import sys

from jsms_sandbox.state.state import MESSAGES_KEPT

from .full_state import Filler
from .server import loaded
from .workload import Workload


def main() -> int:
    """Run it.

    Returns:
        0 when no request failed and no message was lost, else 1.
    """
    parser = argparse.ArgumentParser(prog="python -m load", description="Put a sandbox under load, and print figures.")
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--db", default="", metavar="FILE", help="keep the state in this file, which must be new")
    parser.add_argument("--fill", type=int, metavar="MESSAGES", help="instead: send so many, and say what memory holds")
    options = parser.parse_args()
    if options.fill:
        return _fill(options.fill)
    with loaded(*(("--db", options.db) if options.db else ())) as sandbox:
        outcome = Workload(sandbox.url, sandbox.auth, options.connections).run(options.seconds)
        kept = set(sandbox.kept())
        peak = sandbox.peak_memory()
    confirmed = outcome.msg_ids[-MESSAGES_KEPT:]
    lost = len(set(confirmed) - kept)
    requests = len(outcome.milliseconds)
    print(f"{options.connections} connections, {outcome.seconds:.1f} s: {requests:,} requests", end="")
    print(f" ({requests / outcome.seconds:,.0f} a second), {len(outcome.msg_ids):,} messages")
    print(f"failed: {len(outcome.problems)}, lost: {lost}")
    times = ", ".join(f"{part:.0%} {outcome.percentile(part):.1f} ms" for part in (0.5, 0.95, 0.99, 1.0))
    print(f"responded within: {times}")
    if peak is not None:
        print(f"memory of the sandbox at most: {peak / 2**20:.0f} MiB")
    for problem in outcome.problems[:10]:
        print(problem, file=sys.stderr)
    return 1 if outcome.problems or lost else 0


def _fill(messages: int) -> int:
    filler = Filler()
    step = max(messages // 5, 1)
    for sent in range(0, messages, step):
        filler.send(min(step, messages - sent))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // (1024 if sys.platform != "darwin" else 1024**2)
        kept = len(filler.state.messages)
        print(f"{min(sent + step, messages):>9,} sent, {kept:>7,} kept: {peak:>5,} MiB", flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
