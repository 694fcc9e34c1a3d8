"""Each recipe pins its dependencies, and gives a reason where a check fails."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from client_recipes import Recipe, cli, recipes
from client_recipes.checks import CHECKS
from client_recipes.cli import QUICKSTART, YES, main, results

NAMES = {QUICKSTART, *(check.name for check in CHECKS)}
KNOWN = [pytest.param(recipe, id=name) for name, recipe in recipes().items()]


@pytest.mark.parametrize("recipe", KNOWN)
def test_versions_are_those_that_are_built_with(recipe: Recipe) -> None:
    pinned = "\n".join(recipe.build) + "".join(
        path.read_text(encoding="utf-8") for path in recipe.folder.rglob("*") if path.is_file()
    ).replace((recipe.folder / "recipe.toml").read_text(encoding="utf-8"), "")
    assert [name for name, version in recipe.versions.items() if version not in pinned] == []


@pytest.mark.parametrize("recipe", KNOWN)
def test_what_ran_last_is_what_the_recipe_says(recipe: Recipe) -> None:
    assert set(recipe.cannot) <= NAMES
    result = results()[recipe.name]
    assert set(result.cells) == NAMES
    assert {name for name, cell in result.cells.items() if cell != YES} == set(recipe.cannot)
    assert not re.search(r"(?<![\w.])/\w", result.toolchain)  # a path of the machine that it ran on


@pytest.mark.parametrize("recipe", KNOWN)
def test_a_switch_is_a_text_of_the_recipe(recipe: Recipe) -> None:
    folders = [folder for folder in (recipe.shared, recipe.folder) if folder is not None]
    files = [path for folder in folders for path in folder.rglob("*") if path.name != "recipe.toml" and path.is_file()]
    texts = [*recipe.build, *(path.read_text(encoding="utf-8") for path in files)]
    assert {switch.check for switch in recipe.switches} <= NAMES
    assert [switch.remove for switch in recipe.switches if not any(switch.remove in text for text in texts)] == []


@pytest.mark.parametrize("recipe", KNOWN)
def test_its_quickstart_is_short(recipe: Recipe) -> None:
    assert len(recipe.source.read_text(encoding="utf-8").splitlines()) <= 50


def test_ci_runs_some_on_every_change() -> None:
    assert [name for name, recipe in recipes().items() if recipe.every_change]


def test_a_language_names_all_of_its_clients(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--list", "--only", "typescript"]) == 0
    listed = [line.split()[0] for line in capsys.readouterr().out.splitlines()]
    assert len(listed) >= 2
    assert all(name.startswith("typescript-") for name in listed)


def test_a_client_whose_programs_are_missing_is_left_out(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = replace(recipes()["php"], programs=["no-such-compiler"], debian=[])
    monkeypatch.setattr(cli, "recipes", lambda: {"php": missing})
    assert main([]) == 0
    assert main(["--without-switches"]) == 0
    assert "Left out: php: no-such-compiler is not on this machine" in capsys.readouterr().out


def test_a_name_that_is_none_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--only", "cobol"])
    assert ended.value.code == 2
    assert "invalid choice: 'cobol' (choose from" in capsys.readouterr().err
