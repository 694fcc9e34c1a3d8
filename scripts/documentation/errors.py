"""The tables of errors: what each code means, in both languages, and how the sandbox provokes it."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

from contract_tools.openapi import mapping, text
from documentation import table
from jsms_client import errors
from jsms_client.errors import APIError, JSMSError
from jsms_contract.errors import ERRORS, FAMILIES

if TYPE_CHECKING:
    from sandbox.error_recipes import Call, ErrorRecipe, Switch, Wait


def families(document: Mapping[str, object], language: Language) -> str:
    """Make the table of each family with its meaning and codes."""
    rows: list[Sequence[str]] = []
    for name, family in mapping(document.get("x-error-families")).items():
        codes = [str(code) for code, error in ERRORS.items() if issubclass(error, FAMILIES[name])]
        meaning = text(mapping(family).get(f"summary{language.suffix}"))
        rows.append((f"`{FAMILIES[name].__name__}`", meaning, ", ".join(codes)))
    return table(language.families, rows)


def codes(document: Mapping[str, object], language: Language) -> str:
    """Make a page with a heading, and so an anchor, for each code, below its family."""
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
    "LostResponseError": (errors.LostResponseError,),
    "DecodeError": (errors.DecodeError, errors.UnexpectedStatusError, errors.RedirectError),
}


def outcomes(language: Language) -> str:
    """Make the table of what each exception that is no error of the service says of the request."""
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
        raise TypeError(f"{error.__name__} has no code.")
    chinese = language.suffix == CHINESE.suffix
    facts = f"`{error.__name__}` · HTTP {info.http_status} · {language.retry}{language.repeat[info.repeat]}"
    meaning, remedy = (info.meaning_zh, info.remedy_zh) if chinese else (info.meaning, info.remedy)
    return facts, f"{meaning}{'' if chinese else ' '}**{remedy}**"


@dataclass(frozen=True, slots=True)
class Language:
    """One language.

    Attributes:
        suffix: The text at the end of the contract's fields in this language.
        failures: Its page of exceptions.
        errors: Its page of error codes.
        title: The title of that page.
        introduction: The text below the title.
        families: The head of the table of families.
        retry: The text before a word of ``repeat``.
        repeat: The contract's words for whether a retry can help.
        outcomes: The head of the table of what exceptions say of the request.
        sent: The words for each value of ``JSMSError.sent``.
        below: What follows the name of a class whose whole family is meant.
        advice: What to do, for each group of exceptions that say the same, by the name of its first.
        separator: The text between the names of classes.
    """

    suffix: str
    failures: Path
    errors: Path
    title: str
    introduction: str
    families: tuple[str, str, str]
    retry: str
    repeat: Mapping[str, str]
    outcomes: tuple[str, str, str]
    sent: Mapping[str, str]
    below: str
    advice: Mapping[str, str]
    separator: str


ENGLISH: Final = Language(
    suffix="",
    failures=Path("docs/failures.md"),
    errors=Path("docs/errors.md"),
    title="Error codes",
    introduction=(
        "Every code that JSMS documents: what it means, what to do, the exception that it raises, its HTTP status, "
        "and whether a retry can help. The service adds codes without notice: one that is not listed here raises the "
        "family of its HTTP status, with `code` set. `jsms error 50014` shows the same in a terminal."
    ),
    families=("exception", "what it means", "codes"),
    retry="retry: ",
    repeat={"never": "no", "later": "later", "after_change": "after the change"},
    outcomes=("exception", "`sent`: was it carried out?", "what to do"),
    sent={
        "no": '`"no"`',
        "yes": '`"yes"`: safe to retry, perhaps carried out',
        "unknown": '`"unknown"`: perhaps',
    },
    below=" and everything below it",
    advice={
        "ConfigurationError": "correct what the message names",
        "ConnectionFailedError": "call again",
        "StoreError": "repair the store, then call again",
        "UnknownOutcomeError": "find out first: see below",
        "LostResponseError": "call again",
        "DecodeError": "a proxy or another service responded: check the address; the message shows the beginning",
    },
    separator=", ",
)
CHINESE: Final = Language(
    suffix="_zh",
    failures=Path("docs/failures.zh-CN.md"),
    errors=Path("docs/errors.zh-CN.md"),
    title="错误码",
    introduction=(
        "JSMS 文档中的每个错误码：含义、处理办法、对应的异常、HTTP 状态，以及重试是否有用。"
        "服务端可能随时增加错误码：未列出的错误码按其 HTTP 状态归入对应的异常族，`code` 为原值。"
        "在终端中执行 `jsms error 50014` 可查看同样的内容。"
    ),
    families=("异常", "含义", "错误码"),
    retry="重试：",
    repeat={"never": "否", "later": "稍后", "after_change": "修改后"},
    outcomes=("异常", "`sent`：请求是否已执行", "怎么办"),
    sent={"no": '`"no"`：否', "yes": '`"yes"`：可以安全重试，可能已执行', "unknown": '`"unknown"`：可能'},
    below=" 及其子类",
    advice={
        "ConfigurationError": "按提示修改",
        "ConnectionFailedError": "再次调用",
        "StoreError": "检查共享存储后再次调用",
        "UnknownOutcomeError": "先查清楚，见下文",
        "LostResponseError": "再次调用",
        "DecodeError": "响应来自代理或其他服务：检查地址；响应开头在异常信息中",
    },
    separator="、",
)
LANGUAGES: Final = (ENGLISH, CHINESE)


RECIPES_PAGE = Path("docs/sandbox-errors.md")
TITLE = "Provoking every error code"
INTRODUCTION = """\
The sandbox can return each of the documented error codes. The table is made from the one that the tests run, so each
row works as it is: send what is under "before" in this order, then the request. Replace a name in braces by the value
of an earlier response. The first app of every sandbox has the templates and the signature that are named here.

Three shorter ways need nothing before, and no test API, so they work from any language:

- a number `130000` and the code: sending to `13000050024` returns 50024, in every operation that can return it;
- an app key `sandboxapp`, nine digits and the code, which is its own secret: `sandboxapp00000000050008` returns 50008;
- `[sandbox:reject reason]` or `[sandbox:hold]` in the remark of a template or a signature."""
HEAD = ("code", "exception", "before", "request")
LONGEST = 60
_AUTH = {
    "app": "",
    "none": " without Authorization",
    "wrong": " with a wrong secret",
    "magic": " with the app key that ends in the code",
}
_EARLIER = '"{temp_id}"'


def recipes_page(root: Path) -> str:
    """Make the page.

    Args:
        root: The project, whose tests hold the table.
    """
    tests = str(root / "tests")
    if tests not in sys.path:
        sys.path.append(tests)
    from sandbox.error_recipes import ERROR_RECIPES

    rows = [[cell.replace("|", "&#124;") for cell in _row(each)] for each in ERROR_RECIPES]
    return f"# {TITLE}\n\n{INTRODUCTION}\n\n{table(HEAD, rows)}\n"


def _row(recipe: ErrorRecipe) -> tuple[str, str, str, str]:
    where = "; it is at the recipient; the batch itself gets 200" if recipe.recipient else ""
    return (
        str(recipe.code),
        f"`{ERRORS[recipe.code].__name__}`",
        "<br>".join(_step(step) for step in recipe.given),
        _shown_call(recipe.call) + where,
    )


def _step(step: Call | Switch | Wait) -> str:
    from sandbox.error_recipes import Switch, Wait

    if isinstance(step, Switch):
        return f"switch: {step.says}"
    if isinstance(step, Wait):
        return f"{step.seconds:g} seconds later"
    return _shown_call(step)


def _shown_call(call: Call) -> str:
    parts = [f"`{call.method} /v1{call.path}`"]
    if call.raw is not None:
        text = call.raw.decode()
        parts.append(f"`{text}`" if text else "with an empty body")
    elif call.form is not None:
        parts.append(_form(call.form))
    elif call.body is not None:
        text = json.dumps(_shortened(call.body), ensure_ascii=False)
        parts.append(f"`{text.replace(_EARLIER, '{temp_id}')}`")
    kind = call.headers.get("Content-Type", "application/json")
    if kind != "application/json":
        parts.append(f"as `{kind}`")
    return " ".join(parts) + _AUTH[call.auth]


def _form(form: Mapping[str, object]) -> str:
    fields = [f"`{name}={value}`" for name, value in form.items() if isinstance(value, str)]
    for name, value in form.items():
        if isinstance(value, tuple):
            content = cast("tuple[str, bytes, str]", value)[1]
            fields.append(f"`{name}={'a GIF' if content.startswith(b'GIF') else 'an image'}`")
    return f"as multipart with {', '.join(fields)}"


def _shortened(value: object) -> object:
    """Shorten what is long in a body."""
    if isinstance(value, dict):
        return {name: _shortened(item) for name, item in cast("dict[str, object]", value).items()}
    if isinstance(value, list):
        items = cast("list[object]", value)
        return [_shortened(item) for item in items] if len(items) <= LONGEST else [items[0], f"… {len(items)} of them"]
    if isinstance(value, str) and len(value) > LONGEST:
        return f"{value[:3]}… ({len(value)} characters)"
    return value
