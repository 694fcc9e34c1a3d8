"""A client is built in its own folder, from a new copy of its recipe."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

import client_recipes
from client_recipes import ROOT, BuildError, Recipe, Unpacked, build, inside, lay_out, require
from provisioning import NotInstalledError

from .handwritten_recipe import recipe


@pytest.fixture
def simple(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Recipe:
    monkeypatch.setattr(client_recipes, "WORK", tmp_path / "work")
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
    with pytest.raises(BuildError, match=r"(?s)exit code 3.*it does not compile.*exit 3"):
        build(replace(simple, build=["echo it does not compile; exit 3"]))


def test_what_several_recipes_share_is_beside_the_programs(simple: Recipe, tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    (shared / "deep").mkdir(parents=True)
    (shared / "deep" / "protocol.txt").write_text("one line\n", encoding="utf-8")
    (shared / "options.txt").write_text("the recipe's own wins\n", encoding="utf-8")
    place = build(replace(simple, shared=shared))
    assert (place / "deep" / "protocol.txt").read_text() == "one line\n"
    assert (place / "made").read_text() == "send --once\n"


def test_its_scripts_run_from_anywhere_and_pass_arguments_on(simple: Recipe, tmp_path: Path) -> None:
    lay_out(replace(simple, quickstart="LC_ALL=C cat options.txt"), tmp_path)
    done = subprocess.run([tmp_path / "build.sh"], cwd="/", capture_output=True, text=True, check=True)
    assert "cat options.txt" in done.stderr
    assert (tmp_path / "made").read_text() == "send --once\n"
    quickstart = [str(tmp_path / "quickstart.sh"), "made"]
    done = subprocess.run(quickstart, cwd="/", capture_output=True, text=True, check=True)
    assert done.stdout == "send --once\nsend --once\n"


def test_programs_of_another_debian_are_run_where_it_is_unpacked(simple: Recipe, tmp_path: Path) -> None:
    other = Unpacked("trixie", ["some-compiler"], ["some-compiler", "./made"])
    recipe = replace(simple, unpacked=other, build=["cat options.txt > made"])
    with pytest.raises(NotInstalledError, match="some-compiler is not on this machine; --install installs it"):
        require(recipe, install=False)
    command = inside(recipe, "some-compiler --fast", tmp_path)
    assert command.startswith("unshare --mount sh ")
    assert command.endswith(f"{client_recipes.WORK / 'trixie'} {tmp_path} 'some-compiler --fast'")
    assert inside(recipe, "uvx generate", tmp_path) == "uvx generate"
    assert inside(replace(recipe, unpacked=replace(other, programs=["cat"])), "cat it", tmp_path) == "cat it"


def test_a_missing_program_is_named(simple: Recipe) -> None:
    with pytest.raises(NotInstalledError, match=r"no-such-compiler is not on this machine; install it"):
        require(replace(simple, programs=["no-such-compiler"]), install=False)
    with pytest.raises(NotInstalledError, match="--install installs it"):
        require(replace(simple, programs=["no-such-compiler"], debian=["some-package"]), install=False)


def test_a_missing_library_is_named(simple: Recipe) -> None:
    with pytest.raises(NotInstalledError, match="what `exit 1` needs"):
        require(replace(simple, probe="exit 1"), install=False)
