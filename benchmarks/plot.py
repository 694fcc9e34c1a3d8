"""SVG plots: bars for the cost of a call, lines for figures that grow with the size."""

from __future__ import annotations

import math
from collections.abc import Iterator
from html import escape

from benchmarks.figures import Line, Row, Section

_LEFT, _WIDTH, _BAR, _GAP = 270, 420, 16, 8
_OURS, _OTHERS, _TEXT, _GRID = "#0f766e", "#94a3b8", "#334155", "#e2e8f0"
_HEIGHT, _MARGIN, _LABELS = 280, 70, 200
_BETWEEN_LABELS = 14


def bars(section: Section, column: str, title: str) -> str:
    """Draw one bar for each row that has the figure.

    Args:
        section: What was measured.
        column: The column to show.
        title: What to call it.
    """
    rows = [row for row in section.rows if column in row.values]
    most = max(row.values[column] for row in rows)
    parts = [_title(title)]
    for place, row in enumerate(rows):
        parts += _bar(row, row.values[column], most, 44 + place * (_BAR + _GAP))
    return _picture(parts, _LEFT + _WIDTH + 90, 60 + len(rows) * (_BAR + _GAP))


def lines(section: Section, title: str, across: str) -> str:
    """Draw one line for each client, over a logarithmic axis.

    Args:
        section: What was measured.
        title: What the height is.
        across: What is on the axis.
    """
    wide = sorted({x for line in section.lines for x, _ in line.points})
    most = max(y for line in section.lines for _, y in line.points) * 1.05
    first, last = math.log(wide[0]), math.log(wide[-1])

    def place(x: float, y: float) -> tuple[float, float]:
        return _MARGIN + (math.log(x) - first) / (last - first) * _WIDTH, 50 + _HEIGHT * (1 - y / most)

    parts = [_title(title)]
    for x in wide:
        left, bottom = place(x, 0)
        parts.append(f'<line x1="{left:.1f}" y1="50" x2="{left:.1f}" y2="{bottom:.1f}" stroke="{_GRID}"/>')
        parts.append(f'<text x="{left:.1f}" y="{bottom + 18:.1f}" text-anchor="middle">{x:,.0f}</text>')
    for share in (0.0, 0.5, 1.0):
        _, top = place(wide[0], most * share)
        parts.append(f'<line x1="{_MARGIN}" y1="{top:.1f}" x2="{_MARGIN + _WIDTH}" y2="{top:.1f}" stroke="{_GRID}"/>')
        value = most * share
        shown = f"{value:,.0f}" if most >= 100 else f"{value:.1f}"
        parts.append(f'<text x="{_MARGIN - 8}" y="{top + 4:.1f}" text-anchor="end">{shown}</text>')
    parts.append(f'<text x="{_MARGIN + _WIDTH / 2}" y="{_HEIGHT + 88}" text-anchor="middle">{escape(across)}</text>')
    heights = _apart([place(*line.points[-1])[1] for line in section.lines])
    for line, height in zip(section.lines, heights, strict=True):
        parts += _line(line, [place(x, y) for x, y in line.points], height)
    return _picture(parts, _MARGIN + _WIDTH + _LABELS, _HEIGHT + 104)


def _line(line: Line, points: list[tuple[float, float]], height: float) -> Iterator[str]:
    colour, width = (_OURS, 3) if line.ours else (_OTHERS, 2)
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    yield f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="{width}"/>'
    weight = ' font-weight="600"' if line.ours else ""
    yield f'<text x="{points[-1][0] + 8:.1f}" y="{height + 4:.1f}"{weight}>{escape(line.name)}</text>'


def _apart(heights: list[float]) -> list[float]:
    """Heights of labels that do not lie over one another, in the order of the lines."""
    order = sorted(range(len(heights)), key=heights.__getitem__)
    placed = [0.0] * len(heights)
    above = -math.inf
    for index in order:
        above = placed[index] = max(heights[index], above + _BETWEEN_LABELS)
    return placed


def _bar(row: Row, value: float, most: float, top: int) -> Iterator[str]:
    middle = top + _BAR - 4
    length = max(1.0, value / most * _WIDTH)
    weight = ' font-weight="600"' if row.ours else ""
    colour = _OURS if row.ours else _OTHERS
    name = escape(row.name.replace("`", ""))
    yield f'<text x="{_LEFT - 10}" y="{middle}" text-anchor="end"{weight}>{name}</text>'
    yield f'<rect x="{_LEFT}" y="{top}" width="{length:.1f}" height="{_BAR}" rx="2" fill="{colour}"/>'
    yield f'<text x="{_LEFT + length + 8:.1f}" y="{middle}"{weight}>{value:,.0f}</text>'


def _title(title: str) -> str:
    return f'<text x="8" y="26" font-size="14" font-weight="600">{escape(title)}</text>'


def _picture(parts: list[str], width: float, height: float) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        f'font-family="system-ui, sans-serif" font-size="12" fill="{_TEXT}">\n'
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>\n' + "\n".join(parts) + "\n</svg>\n"
    )
