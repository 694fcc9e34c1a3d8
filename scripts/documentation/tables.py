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
    """A page with a heading, and so an anchor, for each code, below its family."""
    parts = [f"# {language.title}", language.introduction]
    for name, family in mapping(document.get("x-error-families")).items():
        meaning = text(mapping(family).get(f"summary{language.suffix}"))
        members = {code: error for code, error in ERRORS.items() if issubclass(error, FAMILIES[name])}
        parts += [f"## {FAMILIES[name].__name__}", meaning]
        for code, error in members.items():
            parts += [f"### {code}", *_code(error, language)]
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


def _code(error: type[APIError], language: Language) -> tuple[str, str]:
    info = error.info
    if info is None:
        raise TypeError(f"{error.__name__} stands for no code.")
    chinese = language.suffix == CHINESE.suffix
    facts = f"`{error.__name__}` · HTTP {info.http_status} · {language.retry}{language.repeat[info.repeat]}"
    meaning, remedy = (info.meaning_zh, info.remedy_zh) if chinese else (info.meaning, info.remedy)
    return facts, f"{meaning}{'' if chinese else ' '}**{remedy}**"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(" | ".join(["", *line, ""]).strip() for line in lines)
