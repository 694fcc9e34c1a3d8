"""The modules of generated/ that this project writes itself, as source."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from contract_tools.python_source import docstring, literal


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - it writes Python
    )
    environment.filters["literal"] = literal
    environment.filters["docstring"] = docstring
    return environment


def render(template: str, **values: object) -> str:
    """Fill in a template of this package."""
    return _templates().get_template(f"{template}.jinja").render(values)
