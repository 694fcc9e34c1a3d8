"""A trial finds the mistakes of a generated client, and no others."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from client_recipes import IMAGE, ROOT, Recipe, lay_out
from client_recipes.checks import CHECKS
from client_recipes.cli import YES, Result, run_checks, try_out, unexpected_cells
from local_sandbox import PICTURE

from .handwritten_recipe import recipe


def tried(recipe: Recipe, place: Path) -> Result:
    lay_out(replace(recipe, document=ROOT / "openapi.yaml"), place)
    (place / IMAGE).write_bytes(PICTURE)
    return try_out(recipe, place)


def test_a_right_client_passes_every_check(tmp_path: Path) -> None:
    result = tried(recipe(), tmp_path)
    assert {name: cell for name, cell in result.cells.items() if cell != YES} == {}
    assert result.toolchain.startswith("Python 3")


def test_each_fault_shows_in_its_own_check_alone(tmp_path: Path) -> None:
    words = {
        "quickstart": "2 SMS",
        "once": "2 requests arrived after a drop",
        "numeric_id": "msg_id",
        "signature": "remark",
        "callbacks": "a changed callback is genuine",
        "proxy": "instead of status 502",
        "replies": "stopped by itself",
    }
    result = tried(recipe(wrong="resends,numbers,garbles,believes,trusts,stops", quickstart="twice"), tmp_path)
    cells = {name: cell for name, cell in result.cells.items() if cell != YES}
    assert set(cells) == set(words)
    assert [name for name, cell in cells.items() if words[name] not in cell] == []


def callbacks(recipe: Recipe, place: Path) -> str:
    lay_out(replace(recipe, document=ROOT / "openapi.yaml"), place)
    (check,) = (each for each in CHECKS if each.name == "callbacks")
    return run_checks(recipe, place, [check])["callbacks"]


def test_what_a_client_holds_for_fields_that_were_not_posted_does_not_matter(tmp_path: Path) -> None:
    assert callbacks(recipe(wrong="fills"), tmp_path) == YES


def test_a_posted_field_that_a_client_loses_shows(tmp_path: Path) -> None:
    assert callbacks(recipe(wrong="loses"), tmp_path).startswith("SMS_")


def test_what_differs_from_the_recipe_is_said_both_ways() -> None:
    result = Result("2026-01-31", "1", {"code": YES, "batch": "nothing came"})
    assert unexpected_cells(recipe(), result) == ["batch: nothing came"]
    (better,) = unexpected_cells(recipe(cannot={"batch": "a reason", "code": "another"}), result)
    assert better.startswith("code: it works")
