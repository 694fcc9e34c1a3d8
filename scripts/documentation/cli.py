"""The command ``scripts/document``."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from client_recipes import page as portability

from . import api, chinese, counts, options, provocations, tables
from .languages import LANGUAGES

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
    """Every page that has a part made here, as it has to be."""
    document: Mapping[str, object] = json.loads((root / _CONTRACT).read_bytes())
    found: dict[Path, str] = {}
    for language in LANGUAGES:
        found[language.errors] = f"<!-- {_MARK} from openapi.yaml -->\n{tables.codes(document, language)}"
        failures = _read(root / language.failures)
        for name, table in (
            ("families", tables.families(document, language)),
            ("outcomes", tables.outcomes(language)),
        ):
            failures = _with_table(failures, name, table, language.failures)
        found[language.failures] = failures
    found[options.PAGE] = _with_table(_read(root / options.PAGE), "options", options.options(), options.PAGE)
    found[provocations.PAGE] = f"<!-- {_MARK} from tests/sandbox/provocations.py -->\n{provocations.page(root)}"
    found[api.PAGE] = f"<!-- {_MARK} from the package -->\n{api.page()}"
    found[api.CHINESE_PAGE] = f"<!-- {_MARK} from the package -->\n{api.chinese_page(ROOT)}"
    errors = chinese.page(found[provocations.PAGE], chinese.texts(ROOT, provocations.PAGE.stem))
    found[provocations.PAGE.with_suffix(".zh-CN.md")] = errors
    found[api.PACKAGE] = api.with_calls(_read(root / api.PACKAGE))
    for path, text in ((portability.ENGLISH, portability.page()), (portability.CHINESE, portability.chinese_page())):
        found[path] = f"<!-- {_MARK} from examples/clients -->\n{text}"
    for path in counts.pages_with_counts(root):
        found[path] = counts.with_counts(found.get(path, _read(root / path)), document)
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
