"""What a text may hold: 50054, 50037, 50038."""

from __future__ import annotations

from collections.abc import Iterable

from ..contract import text_limit
from ..refusal import Refusal
from ..segments import length
from ..state.entities import App

CONTENT_CONTAINS_SPECIAL_SYMBOL, HAS_BLACK_WORD, INVALID_CODE_LENGTH = 50054, 50037, 50038
RESERVED = frozenset("【】")


def check_values(values: Iterable[str]) -> None:
    """Check that no value holds a reserved symbol.

    Raises:
        Refusal: One does (50054).
    """
    for value in values:
        if not RESERVED.isdisjoint(value):
            raise Refusal(
                CONTENT_CONTAINS_SPECIAL_SYMBOL,
                "content",
                "【 and 】 are kept for the signature; take them out of temp_para.",
            )


def check_words(app: App, text: str) -> None:
    """Check that a text holds no blocked word.

    Raises:
        Refusal: It does (50037).
    """
    for word in app.words:
        if word in text:
            raise Refusal(HAS_BLACK_WORD, "content", "The text holds the blocked word %s.", word)


def check_length(text: str) -> None:
    """Check that a whole text is not too long.

    Raises:
        Refusal: It is (50038).
    """
    size = length(text)
    if size > text_limit():
        raise Refusal(
            INVALID_CODE_LENGTH,
            "content",
            "With signature and opt-out text it has %s characters, more than %s.",
            size,
            text_limit(),
        )
