"""The wheel and the source archive: built twice, from the tree and from a copy, and compared."""

from __future__ import annotations

import shutil
import sys
import tarfile
from dataclasses import dataclass
from pathlib import Path

from .commands import ROOT, GateError, run

IN_SDIST = (
    *("benchmarks", "cli", "docs", "examples", "generated", "overlay", "requirements", "sandbox", "scripts", "tests"),
    "translations",
)


@dataclass(frozen=True, slots=True)
class Distribution:
    """What is uploaded to a package index.

    Attributes:
        wheel: The wheel.
        sdist: The source archive.
    """

    wheel: Path
    sdist: Path


def build(output: Path, scratch: Path) -> Distribution:
    """Build both, and once more from a copy of what git tracks.

    Args:
        output: The folder for the result.
        scratch: A folder for the copy.

    Returns:
        The wheel and the source archive.

    Raises:
        GateError: The bytes differ, or a file of the project is missing in the source archive.
    """
    first = _build(ROOT, output)
    copy = scratch / "copy"
    tracked = tracked_files()
    for name in tracked:
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, copy / name)
        (copy / name).chmod((ROOT / name).stat().st_mode)
    second = _build(copy, scratch / "again")
    for one, other in ((first.wheel, second.wheel), (first.sdist, second.sdist)):
        if one.read_bytes() != other.read_bytes():
            raise GateError(
                f"{one.name} has other bytes when it is built from a copy of the files that git tracks: it holds an "
                "untracked file, or something that depends on time or place."
            )
    with tarfile.open(first.sdist) as archive:
        inside = {member.name.partition("/")[2] for member in archive.getmembers() if member.isfile()}
    missing = {name for name in tracked if name.startswith(tuple(f"{each}/" for each in IN_SDIST))} - inside
    if missing:
        raise GateError(f"The source archive lacks {', '.join(sorted(missing)[:5])}.")
    return first


def tracked_files() -> list[str]:
    """The files that git tracks and that are there."""
    listed = run(["git", "ls-files", "-z"]).split("\0")
    return [name for name in listed if name and (ROOT / name).is_file()]


def _build(source: Path, output: Path) -> Distribution:
    time = {"SOURCE_DATE_EPOCH": run(["git", "log", "-1", "--format=%ct"]).strip()}
    run([sys.executable, "-m", "build", "--no-isolation", "--outdir", output, source], environment=time)
    (wheel,), (sdist,) = output.glob("*.whl"), output.glob("*.tar.gz")
    return Distribution(wheel, sdist)
