"""The benchmarks: their server answers, and their document says what was measured."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree as ET

import pytest
from benchmarks import plot, report
from benchmarks.figures import Row, Section, Target
from benchmarks.server import running

from jsms_client import JSMS

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


def test_the_server_answers_what_the_client_asks(base_url: str) -> None:
    with JSMS("a" * 24, "b" * 24, base_url=base_url) as jsms:
        assert jsms.codes.send("13800138000", temp_id=1).msg_id == "288193860302"
        batch = jsms.messages.send_batch([("13800138000", {"name": "x"}), "13800138001"], temp_id=1)
    assert [(each.mobile, each.accepted) for each in batch.recipients] == [("13800138000", True), ("13800138001", True)]


def test_the_document_has_every_figure_and_says_what_was_not_reached() -> None:
    written = report.write([SECTION], "images/plot.svg")
    assert "| **JSMS <&>** | 0.70 | 980 |" in written
    assert "| CPU of a call, in httpx's | 0.70 | ≤ 1.10 | reached |" in written
    assert "| requests a second | 900 | ≥ 1,000 | **not reached** |" in written
    assert "Not reached, requests a second: It rained." in written
    assert "12 % somewhere" in written


def test_the_plot_is_a_picture_with_a_bar_for_each_line() -> None:
    picture = ET.fromstring(plot.draw([(SECTION, "CPU µs", "CPU")]))
    bars = [each for each in picture.iter("{http://www.w3.org/2000/svg}rect") if each.get("rx")]
    assert [float(bar.attrib["width"]) for bar in bars] == [420, 294]
