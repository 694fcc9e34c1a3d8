"""What the contract documents beyond operations and codes: statuses by name, and an example of each callback."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any

from .contract import resolve
from .state.entities import CallbackType


@dataclass(frozen=True, slots=True)
class StatusText:
    """What the contract says of one delivery status."""

    status: int
    name: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The documented delivery statuses with their names, and the documented ``data`` of each callback type."""

    delivery_statuses: tuple[StatusText, ...]
    status_names: Mapping[int, str]
    callback_samples: Mapping[CallbackType, str]


@functools.cache
def catalogue() -> Catalogue:
    """The catalogue, read once a process, when it is first asked for."""
    document: dict[str, Any] = json.loads(resources.files("jsms_contract").joinpath("openapi.json").read_bytes())
    statuses: dict[str, Any] = document["components"]["schemas"]["DeliveryStatus"]
    columns = zip(statuses["enum"], statuses["x-enum-varnames"], statuses["x-enum-descriptions"], strict=True)
    samples: dict[CallbackType, str] = {}
    for webhook in document["webhooks"].values():
        media = resolve(document, webhook)["post"]["requestBody"]["content"]["application/x-www-form-urlencoded"]
        for example in media["examples"].values():
            samples.setdefault(example["value"]["type"], example["value"]["data"])
    texts = tuple(StatusText(*column) for column in columns)
    return Catalogue(texts, {text.status: text.name for text in texts}, samples)
