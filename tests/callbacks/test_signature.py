"""The signature of a worked example, and its comparison with any text."""

from __future__ import annotations

import pytest

from jsms_client.callbacks import sign
from jsms_client.callbacks._form import same_signature

KNOWN = "57858e063e5a802e09f7e87169b587701537d4d9"


def test_the_worked_example_gives_the_known_signature() -> None:
    made = sign("dev_sample_appKey", "dev_sample_appMasterSecret", "7659972084945889195", "1492150740274")

    assert made == KNOWN


@pytest.mark.parametrize("given", [KNOWN, KNOWN.upper(), KNOWN.capitalize()])
def test_upper_and_lower_case_are_the_same_signature(given: str) -> None:
    assert same_signature(KNOWN, given)


@pytest.mark.parametrize("given", ["", KNOWN[:-1], KNOWN + "0", f" {KNOWN}", "５" + KNOWN[1:], "é" * 40, "\ud800" * 40])
def test_any_other_text_is_another_signature(given: str) -> None:
    assert not same_signature(KNOWN, given)


def test_text_beyond_ascii_can_be_signed() -> None:
    assert len(sign("ключ", "秘密", "1\ud800", "2")) == 40
