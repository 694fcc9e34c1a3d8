"""The benchmarks: their server runs, and their document holds what was measured."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from benchmarks import plot, report
from benchmarks.figures import Line, Row, Section, Target
from benchmarks.profiles import profile
from benchmarks.server import running
from benchmarks.translation import translate

from jsms_client import JSMS

BENCHMARKS = [*Path(plot.__file__).parent.glob("*.py")]
SECTION = Section(
    "Calls",
    "What they cost.",
    {"of httpx": "{:.2f}", "CPU µs": "{:,.0f}"},
    [
        Row("httpx", {"of httpx": 1, "CPU µs": 1400}),
        Row("JSMS <&>", {"of httpx": 0.7, "CPU µs": 980}, ours=True),
    ],
    [
        Target("CPU of a call, in httpx's", 0.7, 1.1),
        Target("requests a second", 900, 1000, at_least=True, note="It rained."),
    ],
    "12 % somewhere",
)


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    with running() as base_url:
        yield base_url


def test_the_server_responds_to_each_request(base_url: str) -> None:
    with JSMS("a" * 24, "b" * 24, base_url=base_url) as jsms:
        assert jsms.codes.send("13800138000", temp_id=1).msg_id == "288193860302"
        batch = jsms.messages.send_batch([("13800138000", {"name": "x"}), "13800138001"], temp_id=1)
    assert [(each.mobile, each.accepted) for each in batch.recipients] == [("13800138000", True), ("13800138001", True)]


def test_the_document_has_every_figure_and_says_what_was_not_met() -> None:
    written = report.write([SECTION], ["images/plot.svg"])
    assert "| **JSMS <&>** | 0.70 | 980 |" in written
    assert "| CPU of a call, in httpx's | 0.70 | ≤ 1.10 | met |" in written
    assert "| requests a second | 900 | ≥ 1,000 | **not met** |" in written
    assert "Not met: requests a second. It rained." in written
    assert "12 % somewhere" in written


def test_the_document_in_chinese_has_the_same_figures() -> None:
    section = Section(
        "A batch of 1,000", "", {"of json": "{:.2f}"}, [Row("build and parse", {"of json": 2}), Row("urllib3", {})]
    )
    written = report.write([section], [], "zh-CN")
    assert "## 一批 1,000 个接收人" in written
    assert "| 构造与解析 | 2.00 |" in written
    assert "| urllib3 |  |" in written


def test_every_sentence_of_the_benchmarks_has_a_translation() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in BENCHMARKS if path.name != "chinese.py")
    found = re.findall(r'(?:Target|Section)\(\s*"([^"{}]+)"', source)
    assert len(found) > 10
    assert [each for each in found if translate(each) == each] == []


def test_the_bars_have_one_for_each_line() -> None:
    picture = ET.fromstring(plot.bars(SECTION, "CPU µs", "CPU"))
    bars = [each for each in picture.iter("{http://www.w3.org/2000/svg}rect") if each.get("rx")]
    assert [float(bar.attrib["width"]) for bar in bars] == [420, 294]


def test_the_lines_go_through_every_point_and_their_labels_lie_apart() -> None:
    lines = [Line("a", [(1, 5), (16, 10)]), Line("b <&>", [(1, 5), (16, 10)], ours=True)]
    picture = ET.fromstring(plot.lines(replace(SECTION, lines=lines), "title", "tasks"))
    drawn = [*picture.iter("{http://www.w3.org/2000/svg}polyline")]
    assert [len(each.attrib["points"].split()) for each in drawn] == [2, 2]
    heights = [
        float(each.attrib["y"])
        for each in picture.iter("{http://www.w3.org/2000/svg}text")
        if each.text in ("a", "b <&>")
    ]
    assert abs(heights[0] - heights[1]) >= 14


def test_a_profile_names_functions_and_nothing_of_the_machine() -> None:
    said = profile(lambda: time.sleep(0.01), number=2)
    assert "sleep" in said.splitlines()[0]
    assert str(Path.home()) not in said
