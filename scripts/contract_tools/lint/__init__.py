"""What generators swallow in silence, found before they run."""

from __future__ import annotations

from ..document import Document
from .answers import ANSWERS
from .catalogue import CATALOGUE
from .codes import CODES
from .contract import Contract
from .enums import ENUMS
from .examples import EXAMPLES
from .extensions import EXTENSION_RULES
from .names import NAMES
from .operations import OPERATIONS
from .patterns import PATTERNS
from .problem import Problem
from .references import LINKS, REFERENCES
from .rule import Finding
from .schemas import SCHEMAS
from .shown import SHOWN
from .structure import STRUCTURE, WHOLE
from .texts import TEXTS

# A stage is reached only where those before it found nothing: what comes after them would be guesses, and
# patterns are matched with examples.
_STAGES = (
    (STRUCTURE,),
    (LINKS, PATTERNS),
    (REFERENCES, OPERATIONS, ANSWERS, SCHEMAS, NAMES, ENUMS, TEXTS, CATALOGUE, CODES, SHOWN, EXAMPLES, EXTENSION_RULES),
    (WHOLE,),
)
RULES = tuple(rule for stage in _STAGES for family in stage for rule in family.rules)


def lint(document: Document) -> list[Problem]:
    """Every problem of a document, in the order of its lines.

    A document that is not OpenAPI, or that refers to nowhere, gets only these problems.
    """
    contract = Contract(document)
    for stage in _STAGES:
        found = {_problem(document, finding) for family in stage for finding in family.check(contract)}
        if found:
            return sorted(found, key=lambda problem: (problem.line, problem))
    return []


def _problem(document: Document, finding: Finding) -> Problem:
    line = document.line(finding.pointer)
    return Problem(document.path, line, finding.pointer, finding.rule.name, finding.message, finding.remedy)


__all__ = ["RULES", "Problem", "lint"]
