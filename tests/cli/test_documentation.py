"""docs/cli.md names every command, and no other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Protocol, cast

from jsms_cli.tree import command

from .runner import ROOT

PAGE = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")


class Tree(Protocol):
    """What is used of a command."""

    name: str | None
    help: str | None


def leaves(tree: object, words: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Tree]]:
    below = cast("dict[str, object]", getattr(tree, "commands", {}))
    if not below or words == ("api",):  # the page describes the operations as a whole: the contract lists them
        yield words, cast("Tree", tree)
        return
    for name, each in below.items():
        yield from leaves(each, (*words, name))


def test_every_command_is_named() -> None:
    rows = [line for line in PAGE.splitlines() if line.startswith("| `jsms ")]
    missing = [
        words
        for words, _ in leaves(command())
        if not any(f"`jsms {words[0]}" in row and re.search(rf"\b{words[-1]}\b", row) for row in rows)
    ]
    assert missing == []


def test_every_command_that_is_named_is_there() -> None:
    there = {words for words, _ in leaves(command())}
    named = {tuple(found.split()) for found in re.findall(r"`jsms ([a-z][a-z-]*(?: [a-z][a-z-]*)?)", PAGE)}
    known = there | {words[:1] for words in there}
    alone = {words for words in there if len(words) == 1}
    assert [words for words in named if words not in known and words[:1] not in alone] == []


def test_every_command_says_what_it_does() -> None:
    assert [words for words, each in leaves(command()) if not each.help] == []
