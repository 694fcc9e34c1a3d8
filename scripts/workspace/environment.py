"""Making .venv, keeping it in step with requirements/dev.txt and pyproject.toml, and going on in it."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

from workspace import go_on_with

REQUIREMENTS = "requirements/dev.txt"
PROJECT = "pyproject.toml"
_PLACE = "place"
_ENTERED = "JSMS_WORKSPACE_ENTERED"


class SetUpError(Exception):
    """The environment could not be made; the message says why and what to do."""


def enter(root: Path) -> None:
    """Go on in the project's .venv, made or brought up to date first where it has to be."""
    home = root / ".venv"
    try:
        if not up_to_date(root, home):
            prepare(root, home, sys.executable)
    except SetUpError as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit("\nInterrupted while .venv was being set up; the next run puts it right.")
    if Path(sys.prefix).resolve() == home.resolve():
        os.environ.pop(_ENTERED, None)
        return
    if os.environ.get(_ENTERED) == str(home):
        sys.exit(f"{python_in(home)} does not run in .venv; delete .venv and run this again.")
    os.environ[_ENTERED] = str(home)
    go_on_with(str(python_in(home)))


def up_to_date(root: Path, home: Path) -> bool:
    """Return whether the environment holds what the requirements and the project ask for; a matter of milliseconds."""
    return python_in(home).exists() and _read_stamp(home) == _wanted(root) and not _unfinished(home).exists()


def say(line: str) -> None:
    """Print to standard error, so that the script's own output stays clean."""
    print(line, file=sys.stderr, flush=True)


def prepare(root: Path, home: Path, base: str, say: Callable[[str], None] = say) -> None:
    """Make the environment of a project, or bring it up to date; safe when interrupted, and when two do it at once.

    Raises:
        SetUpError: It could not be done.
    """
    lock, waiting = home.with_name(f"{home.name}.lock"), f"Waiting for another run that is setting up {home.name} …"
    with exclusive(lock, lambda: say(waiting)):
        if up_to_date(root, home):  # somebody else did it meanwhile
            return
        started = time.monotonic()
        say(f"Setting up {home.name} (a minute or so the first time) …")
        stamp, wanted = _read_stamp(home), _wanted(root)
        # Copied or moved with its checkout, an environment still runs the tools and the code of the old folder.
        is_elsewhere = stamp.get(_PLACE) not in (None, wanted[_PLACE])
        if _unfinished(home).exists() or is_elsewhere or not _usable(home):
            _create(home, base)
            stamp = {}
        unfinished = _unfinished(home)
        unfinished.touch()
        try:
            uv = False
            if stamp.get(REQUIREMENTS) != wanted[REQUIREMENTS]:
                uv = _install_uv(root, home)
                _install(root, home, "-r", REQUIREMENTS, uv=uv)
            _install(root, home, "--no-deps", "--no-build-isolation", "-e", ".", uv=uv)
        except SetUpError:
            unfinished.unlink()  # pip itself gave up, so the old environment is unchanged
            raise
        _stamp(home).write_text("".join(f"{name} {digest}\n" for name, digest in wanted.items()), encoding="utf-8")
        unfinished.unlink()
        say(f"Set up in {time.monotonic() - started:.0f} s.")


def python_in(home: Path) -> Path:
    """Find the environment's interpreter."""
    return home / "Scripts" / "python.exe" if os.name == "nt" else home / "bin" / "python"


def _usable(home: Path) -> bool:
    python, program = python_in(home), "import pip, sys; sys.exit(sys.version_info < (3, 11))"
    return python.exists() and _run(home, str(python), "-c", program).returncode == 0


def _create(home: Path, base: str) -> None:
    done = _run(home.parent, base, "-m", "venv", "--clear", str(home))
    if done.returncode:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        raise SetUpError(
            f"{base} could not make {home.name}:\n{_tail(done.stdout + done.stderr)}\n"
            f"On Debian and Ubuntu the package python{version}-venv is what is missing."
        )


def _install(root: Path, home: Path, *what: str, uv: bool = False) -> None:
    python = str(python_in(home))
    if uv and _run(root, python, "-m", "uv", "pip", "install", "--quiet", "--python", python, *what).returncode == 0:
        return
    options = ("--quiet", "--disable-pip-version-check", "--no-input")
    done = _run(root, python, "-m", "pip", "install", *options, *what)
    if done.returncode:
        raise SetUpError(
            f"pip could not install {' '.join(what)} into {home.name}:\n{_tail(done.stderr or done.stdout)}\n"
            "This step needs a network, or the packages where pip looks for them; then run this again."
        )


def _install_uv(root: Path, home: Path) -> bool:
    """Install uv, which takes seconds where pip takes most of a minute; return whether it is required."""
    lines = (root / REQUIREMENTS).read_text(encoding="utf-8").splitlines()
    pinned = [line for line in lines if line.startswith("uv==")]
    if pinned:
        _install(root, home, *pinned)
    return bool(pinned)


def _run(root: Path, *command: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PIP_USER": "0"}
    return subprocess.run(
        command, cwd=root, env=environment, capture_output=True, text=True, check=False, errors="replace"
    )


def _tail(output: str) -> str:
    return "\n".join(f"  {line}" for line in output.strip().splitlines()[-12:])


def _stamp(home: Path) -> Path:
    return home / "jsms-workspace.txt"


def _unfinished(home: Path) -> Path:
    """Name the file that exists while pip is at work: an environment with it is incomplete, and is made anew."""
    return home / "jsms-workspace-unfinished"


def _read_stamp(home: Path) -> dict[str, str]:
    try:
        lines = _stamp(home).read_text(encoding="utf-8").splitlines()
    except OSError:
        return {}
    return dict(line.split(" ", 1) for line in lines if " " in line)


def _wanted(root: Path) -> dict[str, str]:
    digests = {name: hashlib.sha256((root / name).read_bytes()).hexdigest() for name in (REQUIREMENTS, PROJECT)}
    return {**digests, _PLACE: hashlib.sha256(str(root.resolve()).encode()).hexdigest()}


@contextmanager
def exclusive(path: Path, waiting: Callable[[], None]) -> Generator[None]:
    """Lock a file, made if need be, until the end of the block or of the process; except on Windows, also a folder.

    ``waiting`` is called while another process holds the lock, on Windows repeatedly.
    """
    if sys.platform == "win32":
        import msvcrt

        with path.open("a+b") as lock:
            while True:
                try:
                    msvcrt.locking(lock.fileno(), msvcrt.LK_LOCK, 1)  # gives up after ten seconds
                    break
                except OSError:
                    waiting()
            yield
        return
    import fcntl

    descriptor = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR | os.O_CREAT, 0o666)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            waiting()
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
