"""Attributes that are made at their first use."""

from __future__ import annotations

from jsms_runtime.resource import lazy_property


class House:
    def __init__(self) -> None:
        self.built = 0

    @lazy_property
    def garden(self) -> list[str]:
        """Where the roses are."""
        self.built += 1
        return ["rose"]


def test_it_is_made_once_for_each_object() -> None:
    one, other = House(), House()
    assert one.built == 0
    assert one.garden is one.garden
    assert one.built == 1
    assert other.garden is not one.garden


def test_its_class_shows_what_it_is() -> None:
    assert House.garden.__doc__ == "Where the roses are."
