"""``jsms spec``."""

from __future__ import annotations

from jsms_cli.options import JsonOption
from jsms_cli.writing import write


def spec(as_json: JsonOption = False) -> None:
    """Print the contract, an OpenAPI 3.1 document, as YAML or as JSON."""
    from jsms_client.contract import openapi

    write(openapi("json" if as_json else "yaml"))
