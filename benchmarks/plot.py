"""The plot: one bar for each way to make a call, as a picture without a library."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from .figures import Row, Section

_LEFT, _WIDTH, _BAR, _GAP = 270, 420, 16, 8
_OURS, _OTHERS, _TEXT = "#0f766e", "#94a3b8", "#334155"


def draw(charts: list[tuple[Section, str, str]]) -> str:
    """Charts below one another.

    Args:
        charts: Section, the column to show, and what to call it.
    """
    parts: list[str] = []
    top = 0
    for section, column, unit in charts:
        parts += _chart(section, column, unit, top)
        top += 44 + len(section.rows) * (_BAR + _GAP) + 16
    width = _LEFT + _WIDTH + 90
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{top}" viewBox="0 0 {width} {top}" '
        f'font-family="system-ui, sans-serif" font-size="12" fill="{_TEXT}">\n'
        f'<rect width="{width}" height="{top}" fill="#ffffff"/>\n' + "\n".join(parts) + "\n</svg>\n"
    )


def _chart(section: Section, column: str, unit: str, top: int) -> Iterator[str]:
    yield f'<text x="8" y="{top + 26}" font-size="14" font-weight="600">{escape(section.title)}: {escape(unit)}</text>'
    most = max(row.values[column] for row in section.rows)
    for place, row in enumerate(section.rows):
        yield from _bar(row, row.values[column], most, top + 44 + place * (_BAR + _GAP))


def _bar(row: Row, value: float, most: float, top: int) -> Iterator[str]:
    middle = top + _BAR - 4
    length = max(1.0, value / most * _WIDTH)
    weight = ' font-weight="600"' if row.ours else ""
    colour = _OURS if row.ours else _OTHERS
    name = escape(row.name.replace("`", ""))
    yield f'<text x="{_LEFT - 10}" y="{middle}" text-anchor="end"{weight}>{name}</text>'
    yield f'<rect x="{_LEFT}" y="{top}" width="{length:.1f}" height="{_BAR}" rx="2" fill="{colour}"/>'
    yield f'<text x="{_LEFT + length + 8:.1f}" y="{middle}"{weight}>{value:,.0f}</text>'
