"""Check a document before the generators run, which accept most mistakes without a word.

``style.yaml`` has the rules that a JSON Schema decides; the other modules decide what takes more than one part of the
document.
"""

from __future__ import annotations

from contract_tools.document import Document, Problem
from contract_tools.lint import codes, json_schema, patterns, rules
from contract_tools.openapi import Contract

# A stage is reached only where those before it found nothing: what comes after them would be guesses, and
# patterns are matched with examples.
_STAGES = (
    (json_schema.check_structure,),
    (rules.check_links, patterns.check_patterns),
    (
        *(json_schema.check_style, json_schema.check_extensions, json_schema.check_examples),
        *(rules.check_references, rules.check_operations, rules.check_schemas, rules.check_names, rules.check_texts),
        *(codes.check_catalogue, codes.check_codes, codes.check_descriptions, codes.check_shown_errors),
    ),
    (json_schema.check_whole,),
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
