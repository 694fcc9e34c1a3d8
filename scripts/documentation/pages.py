"""The command ``scripts/document``: what the README and docs/ have from the contract, the package and the tests."""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

import click

from client_recipes import cli as portability
from contract_tools.openapi import mapping, operations, text
from documentation import between, chinese_of, reference, table
from jsms_client import errors
from jsms_client.errors import APIError, JSMSError
from jsms_contract.errors import ERRORS, FAMILIES, SUCCESS_CODES
from jsms_sandbox.assumptions import assumptions
from jsms_sandbox.options import command
from jsms_sandbox.service.request import Hint, Leniency

if TYPE_CHECKING:
    from sandbox.error_recipes import Call, ErrorRecipe, Switch, Wait

ROOT = Path(__file__).resolve().parents[2]
# Each page and each text twice, in English and in Chinese: a language is a place in these pairs.
ERROR_PAGES: Final = (Path("docs/errors.md"), Path("docs/errors.zh-CN.md"))
FAILURE_PAGES: Final = (Path("docs/failures.md"), Path("docs/failures.zh-CN.md"))
SANDBOX_PAGES: Final = (Path("docs/sandbox.md"), Path("docs/sandbox.zh-CN.md"))
RECIPE_PAGES: Final = (Path("docs/sandbox-errors.md"), Path("docs/sandbox-errors.zh-CN.md"))
_LANGUAGES: Final = range(2)
_CHINESE: Final = 1
_CONTRACT = Path("generated/jsms_contract/openapi.json")
_MARK = "made by scripts/document"
_COUNTS: Final[Mapping[str, str]] = {
    "operations": r"(?<=[Aa]ll )\d+(?= operations)|\d+(?= operations, \d+ callbacks)"
    r"|(?<=全部 )\d+(?= 个接口)|\d+(?= 个接口、\d+ 个回调)",
    "callbacks": r"(?<=operations, )\d+(?= callbacks)|(?<=个接口、)\d+(?= 个回调)",
    "codes": r"(?<=callbacks, )\d+(?= codes)|(?<=个回调、)\d+(?= 个错误码)",
}


def main(arguments: Sequence[str] | None = None, *, root: Path = ROOT) -> int:
    """Write the tables, or say where they are out of step; the exit code is 1 then."""
    parser = argparse.ArgumentParser(
        prog="scripts/document",
        description="Write what the README and docs/ have from the contract and the tests: tables and counts.",
    )
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 and say what is out of step")
    check: bool = parser.parse_args(arguments).check
    stale = {path: wanted for path, wanted in pages(root).items() if _read(root / path) != wanted}
    for path, wanted in stale.items():
        if check:
            print(f"{path} is out of step with what it is made from; run scripts/document.")
        else:
            (root / path).write_text(wanted, encoding="utf-8", newline="\n")
            print(f"wrote {path}")
    return 1 if check and stale else 0


def pages(root: Path) -> dict[Path, str]:
    """Make every page that has a part made here."""
    document: Mapping[str, object] = json.loads((root / _CONTRACT).read_bytes())
    recipes = error_recipes(root)
    whole = (
        ("openapi.yaml", ERROR_PAGES, [codes(document, i) for i in _LANGUAGES]),
        ("tests/sandbox/error_recipes.py", RECIPE_PAGES, [recipes, chinese_of(recipes, ROOT, RECIPE_PAGES[0].stem)]),
        ("the package", reference.PAGES, [reference.api_page(), reference.chinese_api_page(ROOT)]),
        ("examples/clients", portability.PAGES, [portability.page(), portability.chinese_page()]),
    )
    parts = (
        ("families", FAILURE_PAGES, [families(document, i) for i in _LANGUAGES]),
        ("outcomes", FAILURE_PAGES, [outcomes(i) for i in _LANGUAGES]),
        ("options", (SANDBOX_PAGES[0],), [options()]),
        ("leniencies", SANDBOX_PAGES, leniencies()),
        ("assumptions", SANDBOX_PAGES, assumed(ROOT)),
    )
    found = {reference.PACKAGE: reference.with_calls(_read(root / reference.PACKAGE))}
    for origin, both, contents in whole:
        found |= {path: f"<!-- {_MARK} from {origin} -->\n{made}" for path, made in zip(both, contents, strict=True)}
    for name, paths, contents in parts:
        first, last = f"<!-- {name}: {_MARK} -->\n", f"<!-- end of {name} -->"
        for path, made in zip(paths, contents, strict=True):
            found[path] = between(found.get(path, _read(root / path)), first, last, f"{made}\n", path)
    for path in [*root.glob("README*.md"), *root.glob("docs/**/*.md")]:
        page = path.relative_to(root)
        found[page] = with_counts(found.get(page, _read(path)), document)
    return found


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


def with_counts(page: str, document: Mapping[str, object]) -> str:
    """Put the counts of the contract into a page."""
    counts = {
        "operations": len(list(operations(document))),
        "callbacks": len(mapping(document.get("webhooks"))),
        "codes": len(ERRORS) + len(SUCCESS_CODES),
    }
    for name, count in counts.items():
        # One after the other: each is found by the numbers beside it.
        page = re.sub(_COUNTS[name], str(count), page)
    return page


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


_RECIPES: Final = """\
# Provoking every error code

The sandbox can return each of the documented error codes. The table is made from the one that the tests run, so each
row works as it is: send what is under "before" in this order, then the request. Replace a name in braces by the value
of an earlier response. The first app of every sandbox has the templates and the signature that are named here.

Three shorter ways need nothing before, and no test API, so they work from any language:

- a number `130000` and the code: sending to `13000050024` returns 50024, in every operation that can return it;
- an app key `sandboxapp`, nine digits and the code, which is its own secret: `sandboxapp00000000050008` returns 50008;
- `[sandbox:reject reason]` or `[sandbox:hold]` in the remark of a template or a signature.

"""
_LONGEST: Final = 60
_AUTH: Final = {
    "app": "",
    "none": " without Authorization",
    "wrong": " with a wrong secret",
    "magic": " with the app key that ends in the code",
}
_EARLIER: Final = '"{temp_id}"'


def options() -> str:
    """Make the table of each option with its environment variable."""
    sandbox = command("jsms-sandbox")
    context = click.Context(sandbox)
    rows: list[tuple[str, str, str]] = []
    for option in sandbox.params:
        if isinstance(option, click.Option):
            name = option.opts[0] if option.is_flag else f"{option.opts[0]} {option.make_metavar(context)}"
            default = f" ({option.default})" if option.show_default else ""
            rows.append((f"`{name}`", f"`{option.envvar}`", f"{option.help}{default}"))
    return table(("option", "environment variable", ""), rows)


def leniencies() -> list[str]:
    """List what existing clients may send though no source documents it, in both languages."""
    hints = [Hint(leniency.value) for leniency in Leniency]
    english, chinese = (f"- {hint.english()}" for hint in hints), (f"- {hint.chinese()}" for hint in hints)
    return ["\n".join(english), "\n".join(chinese)]


def assumed(root: Path) -> list[str]:
    """List what no source documents and the sandbox had to choose, in both languages."""
    english = table(("about", "chosen"), assumptions())
    return [english, chinese_of(english, root, "assumptions").rstrip("\n")]


def error_recipes(root: Path) -> str:
    """Make the page of how each error code is provoked from the table of the project's tests."""
    tests = str(root / "tests")
    if tests not in sys.path:
        sys.path.append(tests)
    from sandbox.error_recipes import ERROR_RECIPES

    rows = [[cell.replace("|", "&#124;") for cell in _row(each)] for each in ERROR_RECIPES]
    return f"{_RECIPES}{table(('code', 'exception', 'before', 'request'), rows)}\n"


def _row(recipe: ErrorRecipe) -> tuple[str, str, str, str]:
    where = "; it is at the recipient; the batch itself gets 200" if recipe.recipient else ""
    before = "<br>".join(map(_step, recipe.given))
    return str(recipe.code), f"`{ERRORS[recipe.code].__name__}`", before, _shown(recipe.call) + where


def _step(step: Call | Switch | Wait) -> str:
    from sandbox.error_recipes import Switch, Wait

    match step:
        case Switch():
            return f"switch: {step.says}"
        case Wait():
            return f"{step.seconds:g} seconds later"
        case _:
            return _shown(step)


def _shown(call: Call) -> str:
    parts = [f"`{call.method} /v1{call.path}`"]
    if call.raw is not None:
        parts.append(f"`{call.raw.decode()}`" if call.raw else "with an empty body")
    elif call.form is not None:
        parts.append(f"as multipart with {', '.join(_fields(call.form))}")
    elif call.body is not None:
        text = json.dumps(_shortened(call.body), ensure_ascii=False)
        parts.append(f"`{text.replace(_EARLIER, '{temp_id}')}`")
    kind = call.headers.get("Content-Type", "application/json")
    if kind != "application/json":
        parts.append(f"as `{kind}`")
    return " ".join(parts) + _AUTH[call.auth]


def _fields(form: Mapping[str, object]) -> list[str]:
    """Show texts first, then files."""
    shown = [f"`{name}={value}`" for name, value in form.items() if isinstance(value, str)]
    for name, value in form.items():
        if isinstance(value, tuple):
            content = cast("tuple[str, bytes, str]", value)[1]
            shown.append(f"`{name}={'a GIF' if content.startswith(b'GIF') else 'an image'}`")
    return shown


def _shortened(value: object) -> object:
    """Shorten what is long in a body."""
    match value:
        case dict():
            return {name: _shortened(item) for name, item in cast("dict[str, object]", value).items()}
        case list():
            items = cast("list[object]", value)
            many = len(items) > _LONGEST
            return [items[0], f"… {len(items)} of them"] if many else [_shortened(item) for item in items]
        case str() if len(value) > _LONGEST:
            return f"{value[:3]}… ({len(value)} characters)"
        case _:
            return value
