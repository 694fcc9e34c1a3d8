"""Tables in Markdown, made from the contract's catalogue of errors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from contract_tools.reading import mapping, text
from jsms_client import errors
from jsms_client.errors import APIError, JSMSError
from jsms_contract.errors import ERRORS, FAMILIES

from .languages import CHINESE, Language


def families(document: Mapping[str, object], language: Language) -> str:
    """Each family with its meaning and codes."""
    rows: list[Sequence[str]] = []
    for name, family in mapping(document.get("x-error-families")).items():
        codes = [str(code) for code, error in ERRORS.items() if issubclass(error, FAMILIES[name])]
        meaning = text(mapping(family).get(f"summary{language.suffix}"))
        rows.append((f"`{FAMILIES[name].__name__}`", meaning, ", ".join(codes)))
    return table(language.families, rows)


def codes(document: Mapping[str, object], language: Language) -> str:
    """A page with a table of codes for each family."""
    parts = [f"# {language.title}", language.introduction]
    for name, family in mapping(document.get("x-error-families")).items():
        meaning = text(mapping(family).get(f"summary{language.suffix}"))
        members = {code: error for code, error in ERRORS.items() if issubclass(error, FAMILIES[name])}
        rows = [_code(code, error, language) for code, error in members.items()]
        parts += [f"## {FAMILIES[name].__name__}", meaning, table(language.codes, rows)]
    return "\n\n".join(parts) + "\n"


_GROUPS: Final[Mapping[str, Sequence[type[JSMSError]]]] = {
    "ConfigurationError": (
        errors.ConfigurationError,
        errors.ArgumentError,
        errors.MissingDependencyError,
        errors.ClientClosedError,
    ),
    "ConnectionFailedError": (
        errors.ConnectionFailedError,
        errors.ConnectTimeoutError,
        errors.PoolTimeoutError,
    ),
    "StoreError": (errors.StoreError,),
    "UnknownOutcomeError": (errors.UnknownOutcomeError,),
    "LostAnswerError": (errors.LostAnswerError,),
    "DecodeError": (errors.DecodeError, errors.UnexpectedStatusError, errors.RedirectError),
}


def outcomes(language: Language) -> str:
    """What each exception that is not an error of the service says of the request."""
    rows: list[Sequence[str]] = []
    for name, members in _GROUPS.items():
        (sent,) = {member.sent for member in members}
        classes = language.separator.join(f"`{member.__name__}`" for member in members)
        below = language.below if sent == "unknown" else ""
        rows.append((classes + below, language.sent[sent], language.advice[name]))
    return table(language.outcomes, rows)


def _code(code: int, error: type[APIError], language: Language) -> tuple[str, ...]:
    info = error.info
    if info is None:
        raise TypeError(f"{error.__name__} stands for no code.")
    chinese = language.suffix == CHINESE.suffix
    return (
        str(code),
        f"`{error.__name__}`",
        str(info.http_status),
        info.meaning_zh if chinese else info.meaning,
        info.remedy_zh if chinese else info.remedy,
        language.repeat[info.repeat],
    )


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(" | ".join(["", *line, ""]).strip() for line in lines)
