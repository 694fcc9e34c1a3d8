"""Running a built client: its quickstart, then every check."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from client_recipes.building import BuildError, environment, inside, quickstart, run
from client_recipes.checks import CHECKS, CODE, Check, Difference, Trial
from client_recipes.program import Driver, DriverError
from client_recipes.recipe import QUICKSTART, YES, Recipe, Result
from local_sandbox import LocalSandbox

_MOBILE = "13800138000"
_LONGEST_QUICKSTART = 60.0
_LONGEST_CELL = 300


def try_out(recipe: Recipe, place: Path) -> Result:
    """Run a client: its quickstart, and every check.

    Args:
        recipe: The recipe.
        place: Where it was built.
    """
    printed = run(inside(recipe, recipe.toolchain, place), place, environment(), _LONGEST_QUICKSTART)
    toolchain = printed.strip().splitlines()[0]
    cells = {QUICKSTART: _quickstart(recipe, place), **run_checks(recipe, place, CHECKS)}
    return Result(datetime.now(UTC).date().isoformat(), toolchain, cells)


def run_checks(recipe: Recipe, place: Path, checks: Sequence[Check]) -> dict[str, str]:
    """What a client does in some checks, each on a sandbox that was set back.

    Args:
        recipe: The recipe.
        place: Where it was built.
        checks: The checks.

    Returns:
        A cell for each check, by its name.
    """
    cells: dict[str, str] = {}
    with LocalSandbox() as sandbox:
        driver: Driver | None = None
        try:
            for check in checks:
                if driver is not None and not driver.running:
                    driver.close()
                    driver = None
                if driver is None:
                    driver = Driver(inside(recipe, recipe.driver, place), place, _variables(sandbox))
                _begin(sandbox)
                cells[check.name] = _cell(check, Trial(driver, sandbox))
        finally:
            if driver is not None:
                driver.close()
    return cells


def surprises(recipe: Recipe, result: Result) -> list[str]:
    """Where a client did not do what its recipe says, in words."""
    found: list[str] = []
    for name, cell in result.cells.items():
        if cell != YES and name not in recipe.cannot:
            found.append(f"{name}: {cell}")
        if cell == YES and name in recipe.cannot:
            found.append(f"{name}: it works, although recipe.toml says that it cannot")
    return found


def _quickstart(recipe: Recipe, place: Path) -> str:
    with LocalSandbox() as sandbox:
        _begin(sandbox)
        try:
            output = run(
                quickstart(recipe, place, _MOBILE), place, _variables(sandbox), _LONGEST_QUICKSTART, f"{CODE}\n"
            )
        except BuildError as error:
            return _short(str(error))
        sent = sandbox.get("messages", mobile=_MOBILE)["messages"]
        if len(sent) != 1 or sent[0]["msg_id"] not in output or not output.rstrip().endswith("right"):
            return _short(f"{len(sent)} SMS; it printed {output.strip()}")
    return YES


def _begin(sandbox: LocalSandbox) -> None:
    sandbox.post("reset", {})
    sandbox.change_app(fixed_code=CODE)


def _cell(check: Check, trial: Trial) -> str:
    try:
        check.run(trial)
    except (Difference, DriverError) as problem:
        return _short(str(problem))
    except (KeyError, TypeError, ValueError) as error:  # the client gave something of another form
        return _short(f"{type(error).__name__}: {error}")
    return YES


def _short(text: str) -> str:
    """Without what differs from run to run."""
    return re.sub(r"127\.0\.0\.1:[0-9]+", "127.0.0.1", text)[:_LONGEST_CELL]


def _variables(sandbox: LocalSandbox) -> dict[str, str]:
    keys = sandbox.credentials
    return {
        **environment(),
        "JSMS_BASE_URL": sandbox.base_url,
        "JSMS_APP_KEY": keys.app_key,
        "JSMS_MASTER_SECRET": keys.master_secret,
        "JSMS_DEV_KEY": keys.dev_key,
        "JSMS_DEV_SECRET": keys.dev_secret,
    }
