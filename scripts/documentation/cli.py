"""The command ``scripts/document``: what the README and docs/ have from the contract, the package and the tests."""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from client_recipes import page as portability
from contract_tools.openapi import mapping, operations
from documentation import api, between, chinese_of, errors, sandbox
from jsms_contract.errors import ERRORS, SUCCESS_CODES

ROOT = Path(__file__).resolve().parents[2]
_CONTRACT = Path("generated/jsms_contract/openapi.json")
_MARK = "made by scripts/document"
_COUNTS: Final[Mapping[str, str]] = {
    "operations": r"(?<=[Aa]ll )\d+(?= operations)|\d+(?= operations, \d+ callbacks)"
    r"|(?<=全部 )\d+(?= 个接口)|\d+(?= 个接口、\d+ 个回调)",
    "callbacks": r"(?<=operations, )\d+(?= callbacks)|(?<=个接口、)\d+(?= 个回调)",
    "codes": r"(?<=callbacks, )\d+(?= codes)|(?<=个回调、)\d+(?= 个错误码)",
}


def main(arguments: Sequence[str] | None = None, *, root: Path = ROOT) -> int:
    """Write the tables, or say where they are out of step; the exit code is 1 then."""
    parser = argparse.ArgumentParser(
        prog="scripts/document",
        description="Write what the README and docs/ have from the contract and the tests: tables and counts.",
    )
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 and say what is out of step")
    check: bool = parser.parse_args(arguments).check
    stale = {path: wanted for path, wanted in pages(root).items() if _read(root / path) != wanted}
    for path, wanted in stale.items():
        if check:
            print(f"{path} is out of step with what it is made from; run scripts/document.")
        else:
            (root / path).write_text(wanted, encoding="utf-8", newline="\n")
            print(f"wrote {path}")
    return 1 if check and stale else 0


def pages(root: Path) -> dict[Path, str]:
    """Make every page that has a part made here."""
    document: Mapping[str, object] = json.loads((root / _CONTRACT).read_bytes())
    recipes = f"<!-- {_MARK} from tests/sandbox/error_recipes.py -->\n{sandbox.recipes_page(root)}"
    found = {
        **{
            path: f"<!-- {_MARK} from openapi.yaml -->\n{errors.codes(document, i)}"
            for i, path in enumerate(errors.PAGES)
        },
        sandbox.RECIPES_PAGE: recipes,
        sandbox.RECIPES_PAGE.with_suffix(".zh-CN.md"): chinese_of(recipes, ROOT, sandbox.RECIPES_PAGE.stem),
        api.PAGE: f"<!-- {_MARK} from the package -->\n{api.page()}",
        api.CHINESE_PAGE: f"<!-- {_MARK} from the package -->\n{api.chinese_page(ROOT)}",
        api.PACKAGE: api.with_calls(_read(root / api.PACKAGE)),
        portability.ENGLISH: f"<!-- {_MARK} from examples/clients -->\n{portability.page()}",
        portability.CHINESE: f"<!-- {_MARK} from examples/clients -->\n{portability.chinese_page()}",
    }
    tables = {
        "families": {path: errors.families(document, i) for i, path in enumerate(errors.FAILURES)},
        "outcomes": {path: errors.outcomes(i) for i, path in enumerate(errors.FAILURES)},
        "options": {sandbox.PAGE: sandbox.options()},
        "leniencies": sandbox.leniencies(),
        "assumptions": sandbox.assumed(ROOT),
    }
    for name, parts in tables.items():
        first, last = f"<!-- {name}: {_MARK} -->\n", f"<!-- end of {name} -->"
        for path, made in parts.items():
            found[path] = between(found.get(path, _read(root / path)), first, last, f"{made}\n", path)
    for path in [*root.glob("README*.md"), *root.glob("docs/**/*.md")]:
        page = path.relative_to(root)
        found[page] = with_counts(found.get(page, _read(path)), document)
    return found


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


def with_counts(page: str, document: Mapping[str, object]) -> str:
    """Put the counts of the contract into a page."""
    counts = {
        "operations": len(list(operations(document))),
        "callbacks": len(mapping(document.get("webhooks"))),
        "codes": len(ERRORS) + len(SUCCESS_CODES),
    }
    for name, count in counts.items():
        # One after the other: each is found by the numbers beside it.
        page = re.sub(_COUNTS[name], str(count), page)
    return page
