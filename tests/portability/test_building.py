"""A client is built in a folder of its own, from a fresh copy of its recipe."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from client_recipes import building
from client_recipes.building import BuildError, MissingError, build, require
from client_recipes.recipe import ROOT, Recipe

from .by_hand import recipe


@pytest.fixture
def simple(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Recipe:
    monkeypatch.setattr(building, "WORK", tmp_path / "work")
    folder = tmp_path / "simple"
    folder.mkdir()
    (folder / "options.txt").write_text("send --once\n", encoding="utf-8")
    return replace(
        recipe(), name="simple", folder=folder, document=ROOT / "openapi.yaml", build=["cat options.txt > made"]
    )


def test_the_contract_is_beside_the_programs(simple: Recipe) -> None:
    place = build(simple)
    assert (place / "openapi.yaml").read_bytes() == (ROOT / "openapi.yaml").read_bytes()
    assert (place / "made").read_text() == "send --once\n"


def test_nothing_generated_is_left_from_the_build_before(simple: Recipe) -> None:
    (build(simple) / "stale").touch()
    assert not (build(simple) / "stale").exists()


def test_without_a_switch_it_is_gone_from_files_and_commands(simple: Recipe) -> None:
    place = build(replace(simple, build=["cat options.txt > made; echo send --once >> made"]), without=" --once")
    assert (place / "made").read_text() == "send\nsend\n"
    assert (simple.folder / "options.txt").read_text() == "send --once\n"


def test_a_command_that_fails_is_shown_with_its_output(simple: Recipe) -> None:
    with pytest.raises(BuildError, match=r"(?s)exit 3.*exit code 3.*it does not compile"):
        build(replace(simple, build=["echo it does not compile; exit 3"]))


def test_a_missing_program_is_named(simple: Recipe) -> None:
    with pytest.raises(MissingError, match=r"no-such-compiler is not on this machine; install it"):
        require(replace(simple, programs=["no-such-compiler"]), install=False)
    with pytest.raises(MissingError, match="--install installs it"):
        require(replace(simple, programs=["no-such-compiler"], debian=["some-package"]), install=False)


def test_a_missing_library_is_named(simple: Recipe) -> None:
    with pytest.raises(MissingError, match="what `exit 1` needs"):
        require(replace(simple, probe="exit 1"), install=False)
