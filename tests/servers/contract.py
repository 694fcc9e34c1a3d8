"""The contract as data."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache

from jsms_client.contract import openapi


@cache
def load_document() -> Mapping[str, object]:
    """Return the whole document."""
    loaded: Mapping[str, object] = json.loads(openapi("json"))
    return loaded
