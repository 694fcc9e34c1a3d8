"""What generators swallow in silence, found before they run.

``style.yaml`` has the rules that a JSON Schema decides; the other modules decide what takes more than one part of the
document.
"""

from __future__ import annotations

from contract_tools.document import Document, Problem
from contract_tools.lint.codes import check_catalogue, check_codes, check_descriptions, check_shown_errors
from contract_tools.lint.json_schema import (
    check_examples,
    check_extensions,
    check_structure,
    check_style,
    check_whole,
)
from contract_tools.lint.patterns import check_patterns
from contract_tools.lint.rules import (
    check_links,
    check_names,
    check_operations,
    check_references,
    check_schemas,
    check_texts,
)
from contract_tools.openapi import Contract

# A stage is reached only where those before it found nothing: what comes after them would be guesses, and
# patterns are matched with examples.
_STAGES = (
    (check_structure,),
    (check_links, check_patterns),
    (
        *(check_style, check_extensions, check_references, check_operations, check_schemas, check_names, check_texts),
        *(check_catalogue, check_codes, check_descriptions, check_shown_errors, check_examples),
    ),
    (check_whole,),
)


def lint(document: Document) -> list[Problem]:
    """Find every problem of a document, in the order of its lines.

    A document that is not OpenAPI, or that refers to nowhere, gets only these problems.
    """
    contract = Contract(document.data)
    for stage in _STAGES:
        found = {document.place(problem) for check in stage for problem in check(contract)}
        if found:
            return sorted(found, key=lambda problem: (problem.line, problem))
    return []
