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
from documentation import api, chinese_of, errors, sandbox
from documentation.errors import LANGUAGES
from jsms_contract.errors import ERRORS, SUCCESS_CODES

ROOT = Path(__file__).resolve().parents[2]
_CONTRACT = Path("generated/jsms_contract/openapi.json")
_MARK = "made by scripts/document"


def main(arguments: Sequence[str] | None = None, *, root: Path = ROOT) -> int:
    """Write the tables, or say where they are out of step.

    Args:
        arguments: The command line; the process's own if left out.
        root: The project.

    Returns:
        0 when all is in step, 1 when not.
    """
    parser = argparse.ArgumentParser(
        prog="scripts/document",
        description="Write what the README and docs/ have from the contract and the tests: tables and counts.",
    )
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 and say what is out of step")
    check: bool = parser.parse_args(arguments).check
    stale = [path for path, wanted in pages(root).items() if _read(root / path) != wanted]
    for path in stale:
        if check:
            print(f"{path} is out of step with what it is made from; run scripts/document.")
        else:
            (root / path).write_text(pages(root)[path], encoding="utf-8", newline="\n")
            print(f"wrote {path}")
    return 1 if check and stale else 0


def pages(root: Path) -> dict[Path, str]:
    """Make every page that has a part made here."""
    document: Mapping[str, object] = json.loads((root / _CONTRACT).read_bytes())
    found: dict[Path, str] = {}
    for language in LANGUAGES:
        found[language.errors] = f"<!-- {_MARK} from openapi.yaml -->\n{errors.codes(document, language)}"
        failures = _read(root / language.failures)
        for name, made in (
            ("families", errors.families(document, language)),
            ("outcomes", errors.outcomes(language)),
        ):
            failures = _with_table(failures, name, made, language.failures)
        found[language.failures] = failures
    found[sandbox.PAGE] = _with_table(_read(root / sandbox.PAGE), "options", sandbox.options(), sandbox.PAGE)
    for name, parts in (("leniencies", sandbox.leniencies()), ("assumptions", sandbox.assumed(ROOT))):
        for path, part in parts.items():
            found[path] = _with_table(found.get(path, _read(root / path)), name, part, path)
    found[errors.RECIPES_PAGE] = f"<!-- {_MARK} from tests/sandbox/error_recipes.py -->\n{errors.recipes_page(root)}"
    found[api.PAGE] = f"<!-- {_MARK} from the package -->\n{api.page()}"
    found[api.CHINESE_PAGE] = f"<!-- {_MARK} from the package -->\n{api.chinese_page(ROOT)}"
    in_chinese = chinese_of(found[errors.RECIPES_PAGE], ROOT, errors.RECIPES_PAGE.stem)
    found[errors.RECIPES_PAGE.with_suffix(".zh-CN.md")] = in_chinese
    found[api.PACKAGE] = api.with_calls(_read(root / api.PACKAGE))
    for path, text in ((portability.ENGLISH, portability.page()), (portability.CHINESE, portability.chinese_page())):
        found[path] = f"<!-- {_MARK} from examples/clients -->\n{text}"
    for path in pages_with_counts(root):
        found[path] = with_counts(found.get(path, _read(root / path)), document)
    return found


def _with_table(page: str, name: str, table: str, path: Path) -> str:
    first, last = f"<!-- {name}: {_MARK} -->\n", f"<!-- end of {name} -->"
    before, begin, rest = page.partition(first)
    _, end, after = rest.partition(last)
    if not end:
        raise SystemExit(f"{path} has lost the marks {first.strip()} and {last}.")
    return f"{before}{begin}{table}\n{end}{after}"


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


_WHERE: Final[Mapping[str, str]] = {
    "operations": r"(?<=[Aa]ll )\d+(?= operations)|\d+(?= operations, \d+ callbacks)"
    r"|(?<=全部 )\d+(?= 个接口)|\d+(?= 个接口、\d+ 个回调)",
    "callbacks": r"(?<=operations, )\d+(?= callbacks)|(?<=个接口、)\d+(?= 个回调)",
    "codes": r"(?<=callbacks, )\d+(?= codes)|(?<=个回调、)\d+(?= 个错误码)",
}


def pages_with_counts(root: Path) -> list[Path]:
    """List the READMEs and the pages of the documentation."""
    found = [*root.glob("README*.md"), *root.glob("docs/**/*.md")]
    return sorted(path.relative_to(root) for path in found)


def with_counts(page: str, document: Mapping[str, object]) -> str:
    """Put the counts of the contract into a page.

    Args:
        page: Its text.
        document: The contract.
    """
    counts = {
        "operations": len(list(operations(document))),
        "callbacks": len(mapping(document.get("webhooks"))),
        "codes": len(ERRORS) + len(SUCCESS_CODES),
    }
    for name, count in counts.items():
        # One after the other: each is found by the numbers beside it.
        page = re.sub(_WHERE[name], str(count), page)
    return page
