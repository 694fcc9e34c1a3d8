"""The public masking functions are those of the client."""

from __future__ import annotations

from jsms_client.masking import is_control, mask_mobile, mask_text, printable


def test_a_number_keeps_its_ends() -> None:
    assert mask_mobile("13800138000") == "138****8000"


def test_a_text_keeps_no_longer_number() -> None:
    assert "123456" not in str(mask_text("123456"))


def test_what_would_act_on_a_terminal_is_replaced() -> None:
    assert is_control("\x1b")
    assert not is_control("极")
    assert "\x1b" not in printable("\x1b[31m极光")
    assert "极光" in printable("\x1b[31m极光")
