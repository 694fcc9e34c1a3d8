"""Every check of this project, the quick ones first, and the command ``scripts/test`` that runs them with nox.

The command cleans the process environment for the checks, and sets JSMS_COMPLETE for --complete: nothing may be left
out then, and what is missing is installed.
"""

from __future__ import annotations

import argparse
import functools
import os
import re
import signal
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import nox

sys.path.insert(0, str(Path(__file__).resolve().parent / "scripts"))

import provisioning as tools

nox.needs_version = ">=2025.2.9"
nox.options.default_venv_backend = "none"  # the project's own .venv, which scripts/test has made
nox.options.reuse_existing_virtualenvs = True
nox.options.error_on_missing_interpreters = False
nox.options.download_python = "never"

ROOT = Path(__file__).resolve().parent
COMPLETE = "JSMS_COMPLETE" in os.environ
PYTHONS = ("3.12", "3.13", "3.14")
# What reaches every line and branch of the overlay. Measuring the rest too would find nothing more, and take half as
# long again.
OVERLAY_TESTS = ("tests/callbacks", "tests/campaigns", "tests/overlay", "tests/store")
BROWSER_TESTS = "tests/browser"
SITE_TESTS = "tests/docs"
# What apps import, and so run on a Python and with dependencies of their own choice.
APP_TESTS = ("tests/callbacks", "tests/overlay", "tests/plugin")
# What an edit of the contract reaches first; the whole takes as long as all the checks do.
EDITED_TESTS = (
    "tests/cli/test_operations.py",
    "tests/cli/test_watch.py",
    "tests/fidelity/test_fields.py",
    "tests/kit",
    "tests/overlay/test_operations.py",
    "tests/overlay/test_polling.py",
    "tests/pages/test_translations.py",
    "tests/sandbox/test_error_codes.py",
    "tests/sandbox_api/test_conformance.py",
)
_MOST_WORKERS = 8


@nox.session
def format(session: nox.Session) -> None:  # noqa: A001 - the check's name
    """Check that the code is formatted."""
    session.run("ruff", "format", "--check", "--quiet", ".", silent=True)


@nox.session
def lint(session: nox.Session) -> None:
    """Run Ruff's rules."""
    session.run("ruff", "check", "--quiet", ".", silent=True)


@nox.session
def imports(session: nox.Session) -> None:
    """Check that imports go one way between packages."""
    session.run("lint-imports", silent=True)


@nox.session
def sync(session: nox.Session) -> None:
    """Check that _sync is what scripts/unasync makes of _async."""
    session.run("python", "scripts/unasync", "--check", silent=True)


@nox.session
def generated(session: nox.Session) -> None:
    """Check that generated/ is in step with openapi.yaml."""
    session.run("python", "scripts/regenerate", "--check", silent=True)


@nox.session
def documents(session: nox.Session) -> None:
    """Check that the generated tables of the documentation are in step too."""
    session.run("python", "scripts/document", "--check", silent=True)


@nox.session
def redocly(session: nox.Session) -> None:
    """Run Redocly on openapi.yaml."""
    _require_npm(session, tools.install_npm, tools.REDOCLY)
    cli = tools.npm_home(tools.REDOCLY) / "node_modules" / "@redocly" / "cli" / "bin" / "cli.js"
    session.run("node", str(cli), "lint", "openapi.yaml", env={"REDOCLY_TELEMETRY": "off"}, silent=True)


@nox.session
def page(session: nox.Session) -> None:
    """Check the format, the lint rules and the types of the sandbox's page."""
    _require_npm(session, tools.install_npm, tools.BIOME, tools.TYPESCRIPT)
    modules = [tools.npm_home(package) / "node_modules" for package in (tools.BIOME, tools.TYPESCRIPT)]
    session.run("node", str(modules[0] / "@biomejs/biome/bin/biome"), "ci", "--error-on-warnings", silent=True)
    session.run("node", str(modules[1] / "typescript/bin/tsc"), "-p", "jsconfig.json", silent=True)


@nox.session
def mypy(session: nox.Session) -> None:
    """Run mypy in strict mode."""
    session.run("mypy", silent=True)


@nox.session
def pyright(session: nox.Session) -> None:
    """Run Pyright in strict mode."""
    session.run("pyright", silent=True)


@nox.session
def overlay(session: nox.Session) -> None:
    """Run the tests of the overlay; they must reach every line and branch."""
    measured = ["--cov", "--cov-report=term-missing:skip-covered", *OVERLAY_TESTS]
    if not _has_engines(session):
        # What talks to them is not reached then.
        measured.append("--cov-fail-under=0")
    _pytest(session, *(session.posargs or measured))


@nox.session
def tests(session: nox.Session) -> None:
    """Run all other tests."""
    _has_engines(session)
    _pytest(
        session, *(session.posargs or (f"--ignore={folder}" for folder in (*OVERLAY_TESTS, BROWSER_TESTS, SITE_TESTS)))
    )


@nox.session
def browser(session: nox.Session) -> None:
    """Test the inbox page in a real Chromium."""
    _require_chromium(session)
    # In one process, because each starts a browser.
    session.run("python", "-m", "pytest", "-n0", *(session.posargs or (BROWSER_TESTS,)))


@nox.session
def docs(session: nox.Session) -> None:
    """Build the documentation's site, look for dead links, and test it in a real Chromium."""
    _require_chromium(session)
    _require_npm(session, tools.unpack_npm, tools.REDOC, tools.IFRAME_WORKER)
    # In one process, because each builds the site.
    session.run("python", "-m", "pytest", "-n0", *(session.posargs or (SITE_TESTS,)))


@nox.session(python=PYTHONS, venv_backend="uv")
def pythons(session: nox.Session) -> None:
    """Run the tests of what apps import with each other supported Python."""
    _only_complete(session)
    session.install("-r", "requirements/dev.txt")
    session.install("--no-deps", "--no-build-isolation", "-e", ".")
    _pytest(session, *(session.posargs or APP_TESTS))


@nox.session(venv_backend="uv")
def lowest(session: nox.Session) -> None:
    """Run the tests of what apps import with the lowest versions that pyproject.toml allows."""
    _only_complete(session)
    lines, pinned = (Path("requirements", name).read_text().splitlines() for name in ("app-tests.in", "dev.txt"))
    names = {line.partition("#")[0].strip() for line in lines}
    test_tools = [line for line in pinned if line.partition("==")[0] in names]
    extras = ",".join(nox.project.load_toml("pyproject.toml")["project"]["optional-dependencies"])
    session.install("--resolution", "lowest-direct", "-e", f".[{extras}]", *test_tools)
    _pytest(session, *(session.posargs or APP_TESTS))


@nox.session
def edited(session: nox.Session) -> None:
    """After an edit of the contract, and of nothing else, the checks that read it pass in a clone."""
    _only_complete(session)
    checks = session.posargs or ("generated", "documents", "mypy", "tests", "--", *EDITED_TESTS)
    clone = session.cache_dir.resolve() / "edited"
    session.run("python", "-m", "regenerate", str(clone), *checks, env={"PYTHONPATH": "tests"})


@nox.session
def portability(session: nox.Session) -> None:
    """Test that generated clients of other languages do what their recipes say."""
    _only_complete(session)
    install = ("--install",) if COMPLETE else ()
    session.run("python", "scripts/portability", *(session.posargs or ("--every-change", *install)))


@nox.session(venv_backend="uv")
def release(session: nox.Session) -> None:
    """Build and test what is released; scripts/release does more, and keeps it."""
    _only_complete(session)
    session.install("-r", "requirements/release.txt")
    # With the project's own Python, and the tools of this session on the path.
    command = "import releasing; raise SystemExit(releasing.main())"
    program = (sys.executable, "-c", command, *(session.posargs or ("--check",)))
    session.run(*program, env={"PYTHONPATH": "scripts"}, external=True)


def _pytest(session: nox.Session, *arguments: str) -> None:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    # Twice the cores: tests that kill, cancel and time out wait for half of their time.
    workers = min(2 * cores, _MOST_WORKERS)
    session.run("python", "-m", "pytest", "-n", str(workers), "--dist", "worksteal", *arguments)


def _require(session: nox.Session, what: str, is_there: Callable[[], bool], install: Callable[[], object]) -> None:
    """Leave the check out where a tool is missing; install the tool where nothing may be left out."""
    if is_there():
        return
    if not COMPLETE:
        session.skip(f"{what} is not installed; --complete installs it")
    try:
        install()
    except tools.NotInstalledError as error:
        session.error(f"{what} is not installed: {error}")


def _require_npm(session: nox.Session, install: Callable[[str], object], *packages: str) -> None:
    for package in packages:
        _require(session, package, tools.npm_home(package).exists, functools.partial(install, package))


def _require_chromium(session: nox.Session) -> None:
    install = functools.partial(tools.install_debian, tools.CHROMIUM_PACKAGES)
    _require(session, "Chromium", lambda: tools.chromium() is not None, install)


def _has_engines(session: nox.Session) -> bool:
    """Return whether every engine of the store is there; install what is missing, or report what is left out."""
    missing = tools.missing_engines()
    if not missing:
        return True
    if not COMPLETE:
        session.warn(f"Left out: tests with {', '.join(missing)}, not installed; --complete installs them.")
        return False
    try:
        tools.install_debian([tools.ENGINES[engine] for engine in missing])
    except tools.NotInstalledError as error:
        session.error(f"{', '.join(missing)} not installed: {error}")
    return True


def _only_complete(session: nox.Session) -> None:
    if not COMPLETE and not session.posargs and not _named(sys.argv, session.name.partition("-")[0]):
        session.skip("left to --complete")


def _named(arguments: Sequence[str], name: str) -> bool:
    return any(argument.partition("-")[0] == name for argument in arguments)


_EXAMPLES = """\
examples:
  scripts/test                            every check
  scripts/test lint mypy                  these checks
  scripts/test tests -- tests/callbacks   a part of the tests; pytest gets what follows --
  scripts/test --complete                 what CI runs: nothing may be left out
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the checks; the exit code is nox's own."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    end = given.index("--") if "--" in given else len(given)
    parser = argparse.ArgumentParser(
        prog="scripts/test",
        description="Run every check of this project, or those that are named.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("checks", nargs="*", metavar="CHECK", help="its name, as --list shows it")
    parser.add_argument("--complete", action="store_true", help="install what is missing, and leave nothing out")
    parser.add_argument("--list", action="store_true", help="show what each check holds")
    options = parser.parse_args(given[:end])
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        # As under nohup or in a shell's background: the tests' own processes would inherit it, and outlive Ctrl-C.
        signal.signal(signal.SIGINT, signal.default_int_handler)
    command = [sys.executable, "-m", "nox", "--noxfile", str(ROOT / "noxfile.py")]
    if options.list:
        command.append("--list")
    elif options.checks:
        command += ["--sessions", *options.checks]
    return subprocess.run(
        [*command, *given[end:]], cwd=ROOT, env=_environment(os.environ, complete=options.complete), check=False
    ).returncode


# Without bytecode on the disk, each of the hundreds of processes that tests start would compile all it imports.
_LEFT_OUT = ("PYTHONPATH", "PYTHONDONTWRITEBYTECODE")


def _environment(variables: Mapping[str, str], *, complete: bool) -> dict[str, str]:
    """Copy the caller's variables, without credentials and paths that would change what the checks see."""
    ours = {name: value for name, value in variables.items() if not name.startswith("JSMS_") and name not in _LEFT_OUT}
    if complete:
        ours["JSMS_COMPLETE"] = "1"
    # The tools of .venv first; last, the Pythons that the checks ask for by version.
    folders = (sysconfig.get_path("scripts"), ours.get("PATH", os.defpath), *map(str, _pyenv_folders(variables)))
    ours["PATH"] = os.pathsep.join(folders)
    return {**ours, "PYRIGHT_PYTHON_IGNORE_WARNINGS": "1", "PYTHONUTF8": "1"}


def _pyenv_folders(variables: Mapping[str, str]) -> list[Path]:
    """Find pyenv's Pythons, the newest of each version first."""
    versions = Path(variables.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    found = [path for path in versions.glob("3.*") if re.fullmatch(r"3\.\d+\.\d+", path.name)]
    newest_first = sorted(found, key=lambda path: [int(part) for part in path.name.split(".")], reverse=True)
    return [path / "bin" for path in newest_first]
