"""Which patterns the linter calls slow, measured with the engine that matches them."""

from __future__ import annotations

import re

import pytest

from contract_tools.lint.patterns import slowness

SLOW = (
    "^(a+)+$",
    "^(a+)+?$",
    "^((a+))+$",
    "^(?:a+)*$",
    "^(a+){2,}$",
    "^(a|a?)+$",
    "^(a|aa)+$",
    "^(a|ab|b)*$",
    "^(.*)*$",
    "^(.*a){20}$",
    "^([a-z]+)*$",
    "^(a{1,9}){1,99}$",
    "^(b*|a+)*$",
    "^(a?){50}a{50}$",
    "^a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?$",
    "^a*a*a*a*a*$",
    "^(a*a*a*)?(a*a*a*)?(a*a*a*)?$",
    "^(ab|ab)(ab|ab)(ab|ab)(ab|ab)(ab|ab)$",
    "^(,(ab|ab))*$",
    "^(,a*a*a*a*a*)*$",
    "^(é+)+$",
    "^([^b]+)+$",
    r"^(\d+)+$",
    r"^(a*)\1\1$",
    "^((){60000}){60000}$",
)
QUICK = (
    "",
    "^1[0-9]{10}$",
    "^[0-9A-Za-z一-鿿]+$",
    "^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$",
    r"^[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}$",
    "^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2} [0-9]{1,2}:[0-9]{1,2}$",
    r"^[0-9]+(\.[0-9]+)*(-[a-z0-9]+)*$",
    r"^[a-z.]+@[a-z]+\.[a-z]+$",
    r"^(https?|ftp)://[a-z.]+(/[a-z]*)*$",
    "^(,[^,]*)*$",
    "^(foo|bar|far)+$",
    "^((a|b)(c|d)){3}$",
)


@pytest.mark.parametrize("pattern", SLOW)
def test_choices_that_multiply_are_slow(pattern: str) -> None:
    re.compile(pattern)

    assert slowness(pattern) is not None


@pytest.mark.parametrize("pattern", QUICK)
def test_a_pattern_whose_choices_are_apart_is_quick(pattern: str) -> None:
    assert slowness(pattern) is None
    for text in ("a" * 300 + "!", "1" * 300 + "!", "a.1-," * 60 + "!", "foobarfar" * 30 + "!"):
        re.search(pattern, text)


def test_a_pattern_is_judged_by_its_length_first() -> None:
    assert slowness(f"^{'(' * 600}a{')' * 600}$") == "it is 1,203 characters long, more than 500"
