"""The check that needs Chromium: left out where there is none, installed where that can be done."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from checks.browser import InBrowser, chromium
from checks.check import Result

APT = """#!/bin/sh
echo "$@" >> "{log}"
case "$*" in *{fails}*) echo "E: no such thing"; exit 100;; *install*) : > "{chromium}"; chmod +x "{chromium}";; esac
"""


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of all programs of a machine that has none yet."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("DEBIAN_FRONTEND", "noninteractive")
    return tmp_path


def give(machine: Path, name: str, text: str = "#!/bin/sh\n") -> None:
    program = machine / name
    program.write_text(text, encoding="utf-8")
    program.chmod(0o755)


def give_apt(machine: Path, *, fails: str = "never") -> None:
    chromium, log = machine / "chromium", machine / "log"
    give(machine, "apt-get", APT.format(log=log, fails=fails, chromium=chromium).replace("chmod", "/bin/chmod"))


def all_pass(command: Sequence[str]) -> int:
    assert command[-1] == "tests/browser"
    return 0


def be_root(monkeypatch: pytest.MonkeyPatch, *, root: bool = True) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0 if root else 1000)


def test_without_chromium_the_page_is_left_out_and_that_is_said(machine: Path) -> None:
    outcome = InBrowser().run(())
    assert outcome.result is Result.LEFT_OUT
    assert outcome.note == "Chromium is not installed; --complete installs it on Debian, as root"


def test_chromium_is_found_under_each_of_its_names(machine: Path) -> None:
    assert chromium() is None
    for name in ("google-chrome", "chromium-browser", "chromium"):
        give(machine, name)
        assert chromium() == str(machine / name)


def test_root_on_debian_gets_it_with_the_fonts_after_an_update(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    be_root(monkeypatch)
    give_apt(machine)
    monkeypatch.setattr("checks.browser.openly", all_pass)
    check = InBrowser()
    check.install()
    assert check.run(()).result is Result.PASSED
    update, install = (machine / "log").read_text(encoding="utf-8").splitlines()
    assert update.endswith(" update")
    assert install.endswith(" install --no-install-recommends chromium fonts-noto-cjk")


def test_what_is_there_is_not_installed_again(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    be_root(monkeypatch)
    give_apt(machine)
    give(machine, "chromium")
    check = InBrowser()
    check.install()
    assert not (machine / "log").exists()


def test_where_it_cannot_be_installed_the_reason_is_said(
    machine: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    check = InBrowser()
    check.install()
    assert check.run(()).result is Result.LEFT_OUT
    assert "there is no apt-get here" in capsys.readouterr().out
    be_root(monkeypatch, root=False)
    give_apt(machine)
    check = InBrowser()
    check.install()
    assert check.run(()).result is Result.LEFT_OUT
    assert "only root may install it: apt-get install chromium fonts-noto-cjk" in capsys.readouterr().out


@pytest.mark.parametrize("step", ["update", "install"])
def test_what_apt_get_says_against_it_is_shown(
    machine: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], step: str
) -> None:
    be_root(monkeypatch)
    give_apt(machine, fails=step)
    check = InBrowser()
    check.install()
    assert check.run(()).result is Result.LEFT_OUT
    shown = capsys.readouterr().out
    assert "E: no such thing" in shown
    assert "apt-get could not install chromium fonts-noto-cjk" in shown
