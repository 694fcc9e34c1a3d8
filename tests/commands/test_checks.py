"""What scripts/test makes of its checks."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from checks import cli
from checks.check import Check, Outcome, Result

Run = Callable[..., int]


@pytest.fixture
def ran() -> list[str]:
    return []


@pytest.fixture
def scripted(ran: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def check(name: str, result: Result, note: str = "") -> Check:
        def run(arguments: tuple[str, ...]) -> Outcome:
            ran.append(" ".join([name, *arguments]))
            return Outcome(result, note)

        return Check(name, f"what {name} holds", run, install=lambda: ran.append(f"install {name}"))

    checks = [
        check("good", Result.PASSED),
        check("other", Result.ABSENT, "there is no Python 2 here"),
        check("missing", Result.LEFT_OUT, "its tool is not installed"),
        check("bad", Result.FAILED, "exit code 3"),
    ]

    def catalogue(_: object) -> list[Check]:
        return checks

    monkeypatch.setattr(cli, "catalogue", catalogue)


@pytest.mark.usefixtures("scripted")
def test_every_check_runs_though_one_fails_and_the_end_counts_them(
    ran: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main([]) == 1
    assert ran == ["good", "other", "missing", "bad"]
    lines = capsys.readouterr().out.splitlines()[-5:]
    assert [line.split()[0] for line in lines[:4]] == ran
    assert lines[1].endswith(" s  not here  (there is no Python 2 here)")
    assert lines[2].endswith(" s  left out  (its tool is not installed)")
    assert lines[3].endswith(" s  failed  (exit code 3)")
    assert lines[4].endswith(" s  1 passed, 1 failed, 1 left out, 1 not here")


@pytest.mark.usefixtures("scripted")
def test_a_tool_that_is_missing_fails_only_a_complete_run(ran: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["good", "missing", "other"]) == 0
    assert cli.main(["--complete", "good", "missing", "other"]) == 1
    assert ran[3:6] == ["install good", "install other", "install missing"]
    assert capsys.readouterr().out.splitlines()[-2].endswith(" s  failed  (its tool is not installed)")
    assert cli.main(["--complete", "good", "other"]) == 0


@pytest.mark.usefixtures("scripted")
def test_what_stands_behind_two_dashes_is_handed_on(ran: list[str]) -> None:
    assert cli.main(["good", "--", "-k", "one thing"]) == 0
    assert ran == ["good -k one thing"]


@pytest.mark.usefixtures("scripted")
def test_an_unknown_check_is_refused_before_anything_runs(ran: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        cli.main(["good", "god"])
    assert caught.value.code == 2
    assert "there is no check 'god'; choose from good, other, missing, bad" in capsys.readouterr().err
    assert ran == []


@pytest.mark.usefixtures("scripted")
def test_the_list_says_what_each_holds(ran: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--list"]) == 0
    assert capsys.readouterr().out.splitlines()[0].split(maxsplit=1) == ["good", "what good holds"]
    assert ran == []
