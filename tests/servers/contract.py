"""The contract as data."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

_PATH = Path(__file__).parents[2] / "generated" / "jsms_contract" / "openapi.json"


@cache
def load_document() -> Mapping[str, object]:
    """The whole document."""
    loaded: Mapping[str, object] = json.loads(_PATH.read_bytes())
    return loaded
