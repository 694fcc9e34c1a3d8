"""One small document, generated once, for every test of the command."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from .command import ROOT, SMALL, run
from .maintainer import change


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small document, generated into an empty folder; not to be changed."""
    output = tmp_path_factory.mktemp("built") / "out"
    output.mkdir()
    assert run(SMALL, "--output", output) == 0
    return output


@pytest.fixture(scope="session")
def fork(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the changed contract makes."""
    folder = tmp_path_factory.mktemp("fork")
    loaded = YAML(typ="safe", pure=True).load((ROOT / "openapi.yaml").read_text(encoding="utf-8"))  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType] - ruamel.yaml gives it no types
    data = json.loads(json.dumps(loaded))
    change(data)
    (folder / "fork.json").write_text(json.dumps(data), encoding="utf-8")
    assert run(folder / "fork.json", "--output", folder / "made") == 0
    return folder / "made"


@pytest.fixture
def output(built: Path, tmp_path: Path) -> Iterator[Path]:
    """A copy of what was generated, to be changed."""
    copy = tmp_path / "out"
    shutil.copytree(built, copy)
    yield copy
    assert not list(tmp_path.glob(".out.*")), "something was left beside the folder"
