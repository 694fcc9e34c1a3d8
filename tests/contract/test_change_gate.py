"""The change gate: whether versions and changelog match the changes since a revision."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from contract_tools.changes import Level
from contract_tools.changes.revisions import at_revision, compared, failures, level_of, mismatches
from contract_tools.document import load
from git_repository import git

from .lint_cases import WHOLE

CHANGELOG = "# Changelog\n\n## {version}\n- The first one.\n"
PACKAGE = {
    "__init__.py": 'from jsms_client._client import Client\n\n__all__ = ["Client"]\n',
    "_client.py": '''"""Private, and Client is public all the same."""

from jsms_client._codes import Codes


class Client:
    """A client."""

    @property
    def codes(self) -> Codes:
        """Codes."""
        return Codes()
''',
    "_codes.py": '''"""Private."""


class Codes:
    """Codes."""

    def send(self, mobile: str, *, temp_id: int = 1) -> str:
        """Send a code."""
        return mobile
''',
    "_version.py": '__version__ = "0.3.1"\n',
}


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Provide a repository with a contract, a package and a changelog, released as v1."""
    (tmp_path / "openapi.yaml").write_text(WHOLE.read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "CHANGELOG.md").write_text(CHANGELOG.format(version="0.3.1"), encoding="utf-8")
    package = tmp_path / "overlay" / "jsms_client"
    package.mkdir(parents=True)
    for name, content in PACKAGE.items():
        (package / name).write_text(content, encoding="utf-8")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-q", "-m", "First")
    git(tmp_path, "tag", "v1")
    return tmp_path


@dataclass(frozen=True)
class _Result:
    levels: list[str | None]
    sentences: list[str]
    problems: list[str]


def _gate(root: Path) -> _Result:
    document = root / "openapi.yaml"
    parts = compared(document, "v1", at_revision(document, "v1").data, load(document).data)
    sentences = [change.sentence for part in parts for change in part.changes]
    return _Result([level_of(part.changes) for part in parts], sentences, list(mismatches(parts, root, "v1")))


def _edit(root: Path, file: str, old: str, new: str) -> None:
    path = root / file
    source = path.read_text(encoding="utf-8")
    assert old in source
    path.write_text(source.replace(old, new, 1), encoding="utf-8")


CODES = "overlay/jsms_client/_codes.py"
# Each: the file, the edit, what it is called, the version that it asks for, and a sentence.
CONTRACT_CHANGES = [
    ("          maxLength: 4\n", "          maxLength: 3\n", "breaking", "2.0.0", "maxLength 3 now"),
    ("    LetterId:\n", "    Id:\n", "breaking", "2.0.0", "Component parameters/LetterId is called Id now."),
    (
        "    Letter:\n      type: object\n",
        "    Letter:\n      type: object\n      additionalProperties: false\n",
        "breaking",
        "2.0.0",
        "Model Letter takes no other fields now.",
    ),
    ("          maxLength: 4\n", "          maxLength: 5\n", "additive", "1.1.0", "maxLength 5 now"),
    ("Where it goes.", "Where it is sent.", "wording", "1.0.1", "other descriptions"),
]
PYTHON_CHANGES = [
    (
        "mobile: str, *",
        "number: str, *",
        "breaking",
        "0.4.0",
        "jsms_client.Client.codes.send(mobile): parameter was removed",
    ),
    ("def send(", "def send_code(", "breaking", "0.4.0", "Client.codes.send: public object was removed"),
    ("temp_id: int = 1", "temp_id: int = 1, sign_id: int = 0", "additive", "0.3.2", "codes.send(sign_id) is new"),
    ("Send a code.", "Send one code.", "wording", "0.3.2", "has other words in 1 docstring."),
]


@pytest.mark.parametrize(("old", "new", "level", "version", "sentence"), CONTRACT_CHANGES)
def test_a_change_of_the_contract_asks_for_its_version(
    repository: Path, old: str, new: str, level: str, version: str, sentence: str
) -> None:
    _edit(repository, "openapi.yaml", old, new)

    found = _gate(repository)

    assert found.levels == [level, None]
    assert any(sentence in each for each in found.sentences), found.sentences
    assert f"Fix: make it {version} or later" in found.problems[0]
    assert (len(found.problems) == 2) == (level != "wording")


@pytest.mark.parametrize(("old", "new", "level", "version", "sentence"), PYTHON_CHANGES)
def test_a_change_of_the_python_api_asks_for_its_version(
    repository: Path, old: str, new: str, level: str, version: str, sentence: str
) -> None:
    _edit(repository, CODES, old, new)

    found = _gate(repository)

    assert found.levels == [None, level]
    assert any(sentence in each for each in found.sentences), found.sentences
    assert f"Fix: make it {version} or later" in found.problems[0]
    assert (len(found.problems) == 2) == (level != "wording")


def test_a_private_module_can_move_and_change(repository: Path) -> None:
    (repository / CODES).rename(repository / "overlay/jsms_client/_other.py")
    _edit(repository, "overlay/jsms_client/_client.py", "jsms_client._codes", "jsms_client._other")

    assert _gate(repository) == _Result([None, None], [], [])


def test_nothing_changed_asks_for_nothing(repository: Path) -> None:
    assert _gate(repository) == _Result([None, None], [], [])


def test_a_breaking_change_passes_with_its_version_and_a_marked_entry(repository: Path) -> None:
    _edit(repository, CODES, "mobile: str, *", "number: str, *")
    _edit(repository, "overlay/jsms_client/_version.py", "0.3.1", "0.4.0")
    _edit(repository, "CHANGELOG.md", "## 0.3.1", "## 0.4.0\n- Codes are sent to a number.\n\n## 0.3.1")

    assert _gate(repository).problems == [
        "CHANGELOG.md: breaking changes, but no new entry says **(Breaking)**. Fix: mark the entry that names them."
    ]
    _edit(repository, "CHANGELOG.md", "- Codes are", "- **(Breaking)** Codes are")
    assert _gate(repository).problems == []


def test_an_old_entry_in_other_lines_is_no_new_one(repository: Path) -> None:
    _edit(repository, "openapi.yaml", "maxLength: 4", "maxLength: 5")
    _edit(repository, "openapi.yaml", "  version: 1.0.0", "  version: 1.1.0")
    _edit(repository, "CHANGELOG.md", "- The first one.", "- The first\n  one.")

    assert _gate(repository).problems == [
        "CHANGELOG.md: additive changes, but no entry that v1 does not have. Fix: add one."
    ]


@pytest.mark.parametrize(("fail_on", "fails"), [("breaking", False), ("additive", True), ("wording", True)])
def test_a_level_can_be_forbidden_whatever_the_version(repository: Path, fail_on: Level, fails: bool) -> None:
    _edit(repository, "openapi.yaml", "maxLength: 4", "maxLength: 5")
    document = repository / "openapi.yaml"
    parts = compared(document, "v1", at_revision(document, "v1").data, load(document).data)

    assert bool(list(failures(parts, fail_on))) == fails


def test_a_document_without_a_package_is_compared_alone(repository: Path) -> None:
    (repository / "overlay/jsms_client/_version.py").unlink()

    assert _gate(repository).levels == [None]
