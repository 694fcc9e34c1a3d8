"""The words of the tables, in the languages of the documentation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final


@dataclass(frozen=True, slots=True)
class Language:
    """One language.

    Attributes:
        suffix: What stands at the end of the contract's fields in this language.
        failures: Its page of exceptions.
        errors: Its page of error codes.
        title: The title of that page.
        introduction: What stands below the title.
        families: The head of the table of families.
        retry: What stands before a word of ``repeat``.
        repeat: The contract's words for whether a retry can help.
        outcomes: The head of the table of what exceptions say of the request.
        sent: The words for each value of ``JSMSError.sent``.
        below: What follows the name of a class whose whole family is meant.
        advice: What to do, for each group of exceptions that say the same, by the name of its first.
        separator: What stands between the names of classes.
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
    sent={"no": '`"no"`', "yes": '`"yes"`: it may be repeated, and perhaps was', "unknown": '`"unknown"`: perhaps'},
    below=" and everything below it",
    advice={
        "ConfigurationError": "correct what the message names",
        "ConnectionFailedError": "call again",
        "StoreError": "repair the store, then call again",
        "UnknownOutcomeError": "find out first: see below",
        "LostAnswerError": "call again",
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
    sent={"no": '`"no"`：否', "yes": '`"yes"`：是，该接口可以重复，可能已重试', "unknown": '`"unknown"`：可能'},
    below=" 及其子类",
    advice={
        "ConfigurationError": "按提示修改",
        "ConnectionFailedError": "再次调用",
        "StoreError": "检查共享存储后再次调用",
        "UnknownOutcomeError": "先查清楚，见下文",
        "LostAnswerError": "再次调用",
        "DecodeError": "应答来自代理或其他服务：检查地址；应答开头在异常信息中",
    },
    separator="、",
)
LANGUAGES: Final = (ENGLISH, CHINESE)
