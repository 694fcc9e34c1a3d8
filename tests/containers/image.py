"""Reading sandbox/Dockerfile, and the files that its build gets."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCKERFILE = ROOT / "sandbox" / "Dockerfile"


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction of a Dockerfile."""

    name: str
    text: str

    def words(self) -> list[str]:
        """Return the command that it gives as a JSON list."""
        words: list[str] = json.loads(self.text[self.text.index("[") :])
        return words


def instructions() -> list[Instruction]:
    """List the instructions, in order."""
    lines = [line for line in DOCKERFILE.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    joined = re.sub(r"\\\n\s*", "", "\n".join(lines))
    return [Instruction(*line.split(" ", 1)) for line in joined.splitlines() if line]


def environment() -> dict[str, str]:
    """Return the variables of the image."""
    (found,) = (each.text for each in instructions() if each.name == "ENV")
    return dict(pair.split("=", 1) for pair in found.split())


def copy_context(target: Path) -> None:
    """Copy what .dockerignore lets through."""
    kept = [line[1:] for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines() if line[:1] == "!"]
    listed = subprocess.run(["git", "ls-files", "-z", *kept], cwd=ROOT, capture_output=True, text=True, check=True)
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).exists():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, target / name)
