"""What no Python package brings is found, or installed, or a clear sentence says what is missing."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

import provisioning
from provisioning import CHROMIUM_PACKAGES, NotInstalledError, chromium

APT = """#!/bin/sh
case "$1" in indextargets) echo "{mirror}"; exit;; esac
echo "$@" >> "{log}"
case "$*" in *{fails}*) echo "E: no such thing"; exit 100;; esac
"""


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Provide the folder of all programs of a machine that has none yet."""
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def give(machine: Path, name: str, text: str = "#!/bin/sh\n") -> None:
    program = machine / name
    program.write_text(text, encoding="utf-8")
    program.chmod(0o755)


def give_apt(machine: Path, *, fails: str = "never", mirror: str = "mirror:/debian") -> None:
    give(machine, "apt-get", APT.format(log=machine / "log", fails=fails, mirror=mirror))


def be_root(monkeypatch: pytest.MonkeyPatch, *, root: bool = True) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0 if root else 1000)


def test_chromium_is_found_under_each_of_its_names(machine: Path) -> None:
    assert chromium() is None
    for name in ("google-chrome", "chromium-browser", "chromium"):
        give(machine, name)
        assert chromium() == str(machine / name)


def test_root_on_debian_gets_packages_after_an_update(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    be_root(monkeypatch)
    give_apt(machine)
    provisioning.install_debian(CHROMIUM_PACKAGES)
    update, install = (machine / "log").read_text(encoding="utf-8").splitlines()
    assert update.endswith(" update")
    assert install.endswith(" install --no-install-recommends chromium fonts-noto-cjk")


def test_where_packages_cannot_be_installed_the_reason_is_said(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NotInstalledError, match="there is no apt-get here: install chromium"):
        provisioning.install_debian(CHROMIUM_PACKAGES)
    give_apt(machine)
    be_root(monkeypatch, root=False)
    with pytest.raises(NotInstalledError, match="only root may install it: apt-get install chromium fonts-"):
        provisioning.install_debian(CHROMIUM_PACKAGES)


@pytest.mark.parametrize("step", ["update", "install"])
def test_what_apt_get_says_against_it_is_shown(machine: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    be_root(monkeypatch)
    give_apt(machine, fails=step)
    with pytest.raises(NotInstalledError, match="E: no such thing"):
        provisioning.install_debian(CHROMIUM_PACKAGES)


def unpacked(machine: Path, *, fails: str = "never") -> Path:
    root = machine / "folder" / "trixie"
    give_apt(machine, fails=fails)
    give(machine, "mmdebstrap", APT.format(log=machine / "log", fails=fails, mirror=""))
    provisioning.unpack_debian("trixie", ["swiftlang", "bash"], root)
    return root


def test_packages_of_another_release_go_into_a_folder(machine: Path) -> None:
    assert unpacked(machine).is_dir()
    (line,) = (machine / "log").read_text(encoding="utf-8").splitlines()
    assert " --include=swiftlang,bash trixie " in line
    assert re.search(r" deb \[signed-by=/usr/share/keyrings/\S+\] mirror:/debian trixie main$", line)


def test_a_folder_is_unpacked_whole_or_not_at_all(machine: Path) -> None:
    with pytest.raises(NotInstalledError, match="(?s)could not unpack swiftlang bash of trixie.*E: no such thing"):
        unpacked(machine, fails="swiftlang")
    assert list((machine / "folder").iterdir()) == []


def test_what_unpacks_is_installed_first(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    be_root(monkeypatch)
    apt = APT.format(log=machine / "log", fails="never", mirror="mirror:/debian")
    program = machine / "mmdebstrap"
    give(machine, "apt-get", f'{apt}echo "#!/bin/sh" > "{program}"\n/bin/chmod +x "{program}"\n')
    provisioning.unpack_debian("trixie", ["swiftlang"], machine / "trixie")
    assert (machine / "log").read_text(encoding="utf-8").endswith(" install --no-install-recommends mmdebstrap\n")


def test_a_machine_without_sources_says_so(machine: Path) -> None:
    give_apt(machine, mirror="")
    give(machine, "mmdebstrap")
    with pytest.raises(NotInstalledError, match="this machine is no Debian"):
        provisioning.unpack_debian("trixie", ["swiftlang"], machine / "trixie")
