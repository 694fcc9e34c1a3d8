"""The command ``scripts/release``: every gate in order, each with its time; the first that fails ends it."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path

from contract_tools.gate import package_version
from workspace.checks import main as run_checks

from . import automation, changelog, distribution, installed, sandbox_file
from .commands import ROOT, GateError, run

Say = Callable[[str], None]


def launch(arguments: Sequence[str] | None = None) -> int:
    """Run ``main`` in the session of noxfile.py that has the tools."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    _parser().parse_args(given)
    return run_checks(["release", "--", *(given or ["--full"])])


def main(arguments: Sequence[str] | None = None) -> int:
    """Pass every gate.

    Returns:
        0 when all are passed, else 1.
    """
    options = _parser().parse_args(arguments)
    try:
        with tempfile.TemporaryDirectory(prefix="jsms-release-") as folder:
            output = Path(folder) / "dist" if options.check else options.output
            _release(output, Path(folder), full=not options.check)
    except GateError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    if not options.check:
        print(f"\nEverything is in {output}. Nothing was uploaded: CONTRIBUTING.md says what comes next.")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="scripts/release",
        description="Make everything of a release and check it: wheel, source archive, sandbox as one file, contract "
        "kit, list of parts (SBOM). Nothing is uploaded.",
    )
    parser.add_argument(
        "--check",
        action="store_true",
        help="keep nothing, run no other checks, and take a tree with changes and a version without date",
    )
    parser.add_argument("--full", action="store_true", help=argparse.SUPPRESS)  # for nox, which needs an argument
    parser.add_argument(
        "--output",
        type=Path,
        default=ROOT / "dist",
        metavar="DIR",
        help="where to (default: dist/ here, emptied first)",
    )
    return parser


def _release(output: Path, scratch: Path, *, full: bool) -> None:
    version = package_version(ROOT)
    print(f"jsms-client {version}", flush=True)
    if full:
        with _gate("tree without changes"):
            if changes := run(["git", "status", "--porcelain"]):
                raise GateError(f"There are changes; commit them first:\n{changes}")
    with _gate("changelog"):
        changelog.check((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), version, release=full)
    with _gate("files of GitHub, GitLab, Docker"):
        automation.check()
    if full:
        with _gate("contract and Python API against the last release") as say:
            tag = _last_tag()
            say(f"since {tag}" if tag else "no release yet")
            run([ROOT / "scripts" / "regenerate", "--check", *(["--against", tag] if tag else [])])
        with _gate("scripts/test --complete"):
            run([ROOT / "scripts" / "test", "--complete"], timeout=3600)
    shutil.rmtree(output, ignore_errors=True)
    output.mkdir(parents=True)
    with _gate("wheel and source archive, the same bytes twice") as say:
        built = distribution.build(output, scratch)
        say(f"{built.wheel.stat().st_size:,} and {built.sdist.stat().st_size:,} bytes")
    with _gate("contents of the wheel"):
        run(["check-wheel-contents", built.wheel])
    with _gate("metadata and description"):
        run(["twine", "check", "--strict", built.wheel, built.sdist])
    with _gate("a send from an empty environment"):
        python = installed.install(built.wheel, scratch / "empty")
        installed.send(python)
    with _gate("licences"):
        installed.check_licences(python)
    with _gate("list of parts"):
        installed.list_parts(python, output / f"jsms-client-{version}.cdx.json")
    with _gate("the sandbox as one file") as say:
        minors = sandbox_file.MINORS if full else (sys.version_info.minor,)  # each takes a while to download
        file = sandbox_file.build(built.wheel, output, minors)
        ran = sandbox_file.try_out(file, scratch, minors)
        say(f"{file.stat().st_size:,} bytes, ran with Python {', '.join(ran)}")
    with _gate("contract kit"):
        run([ROOT / "scripts" / "kit", "--output", output])


def _last_tag() -> str:
    tags = run(["git", "tag", "--list", "v*", "--sort=-version:refname", "--merged", "HEAD"])
    return tags.partition("\n")[0]


@contextmanager
def _gate(name: str) -> Generator[Say]:
    notes: list[str] = []
    started = time.monotonic()
    print(f"  {name} …", end="", flush=True)
    yield notes.append
    print(f" passed in {time.monotonic() - started:.1f} s{''.join(f' ({note})' for note in notes)}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
