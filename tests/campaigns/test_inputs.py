"""A list in a file is read as people and spreadsheets write it; a bad line is named, with its number and its reason."""

from __future__ import annotations

import os
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from jsms_client.campaigns import BadLine, CampaignInputError, ListedRecipient, RecipientFile, read_recipients
from jsms_client.campaigns._inputs.formats import LONGEST_LINE, MOST_LINES
from jsms_client.campaigns._inputs.sources import check, detect, read_file
from jsms_sandbox.pytest_plugin import Sandbox

from .drivers import Driver

A, B = "13800000000", "13800000001"


@pytest.fixture
def write(tmp_path: Path) -> Any:
    def write(content: str | bytes, name: str = "list.csv", **more: Any) -> RecipientFile:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return RecipientFile(path, **more)

    return write


def read(file: RecipientFile) -> list[tuple[int, str, Any]]:
    """Return the valid recipients; there must be no other."""
    checked, bad = check([*chain.from_iterable(read_file(file))])
    assert bad == []
    return checked


def bad(file: RecipientFile) -> dict[int, str]:
    """Return the problem of each line."""
    checked, bad = check([*chain.from_iterable(read_file(file))])
    assert all(mobile in (A, B) for _, mobile, _ in checked)
    return {line.number: line.reason for line in bad}


@pytest.mark.parametrize(
    "content",
    [
        f"mobile,name\n{A},王\n{B},李\n",
        f"mobile,name\r\n{A},王\r\n{B},李",
        f"mobile,name\r{A},王\r{B},李\r",
        f"name,mobile\n王,{A}\n李,{B}\n",
        f"\ufeffmobile,name\n{A},王\n{B},李\n",
        f'"mobile","name"\n"{A}","王"\n"{B}","李"\n',
        f" mobile , name \n {A} , 王 \n\t{B}\t,\t李\t\n",
        f'mobile, "name" \n{A}, "王" \n{B},"李"\n',
        f"mobile;name\n{A};王\n{B};李\n",
        f"mobile\tname\n{A}\t王\n{B}\t李\n",
        f"mobile,name,,\n{A},王,,\n{B},李,,\n",
        f"mobile,name\n{A},王,,,\n{B},李\n",
        f"Mobile Number,name\n{A},王\n{B},李\n",
        f"手机号,name\n{A},王\n{B},李\n",
        f"mobile,name\n+86 138-0000-0000,王\n0086{B},李\n",
    ],
)
def test_a_table_is_read_however_it_is_written(write: Any, content: str) -> None:
    assert read(write(content)) == [(2, A, {"name": "王"}), (3, B, {"name": "李"})]


def test_blank_lines_count_and_are_no_entries(write: Any) -> None:
    assert read(write(f"\n\nmobile,name\n\n{A},王\n , \n,\n\n{B},李\n\n")) == [
        (5, A, {"name": "王"}),
        (9, B, {"name": "李"}),
    ]


def test_quotes_hold_commas_quotes_and_lines(write: Any) -> None:
    content = f'mobile,text\n{A},"a, ""b"" \nc"\n{B},"x" \n'
    assert read(write(content)) == [(2, A, {"text": 'a, "b" \nc'}), (4, B, {"text": "x"})]


@pytest.mark.parametrize("name", ["list.csv", "list.tsv", "list.txt", "list"])
def test_a_list_of_numbers_needs_no_header(write: Any, name: str) -> None:
    assert read(write(f"{A}\n{B}\n", name)) == [(1, A, None), (2, B, None)]


def test_numbers_under_a_header_have_no_parameters(write: Any) -> None:
    assert read(write(f"mobile\n{A}\n")) == [(2, A, None)]


@pytest.mark.parametrize("content", ["", "\n\n", "mobile,name\n", "\ufeff"])
def test_a_file_without_entries_is_empty(write: Any, content: str) -> None:
    assert read(write(content)) == []


@pytest.mark.parametrize("name", ["list.tsv", "list.tab"])
def test_a_file_of_tabs_may_have_commas(write: Any, name: str) -> None:
    assert read(write(f"mobile\ttext\n{A}\ta,b\n", name)) == [(2, A, {"text": "a,b"})]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
def test_the_encoding_is_found_out(write: Any, encoding: str) -> None:
    content = f"手机号,name\n{A},王小明\n{B},李四光\n".encode(encoding)
    assert read(write(content)) == [(2, A, {"name": "王小明"}), (3, B, {"name": "李四光"})]


def test_one_name_far_down_may_tell_the_encoding(write: Any) -> None:
    content = "mobile,name\n" + f"{A},x\n" * 20_000
    assert read(write((content + f"{B},王\n").encode("gb18030")))[-1] == (20_002, B, {"name": "王"})
    assert read(write((content + f"{B},王\n").encode()))[-1] == (20_002, B, {"name": "王"})


def test_the_encoding_can_be_said(write: Any) -> None:
    content = f"mobile,name\n{A},é\n".encode("latin-1")
    assert read(write(content, encoding="latin-1")) == [(2, A, {"name": "é"})]
    with pytest.raises(CampaignInputError, match="no encoding is called 'klingon'"):
        read(write(content, encoding="klingon"))


def test_a_byte_of_no_encoding_costs_its_line_alone(write: Any) -> None:
    content = f"mobile,name\n{A},王\n".encode() + f"{B},".encode() + b"\xff\xff\n" + f"{B},李\n".encode()
    file = write(content)
    assert detect(Path(file.path)) == "utf-8"
    assert bad(file) == {3: "the line is not valid in the file's encoding, utf-8"}
    mostly_gb = f"mobile,name\n{A},王小明\n".encode("gb18030") + b"\xff\xff\xff,x\n"
    assert bad(write(mostly_gb)) == {3: "the line is not valid in the file's encoding, gb18030"}


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("1380000,王", "mobile is not a mainland China mobile number"),
        (",王", "mobile"),
        (f"{A}", "it has 1 cells where the header has 2"),
        (f"{A},王,more", "it has 3 cells where the header has 2"),
        ('"13800000000,王', "a quote is opened and never closed"),
        (f'{A},"王" x', "the quoting is wrong"),
        (f"{A},{'x' * 3 * LONGEST_LINE}", f"the line is longer than {LONGEST_LINE} characters"),
    ],
)
def test_a_bad_line_is_named_and_costs_no_other(write: Any, line: str, reason: str) -> None:
    file = write(f"mobile,name\n{A},王\n{line}\n{B},李\n")
    ((number, found),) = bad(file).items()
    assert number == 3
    assert reason in found
    assert [entry for entry, given in chain.from_iterable(read_file(file)) if not isinstance(given, BadLine)][-1] == 4
    # Numbers are private.
    assert A not in found


def test_a_forgotten_quote_swallows_nothing(write: Any) -> None:
    rows = "".join(f"{A},x\n" for _ in range(MOST_LINES + 10))
    file = write(f'mobile,name\n{B},"forgotten\n{rows}')
    assert bad(file) == {2: "a quote is opened and never closed"}
    assert len([*chain.from_iterable(read_file(file))]) == MOST_LINES + 11


def test_a_bad_byte_within_quotes_is_two_bad_lines(write: Any) -> None:
    content = f'mobile,name\n{A},"x\n'.encode() + b"\xff\n" + f"{B},y\n".encode()
    assert bad(write(content)) == {
        2: "a quote is opened and never closed",
        3: "the line is not valid in the file's encoding, utf-8",
    }


def test_a_wrong_quote_within_lines_gives_them_back(write: Any) -> None:
    assert bad(write(f'mobile,name\n{A},"x\n{B},"y"z\n{B},w\n')).keys() == {2, 3}


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (f"name,points\n王,{A}\n", "no column of the header, line 1, is known to have the numbers"),
        (f"{A},王\n{B},李\n", "no column of the header, line 1, is known to have the numbers"),
        (f"phone,电话\n{A},{B}\n", "more than one column could have the numbers: 'phone', '电话'"),
        (f"mobile,name,name\n{A},x,y\n", "two columns of the header have the same name, 'name'"),
        (f"mobile,,name\n{A},x,y\n", "column 2 of the header has no name"),
        (f'"mobile,name\n{A},x\n', "the header, line 1, cannot be read: a quote is opened and never closed"),
    ],
)
def test_a_header_that_does_not_say_enough_stops_it(write: Any, content: str, problem: str) -> None:
    with pytest.raises(CampaignInputError) as caught:
        read(write(content))
    assert problem in str(caught.value)


def test_a_header_that_is_no_text_stops_it(write: Any) -> None:
    with pytest.raises(CampaignInputError, match="the header, line 1, cannot be read: the line is not valid"):
        read(write(b"mobile,\xff\xff\xff\n", encoding="utf-8"))


def test_of_several_columns_mobile_is_the_one(write: Any) -> None:
    assert read(write(f"电话,mobile\n010,{A}\n")) == [(2, A, {"电话": "010"})]


def test_the_column_can_be_said(write: Any) -> None:
    content = f"to,phone\n{A},x\n"
    assert read(write(content, mobile_column="to")) == [(2, A, {"phone": "x"})]
    with pytest.raises(CampaignInputError, match="the list has no column 'from'; it has 'to', 'phone'"):
        read(write(content, mobile_column="from"))


@pytest.mark.parametrize("name", ["list.jsonl", "list.ndjson", "list.json", "list"])
def test_json_lines_are_read(write: Any, name: str) -> None:
    lines = [
        f'{{"mobile": "{A}", "temp_para": {{"name": "王", "points": 7}}}}',
        "",
        f'{{"phone": {B}, "name": "李", "vip": true}}',
        f'{{"mobile": "{A}"}}',
        f'"{A}"',
        B,
    ]
    assert read(write("\n".join(lines), name)) == [
        (1, A, {"name": "王", "points": "7"}),
        (3, B, {"name": "李", "vip": "true"}),
        (4, A, None),
        (5, A, None),
        (6, B, None),
    ]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"mobile": ', "it is not JSON (Expecting value)"),
        (b"[" * 100_000, "the line is longer"),
        (b"[" * 60_000, "it is not JSON that can be read: nested too deep"),
        (b"1" * 5_000, "it is not JSON (a number too long)"),
        (b"[1]", "it is neither an object nor a number"),
        (b"true", "it is neither an object nor a number"),
        (b'{"name": "x"}', "no field of it is known to have the number: call it mobile"),
        (b'{"phone": "1", "tel": "2"}', "more than one column could have the numbers: 'phone', 'tel'"),
        (b'{"mobile": "13800000000", "temp_para": {}, "name": "x"}', "it has temp_para and other fields beside it"),
        (b'{"mobile": "13800000000", "name": null}', "temp_para['name'] is None"),
        (b'{"mobile": "\xff"}', "the line is not valid in the file's encoding, utf-8"),
    ],
)
def test_a_bad_line_of_json_is_named(write: Any, line: bytes, reason: str) -> None:
    file = write(b'"13800000000"\n' + line + b'\n"13800000001"\n', "list.jsonl", encoding="utf-8")
    ((number, found),) = bad(file).items()
    assert number == 2
    assert reason in found


def test_the_format_can_be_said(write: Any) -> None:
    assert read(write(f'"{A}"\n', "list.csv", format="jsonl")) == [(1, A, None)]
    assert read(write(f"mobile;x\n{A};1\n", "list.json", format="csv")) == [(2, A, {"x": "1"})]


def test_a_file_that_cannot_be_opened_is_said_so(tmp_path: Path) -> None:
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(CampaignInputError, match="cannot be read"):
            list(read_file(RecipientFile(path)))


@pytest.mark.skipif(os.name != "posix", reason="has no such pipes")
def test_a_pipe_is_refused_as_it_can_be_read_only_once(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.csv"
    os.mkfifo(pipe)
    with pytest.raises(CampaignInputError, match="write it into a file first"):
        read(RecipientFile(pipe))


@pytest.mark.parametrize("name", ["list.csv", "list.txt"])
def test_a_file_that_breaks_off_in_a_character_is_refused(write: Any, name: str) -> None:
    broken = write(f"mobile,name\n{A},王\n".encode("utf-16") + b"1", name)
    with pytest.raises(CampaignInputError, match="is damaged, or not in utf-16"):
        read(broken)


def test_a_field_that_stands_in_a_line_twice_is_named(write: Any) -> None:
    line = f'{{"mobile": "{A}", "mobile": "{B}"}}'
    nested = f'{{"mobile": "{A}", "temp_para": {{"name": "a", "name": "b"}}}}'
    given = write(f"{line}\n{nested}\n", "list.jsonl")
    assert bad(given) == dict.fromkeys((1, 2), "a field is in it more than once")


@pytest.mark.parametrize("content", ["", "mobile,name\n"])
def test_an_empty_list_is_refused(driver: Driver, app: Sandbox, write: Any, content: str) -> None:
    for empty in (write(content), ()):
        for dry_run in (False, True):
            with pytest.raises(CampaignInputError, match="the list is empty"):
                driver.send(app.settings, empty, dry_run=dry_run)


@pytest.mark.parametrize(
    ("name", "start", "said"),
    [
        ("people.xlsx", b"PK\x03\x04\x14\x00", "Excel workbook.*CSV UTF-8"),
        ("people.csv", b"PK\x03\x04\x14\x00", "Excel workbook.*CSV UTF-8"),
        ("people.xls", b"\xd0\xcf\x11\xe0\xa1\xb1", "Excel workbook of the old format.*CSV UTF-8"),
        ("people.xls", b"\xef\xbb\xbf <html><table>", "HTML or XML.*CSV UTF-8"),
        ("people.json", b' \n[{"mobile": "13800138000"}]', "JSON array.*one object on each line"),
        ("people.csv.gz", b"\x1f\x8b\x08", "gzip"),
        ("people.db", b"SQLite format 3\x00", "database"),
        ("people.pdf", b"%PDF-1.7", "PDF"),
    ],
)
def test_what_is_no_list_is_named(tmp_path: Path, name: str, start: bytes, said: str) -> None:
    path = tmp_path / name
    path.write_bytes(start + b"\x00" * 50)
    with pytest.raises(CampaignInputError, match=said):
        list(read_file(RecipientFile(path)))


@pytest.mark.parametrize(
    "text",
    [
        "sep=;\nmobile;name\n13800138000;x\n",
        "\n\nSEP=;\r\nmobile;name\r\n13800138000;x\r\n",
        "Our members\nmobile,name\n13800138000,x\n",
        "Our members,,\nof spring,,\nname,mobile,\nx,13800138000,\n",
        ",mobile,name\n0,13800138000,x\n",
    ],
)
def test_a_list_as_spreadsheets_and_pandas_write_it_is_read(tmp_path: Path, text: str) -> None:
    path = tmp_path / "people.csv"
    path.write_text(text, encoding="utf-8")
    assert [entry for _, entry in chain.from_iterable(read_file(RecipientFile(path)))] == [
        ("13800138000", {"name": "x"})
    ]


def test_a_first_column_without_a_name_that_is_no_index_is_a_bad_line(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text(",mobile\nx,13800138000\n", encoding="utf-8")
    ((_, entry),) = chain.from_iterable(read_file(RecipientFile(path)))
    assert isinstance(entry, BadLine)
    assert "the first column has no name" in entry.reason


def test_a_title_above_numbers_without_a_header_is_no_header(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("Our members\n13800138000\n", encoding="utf-8")
    with pytest.raises(CampaignInputError, match="no column of the header, line 1"):
        list(read_file(RecipientFile(path)))


def test_each_line_is_a_recipient_or_says_why_it_is_none(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("mobile,number\n13800138000,A7\n138,B\n", encoding="utf-8")
    for file in (path, str(path), RecipientFile(path, format="csv")):
        found = list(read_recipients(file))
        assert found[0] == ListedRecipient(2, "13800138000", {"number": "A7"})
        assert isinstance(found[1], BadLine)
        assert found[1].number == 3
        assert "13800138000" not in repr(found)
        assert "A7" not in repr(found)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(CampaignInputError, match="cannot be read"):
        list(read_recipients(tmp_path / "none.csv"))
