"""A recipe with handwritten programs."""

from __future__ import annotations

import sys
from pathlib import Path

from client_recipes import Recipe

HERE = Path(__file__).parent


def recipe(*, wrong: str = "", quickstart: str = "once", cannot: dict[str, str] | None = None) -> Recipe:
    return Recipe(
        name="by-hand",
        folder=HERE,
        title="by hand",
        versions={},
        document=HERE,
        programs=(),
        toolchain=f"{sys.executable} --version",
        build=(),
        quickstart=f"{sys.executable} {HERE / 'quickstart.py'} {quickstart}",
        driver=f"{sys.executable} {HERE / 'driver.py'} {wrong}",
        source=HERE / "quickstart.py",
        notes=(),
        cannot=cannot or {},
    )
