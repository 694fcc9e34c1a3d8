"""How many operations, callbacks and codes the contract has, where the pages say it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from contract_tools.reading import mapping, operations
from jsms_contract.errors import ERRORS, SUCCESS_CODES

_WHERE: Final[Mapping[str, str]] = {
    "operations": r"(?<=[Aa]ll )\d+(?= operations)|\d+(?= operations, \d+ callbacks)"
    r"|(?<=全部 )\d+(?= 个接口)|\d+(?= 个接口、\d+ 个回调)",
    "callbacks": r"(?<=operations, )\d+(?= callbacks)|(?<=个接口、)\d+(?= 个回调)",
    "codes": r"(?<=callbacks, )\d+(?= codes)|(?<=个回调、)\d+(?= 个错误码)",
}


def pages_with_counts(root: Path) -> list[Path]:
    """The READMEs, and the pages of the documentation."""
    found = [*root.glob("README*.md"), *root.glob("docs/**/*.md")]
    return sorted(path.relative_to(root) for path in found)


def with_counts(page: str, document: Mapping[str, object]) -> str:
    """A page with the counts of the contract.

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
