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
        readme: Its README.
        errors: Its page of error codes.
        title: The title of that page.
        introduction: What stands below the title.
        families: The head of the table of families.
        codes: The head of the table of codes.
        repeat: The contract's words for whether a repeat can help.
    """

    suffix: str
    readme: Path
    errors: Path
    title: str
    introduction: str
    families: tuple[str, str, str]
    codes: tuple[str, str, str, str, str, str]
    repeat: Mapping[str, str]


ENGLISH: Final = Language(
    suffix="",
    readme=Path("README.md"),
    errors=Path("docs/errors.md"),
    title="Error codes",
    introduction=(
        "Every code that JSMS documents, the exception it raises, and what to do about it. The service adds codes "
        "without notice: one that is not listed here raises the family of its HTTP status, with `code` set."
    ),
    families=("exception", "what it means", "codes"),
    codes=("code", "exception", "HTTP", "what it means", "what to do", "repeat?"),
    repeat={"never": "no", "later": "later", "after_change": "after the change"},
)
CHINESE: Final = Language(
    suffix="_zh",
    readme=Path("README.zh-CN.md"),
    errors=Path("docs/errors.zh-CN.md"),
    title="错误码",
    introduction=(
        "JSMS 文档中的每个错误码、对应的异常，以及处理办法。服务端可能随时增加错误码：未列出的错误码按其 HTTP "
        "状态归入对应的异常族，`code` 为原值。"
    ),
    families=("异常", "含义", "错误码"),
    codes=("错误码", "异常", "HTTP", "含义", "处理办法", "可否重试"),
    repeat={"never": "否", "later": "稍后", "after_change": "修改后"},
)
LANGUAGES: Final = (ENGLISH, CHINESE)
