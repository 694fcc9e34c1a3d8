"""One source file, rewritten word by word: code by its tokens, texts and comments by the words in them."""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterator
from itertools import pairwise

from unasync_tool.rules import Rules

_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
# In a text, "async" is dropped where code is quoted, and kept where it is a word of a sentence.
_QUOTED = re.compile(r"\basync (?=def\b|with\b|for\b)|\bawait (?=[A-Za-z_(])")


class Rewriter:
    """Rewrites files, and remembers which rules were of use.

    Args:
        rules: What becomes what.
    """

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._used: set[str] = set()

    def rewrite(self, source: str) -> str:
        """The synchronous form of a file.

        Args:
            source: The asynchronous one.
        """
        lines = source.splitlines(keepends=True)
        starts = [0]
        for line in lines:
            starts.append(starts[-1] + len(line))
        pieces: list[str] = []
        done = 0
        for begin, end, text in self._changes(source, starts):
            pieces += (source[done:begin], text)
            done = end
        return "".join((*pieces, source[done:]))

    def unused(self) -> list[str]:
        """The rules that nothing needed so far."""
        rules = {*self._rules.names, *self._rules.phrases, self._rules.prefix}
        return sorted(rules - self._used)

    def _changes(self, source: str, starts: list[int]) -> Iterator[tuple[int, int, str]]:
        """Where to change the source, and to what, from front to back."""
        tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
        for token, following in pairwise(tokens):
            begin = starts[token.start[0] - 1] + token.start[1]
            end = starts[token.end[0] - 1] + token.end[1]
            if token.string in ("async", "await") and token.type != tokenize.STRING:
                # With the space behind it.
                yield begin, starts[following.start[0] - 1] + following.start[1], ""
            elif token.type == tokenize.NAME:
                yield begin, end, self._name(token.string)
            elif token.type in _TEXTS:
                yield begin, end, self._text(source[begin:end])

    def _name(self, name: str) -> str:
        if name in self._rules.names:
            self._used.add(name)
            return self._rules.names[name]
        prefix = self._rules.prefix
        if name.startswith(prefix) and name[len(prefix) : len(prefix) + 1].isupper():
            self._used.add(prefix)
            return name.removeprefix(prefix)
        return name

    def _text(self, text: str) -> str:
        for phrase, other in self._rules.phrases.items():
            # A phrase may be broken over two lines of a docstring.
            found = re.compile(r"\s+".join(map(re.escape, phrase.split())))
            if found.search(text):
                self._used.add(phrase)
                text = found.sub(other.replace("\\", r"\\"), text)
        return _WORD.sub(lambda word: self._name(word[0]), _QUOTED.sub("", text))


# Since 3.12 an f-string is several tokens; the name of the middle one says so only there.
_TEXTS = frozenset((tokenize.STRING, tokenize.COMMENT, getattr(tokenize, "FSTRING_MIDDLE", tokenize.STRING)))

__all__ = ["Rewriter"]
