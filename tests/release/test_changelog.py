"""The changelog has an entry of the version that is built."""

from __future__ import annotations

import pytest

import jsms_client
from releasing import ROOT, GateError, check_changelog, entries

HEAD = "# Changelog\n\n"
GOOD = HEAD + "## 0.2.0 (2026-11-30)\n- More,\n  and more.\n\n## 0.1.0 (2026-01-02)\n- First.\n"


def test_the_projects_own_changelog_has_the_form() -> None:
    check_changelog((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), jsms_client.__version__, release=False)


def test_every_version_is_read_with_its_lines() -> None:
    check_changelog(GOOD, "0.2.0", release=True)
    assert [(str(version), text) for version, _, text in entries(GOOD)] == [
        ("0.2.0", "- More,\n  and more."),
        ("0.1.0", "- First."),
    ]


@pytest.mark.parametrize(
    ("changelog", "version", "said"),
    [
        (GOOD, "0.3.0", "the newest entry must be that of 0.3.0"),
        (HEAD, "0.1.0", "the newest entry must be that of 0.1.0"),
        (GOOD.replace("2026-11-30", "unreleased"), "0.2.0", "0.2.0 is unreleased"),
        (GOOD.replace("2026-11-30", "soon"), "0.2.0", "is no heading of a version"),
        (GOOD.replace("2026-11-30", "2026-02-30"), "0.2.0", "is no heading of a version"),
        (GOOD.replace(" (2026-11-30)", ""), "0.2.0", "is no heading of a version"),
        (GOOD.replace("0.1.0", "one"), "0.2.0", "is no heading of a version"),
        (GOOD.replace("0.1.0", "0.3.0"), "0.2.0", "in order"),
        (GOOD.replace("0.1.0", "0.2.0"), "0.2.0", "in order"),
        (GOOD.replace("2026-01-02", "unreleased"), "0.2.0", "only the newest"),
        (GOOD.replace("- More,\n  and more.", ""), "0.2.0", "is empty"),
        (GOOD.replace("  and more.", "and more."), "0.2.0", "neither an item"),
    ],
)
def test_what_is_wrong_is_said(changelog: str, version: str, said: str) -> None:
    with pytest.raises(GateError, match=said):
        check_changelog(changelog, version, release=True)


def test_a_version_that_is_not_out_needs_no_date() -> None:
    check_changelog(GOOD.replace("2026-11-30", "unreleased"), "0.2.0", release=False)
