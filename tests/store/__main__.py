"""The long tests of the store, with figures.

``PYTHONPATH=tests:scripts:. .venv/bin/python -m store --kills 300`` kills processes that send under the same keys.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from engines import ENGINES
from sandbox.sandbox_process import Process

from .killing import OnceProof


def main() -> int:
    """Run it.

    Returns:
        0 when everything was as it should be, else 1.
    """
    parser = argparse.ArgumentParser(prog="python -m store", description=__doc__)
    parser.add_argument("--kills", type=int, default=300, help="processes to kill with each store (%(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="decides when (%(default)s)")
    parser.add_argument("--stores", nargs="*", default=["SQLite", *ENGINES], help="%(default)s")
    options = parser.parse_args()
    found = 0
    for name in options.stores:
        began = time.monotonic()
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            engine = stack.enter_context(ENGINES[name]()) if name in ENGINES else None
            address = str(folder / "jsms.db") if engine is None else engine.database()
            sandbox = stack.enter_context(Process())
            findings = OnceProof(sandbox.url, sandbox.auth, address, folder, options.seed).run(options.kills)
        print(f"{name}: {findings.kills} processes killed, {time.monotonic() - began:.0f} s")
        print(f"  {findings.keys} keys: {', '.join(f'{n} {what}' for what, n in sorted(findings.outcomes.items()))}")
        print(f"  of those in doubt, {findings.sent_in_doubt} had been sent")
        print(f"  faults: {', '.join(f'{n} {kind}' for kind, n in sorted(findings.faults.items()))}")
        print(*(f"  {problem}" for problem in findings.problems or ["no key was sent twice"]), sep="\n", flush=True)
        found += len(findings.problems)
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
