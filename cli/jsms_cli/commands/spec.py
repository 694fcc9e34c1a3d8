"""``jsms spec``."""

from __future__ import annotations

from jsms_cli.options import JsonOption
from jsms_cli.writing import write


def spec(as_json: JsonOption = False) -> None:
    """Print the contract, an OpenAPI 3.1 document, as YAML or as JSON."""
    from importlib.resources import files

    document = files("jsms_contract") / ("openapi.json" if as_json else "openapi.yaml")
    write(document.read_text(encoding="utf-8"))
