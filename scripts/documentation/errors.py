"""The pages of errors: what each code means, and what each other exception says of the request."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from contract_tools.openapi import mapping, text
from documentation import table
from jsms_client import errors
from jsms_client.errors import APIError, JSMSError
from jsms_contract.errors import ERRORS, FAMILIES

# Each text and each page twice, in English and in Chinese: a language is a place in these pairs.
_CHINESE: Final = 1
PAGES: Final = (Path("docs/errors.md"), Path("docs/errors.zh-CN.md"))
FAILURES: Final = (Path("docs/failures.md"), Path("docs/failures.zh-CN.md"))
_SUMMARY: Final = ("summary", "summary_zh")
_TITLE: Final = ("Error codes", "错误码")
_INTRODUCTION: Final = (
    (
        "Every code that JSMS documents: what it means, what to do, the exception that it raises, its HTTP status, "
        "and whether a retry can help. The service adds codes without notice: one that is not listed here raises the "
        "family of its HTTP status, with `code` set. `jsms error 50014` shows the same in a terminal."
    ),
    (
        "JSMS 文档中的每个错误码：含义、处理办法、对应的异常、HTTP 状态，以及重试是否有用。"
        "服务端可能随时增加错误码：未列出的错误码按其 HTTP 状态归入对应的异常族，`code` 为原值。"
        "在终端中执行 `jsms error 50014` 可查看同样的内容。"
    ),
)
_FAMILIES: Final = (("exception", "what it means", "codes"), ("异常", "含义", "错误码"))
# The contract's words for whether a retry can help.
_RETRY: Final[Sequence[Mapping[str, str]]] = (
    {"never": "retry: no", "later": "retry: later", "after_change": "retry: after the change"},
    {"never": "重试：否", "later": "重试：稍后", "after_change": "重试：修改后"},
)
_OUTCOMES: Final = (
    ("exception", "`sent`: was it carried out?", "what to do"),
    ("异常", "`sent`：请求是否已执行", "怎么办"),
)
_SENT: Final[Sequence[Mapping[str, str]]] = (
    {"no": '`"no"`', "yes": '`"yes"`: safe to retry, perhaps carried out', "unknown": '`"unknown"`: perhaps'},
    {"no": '`"no"`：否', "yes": '`"yes"`：可以安全重试，可能已执行', "unknown": '`"unknown"`：可能'},
)
_BELOW: Final = (" and everything below it", " 及其子类")
_AND: Final = (", ", "、")
# Exceptions that say the same, and what to do then.
_ADVICE: Final[Sequence[tuple[Sequence[type[JSMSError]], tuple[str, str]]]] = (
    (
        (errors.ConfigurationError, errors.ArgumentError, errors.MissingDependencyError, errors.ClientClosedError),
        ("correct what the message names", "按提示修改"),
    ),
    (
        (errors.ConnectionFailedError, errors.ConnectTimeoutError, errors.PoolTimeoutError),
        ("call again", "再次调用"),
    ),
    ((errors.StoreError,), ("repair the store, then call again", "检查共享存储后再次调用")),
    ((errors.UnknownOutcomeError,), ("find out first: see below", "先查清楚，见下文")),
    ((errors.LostResponseError,), ("call again", "再次调用")),
    (
        (errors.DecodeError, errors.UnexpectedStatusError, errors.RedirectError),
        (
            "a proxy or another service responded: check the address; the message shows the beginning",
            "响应来自代理或其他服务：检查地址；响应开头在异常信息中",
        ),
    ),
)


def families(document: Mapping[str, object], language: int) -> str:
    """Make the table of each family with its meaning and codes."""
    found = _families(document, language)
    rows = [(f"`{family}`", meaning, ", ".join(map(str, members))) for family, meaning, members in found]
    return table(_FAMILIES[language], rows)


def codes(document: Mapping[str, object], language: int) -> str:
    """Make a page with a heading, and so an anchor, for each code, below its family."""
    parts = [f"# {_TITLE[language]}", _INTRODUCTION[language]]
    for family, meaning, members in _families(document, language):
        parts += [f"## {family}", meaning]
        for code, error in members.items():
            parts += [f"### {code}", *_code(error, language)]
    return "\n\n".join(parts) + "\n"


def _families(document: Mapping[str, object], language: int) -> Iterator[tuple[str, str, Mapping[int, type[APIError]]]]:
    """Find the class of each family, its meaning and its codes."""
    for name, family in mapping(document.get("x-error-families")).items():
        members = {code: error for code, error in ERRORS.items() if issubclass(error, FAMILIES[name])}
        yield FAMILIES[name].__name__, text(mapping(family).get(_SUMMARY[language])), members


def _code(error: type[APIError], language: int) -> tuple[str, str]:
    info = error.info
    if info is None:
        raise TypeError(f"{error.__name__} has no code.")
    facts = f"`{error.__name__}` · HTTP {info.http_status} · {_RETRY[language][info.repeat]}"
    if language == _CHINESE:
        return facts, f"{info.meaning_zh}**{info.remedy_zh}**"
    return facts, f"{info.meaning} **{info.remedy}**"


def outcomes(language: int) -> str:
    """Make the table of what each exception that is no error of the service says of the request."""
    rows: list[Sequence[str]] = []
    for members, advice in _ADVICE:
        (sent,) = {member.sent for member in members}
        classes = _AND[language].join(f"`{member.__name__}`" for member in members)
        below = _BELOW[language] if sent == "unknown" else ""
        rows.append((classes + below, _SENT[language][sent], advice[language]))
    return table(_OUTCOMES[language], rows)
