"""Names and words of the code and its documentation, and style rules that ruff does not have."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
ROOTS = ("overlay", "cli", "sandbox", "scripts", "tests", "benchmarks", "examples")
# Modules, classes and functions had these names, which no reader could guess; the field's own words are in their place.
OLD_NAMES = {
    "accepting",
    "application",
    "aside",
    "AsyncHomes",
    "came_back",
    "campaign_ending",
    "campaign_report",
    "campaigning",
    "checkup",
    "Conductor",
    "confirming",
    "connecting",
    "Crew",
    "due_work",
    "Errand",
    "exporting",
    "faults_seam",
    "first_misfit",
    "going_back",
    "Homes",
    "homes",
    "Intake",
    "lazily",
    "let_go",
    "listening",
    "LostAnswerError",
    "meaning_of",
    "Misfit",
    "misfits",
    "pictures",
    "Place",
    "plain_data",
    "Provocation",
    "provocations",
    "put_back",
    "raise_notice",
    "read_once",
    "replacing",
    "SetAside",
    "settling",
    "showing",
    "stopping",
    "strays",
    "swap",
    "texts_of",
    "throw_away_context",
    "time_limits",
    "told_apart",
    "UnusableAnswer",
    "Verdict",
    "verdict",
    "verdicts",
    "Wakeup",
    "wakeups",
    "watching",
    "Wire",
    "World",
}
# Words of no standard meaning, or with a standard term in their place. The user "nobody" of Unix is a name.
OLD_WORDS = re.compile(
    r"\b(?:[Nn]obody(?!\" if os)|(?i:alike|as ever|became of|conductor|errands?|for sure|goes out|homes|let go|misfits?"
    r"|provocations?|told|twins?|verdicts?|whoever))\b"
)
TEXTS = ("*.py", "*.md", "*.js", "*.ts", "*.toml", "*.jinja")
# Documented modules re-export names of the runtime and of the contract; the generator reads what customised.py offers.
PUBLIC_MODULES = [
    *(f"overlay/jsms_client/{name}.py" for name in ("contract", "errors", "masking", "results")),
    "overlay/jsms_runtime/customised.py",
]


def modules() -> Iterator[tuple[str, str]]:
    for root in ROOTS:
        for path in sorted((REPOSITORY / root).rglob("*.py")):
            yield path.relative_to(REPOSITORY).as_posix(), path.read_text(encoding="utf-8")


def test_no_module_class_or_function_has_an_old_name() -> None:
    found: list[str] = []
    for path, source in modules():
        if Path(path).stem.removeprefix("test").lstrip("_") in OLD_NAMES:
            found.append(path)
        found += [
            f"{path}:{node.lineno}: {node.name}"
            for node in ast.walk(ast.parse(source))
            if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
            and node.name.lstrip("_") in OLD_NAMES
        ]
    assert found == []


def test_no_variable_comment_or_page_has_an_old_word() -> None:
    texts = [*REPOSITORY.glob("*.md"), *REPOSITORY.glob("*.py")]
    for folder in (*ROOTS, "docs"):
        texts += [path for pattern in TEXTS for path in (REPOSITORY / folder).rglob(pattern)]
    found = [
        f"{path.relative_to(REPOSITORY).as_posix()}:{number}: {line.strip()}"
        for path in sorted(set(texts) - {Path(__file__), REPOSITORY / "CHANGELOG.md"})
        if "node_modules" not in path.parts
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        # Where underscores join words, each is one.
        if OLD_WORDS.search(line.replace("_", " "))
    ]
    assert found == []


def test_each_exception_from_a_rule_gives_its_reason() -> None:
    found = [
        f"{path}:{number}: {line.strip()}"
        for path, source in modules()
        for number, line in enumerate(source.splitlines(), 1)
        if re.search(r"#\x20noqa\b", line) and not re.search(r"#\x20noqa: [A-Z0-9, ]+ - \S", line)
    ]
    assert found == []


def test_only_what_can_be_imported_from_outside_lists_its_names() -> None:
    found = [path for path, source in modules() if re.search("^__all__", source, re.MULTILINE)]
    assert [path for path in found if path.rpartition("/")[2] != "__init__.py"] == PUBLIC_MODULES
