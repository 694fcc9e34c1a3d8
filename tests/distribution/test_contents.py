"""What is inside the wheel and the source distribution."""

from __future__ import annotations

import subprocess
import tarfile
import tomllib
from email.parser import HeaderParser
from pathlib import Path

from packaging.requirements import Requirement

import jsms_client
from releasing import IN_SDIST

from .conftest import ROOT, Built, build

PACKAGES = {
    "jsms_client": "overlay/jsms_client",
    "jsms_api": "generated/jsms_api",
    "jsms_callbacks": "generated/jsms_callbacks",
    "jsms_contract": "generated/jsms_contract",
    "jsms_runtime": "overlay/jsms_runtime",
    "jsms_surface": "generated/jsms_surface",
    "jsms_sandbox": "sandbox/jsms_sandbox",
    "jsms_cli": "cli/jsms_cli",
}
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def tracked(folder: str, *others: str) -> set[str]:
    command = ["git", "ls-files", "-z", "--cached", *others, "--", folder]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return {name for name in listed.stdout.split("\0") if name and (ROOT / name).exists()}


def test_the_wheel_holds_the_packages_and_nothing_else(built: Built) -> None:
    information = f"jsms_client-{jsms_client.__version__}.dist-info"
    assert {name.partition("/")[0] for name in built.in_wheel()} == {*PACKAGES, information}


def test_every_file_of_every_package_is_in_the_wheel(built: Built) -> None:
    files = built.in_wheel()
    for package, folder in PACKAGES.items():
        for name in tracked(folder):
            inside = package + name.removeprefix(folder)
            assert files.get(inside) == (ROOT / name).read_bytes(), inside


def test_every_package_says_that_it_is_typed(built: Built) -> None:
    files = built.in_wheel()
    assert [package for package in PACKAGES if f"{package}/py.typed" not in files] == []


def test_the_contract_is_in_the_wheel_as_it_is(built: Built) -> None:
    assert built.in_wheel()["jsms_contract/openapi.yaml"] == (ROOT / "openapi.yaml").read_bytes()


def test_what_the_wheel_asks_for_is_what_the_project_says(built: Built) -> None:
    files = built.in_wheel()
    (name,) = (name for name in files if name.endswith(".dist-info/METADATA"))
    metadata = HeaderParser().parsestr(files[name].decode())
    assert metadata["Name"] == "jsms-client"
    assert metadata["Version"] == jsms_client.__version__
    assert metadata["Requires-Python"] == ">=3.11"
    assert metadata["License-Expression"] == "MIT"
    core = [each for each in metadata.get_all("Requires-Dist", []) if "extra ==" not in each]
    assert {Requirement(each).name for each in core} == {"attrs", "httpx"}
    assert set(metadata.get_all("Provides-Extra", [])) == set(PROJECT["optional-dependencies"])
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in files)


def test_the_source_distribution_holds_what_it_takes_to_build_test_and_change_the_project(built: Built) -> None:
    files = built.in_sdist()
    for name in (
        "openapi.yaml",
        "LICENSE",
        "README.md",
        "README.zh-CN.md",
        "CHANGELOG.md",
        "noxfile.py",
        "pyproject.toml",
    ):
        assert files.get(name) == (ROOT / name).read_bytes(), name
    for folder in IN_SDIST:
        assert tracked(folder) - set(files) == set(), folder


def test_the_source_distribution_holds_nothing_else(built: Built) -> None:
    files = set(built.in_sdist()) - {"PKG-INFO"}
    assert files - tracked(".", "--others", "--exclude-standard") == set()  # not committed yet
    assert {name for name in files if name.startswith(".")} <= {".gitignore"}


def test_the_source_distribution_builds_the_same_wheel(built: Built, tmp_path: Path) -> None:
    with tarfile.open(built.sdist) as archive:
        archive.extractall(tmp_path, filter="data")
    (source,) = tmp_path.iterdir()
    build(source, tmp_path / "dist", "--wheel")
    (wheel,) = (tmp_path / "dist").glob("*.whl")
    assert wheel.name == built.wheel.name
    assert wheel.read_bytes() == built.wheel.read_bytes()
