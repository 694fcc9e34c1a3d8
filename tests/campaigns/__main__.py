"""The long tests of campaigns, with figures.

``PYTHONPATH=tests:. .venv/bin/python -m campaigns --kills 300`` kills a campaign again and again;
with ``--shared PostgreSQL``, and ``scripts`` on PYTHONPATH, it kills workers that share campaigns;
``PYTHONPATH=tests:. .venv/bin/python -m campaigns --recipients 1000000`` says what a long list takes; with
``--shared PostgreSQL --workers 1 2 4``, what it takes so many processes that share it.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path

from engines import ENGINES, PostgreSQL
from sandbox.sandbox_process import Process

from . import throughput
from .killing import Proof
from .killing_shared import SharedProof
from .memory import measured


def main() -> int:
    """Run it.

    Returns:
        0 when everything was as it should be, else 1.
    """
    parser = argparse.ArgumentParser(prog="python -m campaigns", description=__doc__)
    parser.add_argument("--kills", type=int, default=300, help="processes to kill (%(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="decides when (%(default)s)")
    parser.add_argument("--json", action="store_true", help="print the figures for a program")
    parser.add_argument("--recipients", type=int, metavar="N", help="instead: send to N, and say what it takes")
    parser.add_argument(
        "--shared", metavar="ENGINE", help="instead: workers that share campaigns in PostgreSQL or MariaDB"
    )
    parser.add_argument("--crashes", type=int, default=0, help="kill the database so often in each of them too")
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2, 4], help="with both (%(default)s)")
    options = parser.parse_args()
    if options.recipients and options.shared:
        return _throughput(options.recipients, options.workers)
    if options.recipients:
        return _length(options.recipients)
    began = time.monotonic()
    with Process() as sandbox, tempfile.TemporaryDirectory() as folder:
        if options.shared:
            with ENGINES[options.shared]() as engine:
                proof = SharedProof(sandbox.url, sandbox.auth, engine, options.seed, crashes=options.crashes)
                result = proof.run(options.kills)
        else:
            result = Proof(sandbox.url, sandbox.auth, Path(folder), options.seed).run(options.kills)
    if options.json:
        print(json.dumps(vars(result)))
        return 0
    print(f"{result.kills} processes killed of {result.runs}, in {time.monotonic() - began:.0f} s")
    if result.crashes:
        print(f"the database killed {result.crashes} times; {result.failed} processes ended because of that")
    states = ", ".join(f"{count:,} {state}" for state, count in sorted(result.states.items()))
    print(f"{result.campaigns} campaigns, {sum(result.states.values()):,} recipients: {states}")
    print(f"of the unknown ones, {result.sent_though_unknown:,} had been sent to")
    print(f"faults: {', '.join(f'{count} {kind}' for kind, count in sorted(result.faults.items()))}")
    print(*(result.problems or ["no recipient was sent to twice, none was left out"]), sep="\n")
    return 1 if result.problems else 0


def _length(recipients: int) -> int:
    figures = measured(recipients)
    print(f"{recipients:,} recipients in {figures['seconds']:.1f} s: {recipients / figures['seconds']:,.0f} a second")
    print(f"memory: {figures['before'] / 2**20:.1f} MiB before, {figures['growth'] / 2**20:.1f} MiB more at most")
    print(f"journal: {figures['journal'] / 2**20:.0f} MiB")
    return 0


class DurablePostgreSQL(PostgreSQL):
    """One that waits for the disk at each commit, as in production."""

    fsync = "on"


def _throughput(recipients: int, workers: list[int]) -> int:
    with DurablePostgreSQL() as engine:
        for number in workers:
            found = throughput.measured(number, recipients, engine.database())
            print(
                f"{recipients:,} recipients, {number} {'workers' if number > 1 else 'worker'}: "
                f"loaded {recipients / found.loading:,.0f} a second, sent {recipients / found.sending:,.0f} a second; "
                f"{found.cpu / recipients * 1e6:.0f} µs of the workers' CPU and {found.size / recipients:.0f} bytes "
                "of the database for each",
                flush=True,
            )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
