"""The contract as this sandbox serves it: for generators and renderers that are pointed at it."""

from __future__ import annotations

import json
from importlib import resources
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Scope

from jsms_sandbox.asgi import OWN

CONTRACT = f"{OWN}/openapi.json"


def contract_answer(scope: Scope) -> Response:
    """The contract with this sandbox as its first server, so that "try it" never reaches the real service."""
    document: dict[str, Any] = json.loads(resources.files("jsms_contract").joinpath("openapi.json").read_bytes())
    root = str(Request(scope).base_url).rstrip("/")
    document["servers"] = [{"url": f"{root}/v1", "description": "Sandbox"}]
    return JSONResponse(document, headers={"cache-control": "no-store", "x-content-type-options": "nosniff"})
