"""The command ``scripts/release``: every gate in order, each with its time; the first that fails ends it."""

from __future__ import annotations

import argparse
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Final

from packaging.version import InvalidVersion, Version

from contract_tools.changes.versions import package_version
from releasing import distribution
from releasing.distribution import ROOT, GateError, run
from workspace.checks import main as run_checks

Say = Callable[[str], None]


def launch(arguments: Sequence[str] | None = None) -> int:
    """Run ``main`` in the session of noxfile.py that has the tools."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    _parser().parse_args(given)
    return run_checks(["release", "--", *(given or ["--full"])])


def main(arguments: Sequence[str] | None = None) -> int:
    """Pass every gate; the exit code is 1 where one is not passed."""
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
        check_changelog((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), version, release=full)
    with _gate("files of GitHub, GitLab, Docker"):
        _check_automation()
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
        python = distribution.install(built.wheel, scratch / "empty")
        distribution.send(python)
    with _gate("licences"):
        distribution.check_licences(python)
    with _gate("list of parts"):
        distribution.list_parts(python, output / f"jsms-client-{version}.cdx.json")
    with _gate("the sandbox as one file") as say:
        minors = distribution.MINORS if full else (sys.version_info.minor,)  # each takes a while to download
        file = distribution.build_sandbox_file(built.wheel, output, minors)
        ran = distribution.try_sandbox_file(file, scratch, minors)
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


_SCHEMAS = {
    "vendor.github-workflows": (".github/workflows/*.yml", "examples/containers/github-actions.yml"),
    "vendor.github-issue-forms": (".github/ISSUE_TEMPLATE/[!c]*.yml",),
    "vendor.github-issue-config": (".github/ISSUE_TEMPLATE/config.yml",),
    "vendor.dependabot": (".github/dependabot.yml",),
    "vendor.compose-spec": ("sandbox/compose.yaml",),
    "vendor.gitlab-ci": ("examples/containers/gitlab-ci.yml",),
}


def _check_automation() -> None:
    """Check every file that GitHub, GitLab or Docker reads."""
    for schema, patterns in _SCHEMAS.items():
        files = [path for pattern in patterns for path in sorted(ROOT.glob(pattern))]
        transform = ["--data-transform", "gitlab-ci"] if schema == "vendor.gitlab-ci" else []
        run(["check-jsonschema", "--builtin-schema", schema, *transform, *(path.relative_to(ROOT) for path in files)])
    run(["zizmor", "--offline", "--no-progress", "--quiet", ".github"])
    run(["hadolint", "sandbox/Dockerfile"])


UNRELEASED: Final = "unreleased"


def entries(changelog: str) -> list[tuple[Version, date | None, str]]:
    """Read each version of a changelog, its date, None while it is not out, and its lines.

    Raises:
        GateError: It does not have the form.
    """
    found: list[tuple[Version, date | None, str]] = []
    for part in re.split(r"^## ", changelog, flags=re.MULTILINE)[1:]:
        head, _, text = part.partition("\n")
        try:
            version, _, when = head.removesuffix(")").partition(" (")
            found.append((Version(version), None if when == UNRELEASED else date.fromisoformat(when), text.strip()))
        except (ValueError, InvalidVersion) as error:
            raise GateError(
                f"CHANGELOG.md: “## {head}” is no heading of a version, such as ## 1.2.0 (2026-11-30) or ## 1.2.0 "
                f"({UNRELEASED})."
            ) from error
    return found


def check_changelog(changelog: str, version: str, *, release: bool) -> None:
    """Check that a changelog has the entry of a version as its newest, with a date where it is a release.

    Raises:
        GateError: It does not.
    """
    found = entries(changelog)
    if not found or found[0][0] != Version(version):
        raise GateError(f"CHANGELOG.md: the newest entry must be that of {version}, the version in _version.py.")
    versions = [each for each, _, _ in found]
    if versions != sorted(set(versions), reverse=True):
        raise GateError("CHANGELOG.md: the versions must be in order, the newest first, each once.")
    if any(released is None for _, released, _ in found[1:]):
        raise GateError("CHANGELOG.md: only the newest version can be unreleased.")
    _, released, text = found[0]
    for line in text.splitlines():
        if not re.match(r"- \S|  \S|### \S|$", line):
            raise GateError(
                f"CHANGELOG.md: “{line[:60]}” is neither an item (- ) nor the next line of one (two spaces)."
            )
    if not text:
        raise GateError(f"CHANGELOG.md: the entry of {version} is empty.")
    if release and released is None:
        raise GateError(f"CHANGELOG.md: {version} is unreleased; write the date of its release in its heading.")
