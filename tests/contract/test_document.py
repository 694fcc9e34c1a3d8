"""Reading a document: what is refused, and the place of each value."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract_tools.document import Document, DocumentError, load, parse

HEAD = "openapi: 3.1.0\n"

REFUSED = {
    "nothing": ("", 1, "#", "empty"),
    "a list": ("- a\n", 1, "#", "not an object"),
    "a text": ("hello", 1, "#", "not an object"),
    "no version": ("info: {}\n", 1, "#", "openapi is missing"),
    "a version as a number": ("info: {}\nopenapi: 3.1\n", 2, "#/openapi", "3.1"),
    "a version that is too new": ("info: {}\nopenapi: 3.2.0\n", 2, "#/openapi", "newer than what the generators read"),
    "another version": ("info: {}\nopenapi: 4.0.0\n", 2, "#/openapi", "none of 3.0 and 3.1"),
    "Swagger": ("info: {}\nswagger: '2.0'\n", 2, "#/swagger", "Swagger 2"),
    "a broken line": (f"{HEAD}info:\n  a: b\n c: d\n", 4, "#", "this is not YAML"),
    "an open quote": (f"{HEAD}info: 'a\n", 3, "#", "this is not YAML"),
    "a tab": (f"{HEAD}info:\n\ttitle: a\n", 3, "#", "a tab is where"),
    "an unknown alias": (f"{HEAD}info: *other\n", 2, "#", "undefined alias"),
    "two documents": (f"{HEAD}---\na: b\n", 2, "#", "another document"),
    "a control character": (f"{HEAD}info: a\x01b\n", 2, "#", "U+0001"),
    "a key twice": (f"{HEAD}info:\n  title: a\n  title: b\n", 4, "#/info/title", "the first time on line 3"),
    "a key twice after unescaping": (f"{HEAD}paths:\n  /a: {{}}\n  '/a': {{}}\n", 4, "#/paths/~1a", "twice"),
    "a key that is no text": (f"{HEAD}info:\n  ? [a]\n  : b\n", 3, "#/info", "not a text"),
    "a merge key": (f"{HEAD}info:\n  <<: {{title: a}}\n", 3, "#/info", "merge key"),
    "an endless alias": (f"{HEAD}info: &a\n  b:\n    - *a\n", 2, "#/info/b/0", "inside what it refers to"),
    "a tag": (f"{HEAD}info: !thing a\n", 2, "#/info", "means nothing in JSON"),
    "a number without end": (f"{HEAD}info: {{a: .inf}}\n", 2, "#/info/a", "not a number in JSON"),
    "a number of 200,000 digits": (f"{HEAD}info: {{a: {'9' * 200_000}}}\n", 2, "#/info/a", "has 200,000 characters"),
    "a number of many hex digits": (f"{HEAD}info: {{a: 0x{'f' * 5000}}}\n", 2, "#/info/a", "has 5,002 characters"),
    "a number of many decimals": (f"{HEAD}info: {{a: 0.{'3' * 101}}}\n", 2, "#/info/a", "has 103 characters"),
    "too many levels": (f"{HEAD}info: {'[' * 3000}{']' * 3000}\n", 1, "#", "nested too deeply"),
}


@pytest.mark.parametrize(("text", "line", "pointer", "problem"), REFUSED.values(), ids=REFUSED)
def test_a_broken_document_is_refused_with_its_line(text: str, line: int, pointer: str, problem: str) -> None:
    with pytest.raises(DocumentError) as caught:
        parse(text, "broken.yaml")

    error = caught.value
    assert (error.path, error.line, error.pointer) == ("broken.yaml", line, pointer)
    assert problem in error.problem
    assert error.remedy
    assert str(error) == f"broken.yaml:{line}: {pointer}: {error.problem}. Fix: {error.remedy}."


REFUSED_JSON = {
    "an open brace": ('{"openapi": "3.1.0",\n', 2, "#", "this is not JSON"),
    "a comment": ('{"openapi": "3.1.0",\n// no\n"info": {}}', 2, "#", "this is not JSON"),
    "a key twice": ('{"openapi": "3.1.0",\n"a": 1,\n"a": 2}', 3, "#/a", "the first time on line 2"),
    "a number of 200,000 digits": (
        f'{{"openapi": "3.1.0",\n"a": {"9" * 200_000}}}',
        2,
        "#/a",
        "has 200,000 characters",
    ),
    "no number": ('{"openapi": "3.1.0",\n"a": NaN}', 2, "#", "NaN is not a number"),
}


@pytest.mark.parametrize(("text", "line", "pointer", "problem"), REFUSED_JSON.values(), ids=REFUSED_JSON)
def test_a_broken_json_document_is_refused_with_its_line(text: str, line: int, pointer: str, problem: str) -> None:
    with pytest.raises(DocumentError) as caught:
        parse(text, "broken.json")

    assert (caught.value.line, caught.value.pointer) == (line, pointer)
    assert problem in caught.value.problem


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="there is no such file"):
        load(tmp_path / "nothing.yaml")


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="cannot be read"):
        load(tmp_path)


def test_a_file_that_is_not_utf_8_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "latin.yaml"
    path.write_bytes(b"openapi: 3.1.0\ninfo:\n  title: caf\xe9\n")

    with pytest.raises(DocumentError, match="byte 0xe9 is not UTF-8") as caught:
        load(path)

    assert (caught.value.path, caught.value.line) == (str(path), 3)


def test_a_file_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    path = tmp_path / "marked.yaml"
    path.write_bytes(b"\xef\xbb\xbfopenapi: 3.1.0\n")

    assert load(path).data == {"openapi": "3.1.0"}


def test_values_are_what_json_knows() -> None:
    text = "a: 2030-01-01\nb: on\nc: 0x1F\nd: 1.5\ne: null\nf: true\n200: x\n1.5: y\n~: z\ng: [1, '1']\n"

    assert parse(HEAD + text, "values.yaml").data == {
        "openapi": "3.1.0",
        "a": "2030-01-01",
        "b": "on",
        "c": 31,
        "d": 1.5,
        "e": None,
        "f": True,
        "200": "x",
        "1.5": "y",
        "~": "z",
        "g": [1, "1"],
    }


def test_an_alias_repeats_what_it_names() -> None:
    document = parse(f"{HEAD}a: &one {{b: c}}\nd: *one\n", "alias.yaml")

    assert document.data["a"] == document.data["d"] == {"b": "c"}


def bomb(first: str, repeated: str, levels: int) -> str:
    """Make a small document whose parts each hold nine aliases of the part before."""
    lines = [f"a0: &a0 {first}"]
    lines += [f"a{level}: &a{level} {repeated.format(f'*a{level - 1}')}" for level in range(1, levels + 1)]
    return HEAD + "\n".join(lines) + "\n"


BOMBS = {
    "lists": bomb("[l, l, l, l, l, l, l, l, l]", f"[{', '.join(['{0}'] * 9)}]", 9),
    "objects": bomb("{p: l}", f"{{{{{', '.join(f'p{index}: {{0}}' for index in range(9))}}}}}", 9),
    "long texts": bomb(f"'{'long ' * 2000}'", f"[{', '.join(['{0}'] * 9)}]", 3),
}


@pytest.mark.parametrize("text", BOMBS.values(), ids=BOMBS)
def test_aliases_that_multiply_are_refused_where_they_get_too_long(text: str) -> None:
    with pytest.raises(
        DocumentError, match=r"the aliases \(\*\) in this part make it [0-9,]+ characters long"
    ) as caught:
        parse(text, "bomb.yaml")

    assert caught.value.line > 2
    assert caught.value.pointer.startswith("#/a")


@pytest.fixture
def places() -> Document:
    return parse(
        "# A comment.\nopenapi: 3.1.0\npaths:\n  /a/{b}:\n    get:\n      tags:\n        - one\n        - two\n"
        "  ? /c~d\n  : {put: {}}\n",
        "places.yaml",
    )


@pytest.mark.parametrize(
    ("pointer", "line"),
    [
        ("#", 1),
        ("", 1),
        ("#/openapi", 2),
        ("#/paths", 3),
        ("#/paths/~1a~1{b}", 4),
        ("/paths/~1a~1{b}/get", 5),
        ("#/paths/~1a~1{b}/get/tags/0", 7),
        ("#/paths/~1a~1{b}/get/tags/1", 8),
        ("#/paths/~1c~0d/put", 10),
        ("#/paths/~1a~1{b}/get/tags/2", 6),
        ("#/paths/~1a~1{b}/get/missing/further", 5),
        ("#/nothing", 1),
    ],
)
def test_every_part_knows_its_line(places: Document, pointer: str, line: int) -> None:
    assert places.line(pointer) == line


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


@given(_JSON, st.booleans())
def test_json_is_read_as_it_was_written(value: object, escaped: bool) -> None:
    data = {"openapi": "3.1.0", "x": value}

    assert parse(json.dumps(data, ensure_ascii=escaped, indent="\t"), "any.json").data == data


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    for name in ("any.yaml", "any.json"):
        with suppress(DocumentError):
            assert parse(HEAD + text, name).data["openapi"] == "3.1.0"
