"""A list in a file can be read without a campaign."""

from __future__ import annotations

from pathlib import Path

import pytest

from jsms_client.campaigns import BadLine, CampaignInputError, ListedRecipient, RecipientFile, read_recipients


def test_each_line_is_a_recipient_or_says_why_it_is_none(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("mobile,number\n13800138000,A7\n138,B\n", encoding="utf-8")
    for file in (path, str(path), RecipientFile(path, format="csv")):
        found = list(read_recipients(file))
        assert found[0] == ListedRecipient(2, "13800138000", {"number": "A7"})
        assert isinstance(found[1], BadLine)
        assert found[1].number == 3
        assert "13800138000" not in repr(found)
        assert "A7" not in repr(found)


def test_what_is_no_list_is_named(tmp_path: Path) -> None:
    with pytest.raises(CampaignInputError, match="cannot be read"):
        list(read_recipients(tmp_path / "none.csv"))
