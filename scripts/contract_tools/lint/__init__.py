"""What generators swallow in silence, found before they run.

``rules.toml`` has each rule with its message and remedy; a JSON Schema decides many of them (``check_parts``). The
other modules decide what takes more than one part of the document.
"""

from __future__ import annotations

from contract_tools.document import Document
from contract_tools.lint.examples import check_examples
from contract_tools.lint.extensions import check_catalogue, check_codes, check_extensions, check_shown
from contract_tools.lint.patterns import check_patterns
from contract_tools.lint.rules import RULES, Contract, Finding, Problem, check_parts
from contract_tools.lint.schemas import check_names, check_schemas, check_texts
from contract_tools.lint.structure import check_links, check_operations, check_references, check_structure, check_whole

# A stage is reached only where those before it found nothing: what comes after them would be guesses, and
# patterns are matched with examples.
_STAGES = (
    (check_structure,),
    (check_links, check_patterns),
    (
        check_parts,
        check_references,
        check_operations,
        check_schemas,
        check_names,
        check_texts,
        check_catalogue,
        check_codes,
        check_shown,
        check_examples,
        check_extensions,
    ),
    (check_whole,),
)


def lint(document: Document) -> list[Problem]:
    """Find every problem of a document, in the order of its lines.

    A document that is not OpenAPI, or that refers to nowhere, gets only these problems.
    """
    contract = Contract(document)
    for stage in _STAGES:
        found = {_problem(document, finding) for check in stage for finding in check(contract)}
        if found:
            return sorted(found, key=lambda problem: (problem.line, problem))
    return []


def _problem(document: Document, finding: Finding) -> Problem:
    line = document.line(finding.pointer)
    return Problem(document.path, line, finding.pointer, finding.name, finding.message, finding.remedy)


__all__ = ["RULES", "Problem", "lint"]
