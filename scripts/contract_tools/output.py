"""The generated folder: list how it differs from what it should be, and replace it as a whole or not at all."""

from __future__ import annotations

import ctypes
import errno
import hashlib
import json
import os
import shutil
import sys
import uuid
from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from contract_tools.openapi import mapping, text
from workspace.environment import exclusive

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2
_RENAME_SWAP = 2
# The error numbers of a system or file system that cannot exchange two folders.
_NO_EXCHANGE = frozenset({errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP})


@contextmanager
def locked(target: Path, waiting: Callable[[], None]) -> Generator[None]:
    """Hold the lock for replacing a tree, until the end of the block or of the process."""
    target.parent.mkdir(parents=True, exist_ok=True)
    # Locking the folder itself leaves no lock file behind; Windows cannot do that.
    with exclusive(_beside(target, "lock") if sys.platform == "win32" else target.parent, waiting):
        yield


def was_interrupted(target: Path) -> bool:
    """Return whether a run stopped between two renames, so that the old tree has to be put back."""
    return not target.exists() and _beside(target, "old").is_dir()


def recover(target: Path) -> bool:
    """Clear away what interrupted runs have left; True where one left anything. Call it with the lock held."""
    left = was_interrupted(target)
    if left:
        _beside(target, "old").rename(target)
    for path in target.parent.iterdir():
        if path == _beside(target, "old") or path.name.startswith(f".{target.name}.new-"):
            _remove(path)
            left = True
    return left


def replace_tree(target: Path, files: Mapping[str, bytes]) -> None:
    """Put a tree of these files in the place of the target, with the lock held; where that fails, the old one stays."""
    new = _beside(target, f"new-{uuid.uuid4().hex}")
    try:
        for name, content in files.items():
            path = new / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        if not target.exists():
            new.rename(target)
        elif not _exchange(new, target):
            _rename_twice(new, target)
    finally:
        # The new tree where something failed, or else the old one.
        _remove(new)


def keep_unexpected(target: Path, names: Iterable[str]) -> Path:
    """Copy files that are about to be replaced into a folder beside the tree, and return that folder."""
    kept = target.with_name(f"{target.name}.unexpected")
    for name in names:
        source, copy = target / name, kept / name
        number = 1
        while (copy.exists() or copy.is_symlink()) and not _same(source, copy):
            number += 1
            copy = (kept / name).with_name(f"{source.name}.{number}")
        if not copy.is_symlink():
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, copy, follow_symlinks=False)
    return kept


def _same(one: Path, other: Path) -> bool:
    if one.is_symlink() or other.is_symlink():
        return one.is_symlink() and other.is_symlink() and one.readlink() == other.readlink()
    return one.read_bytes() == other.read_bytes()


def _rename_twice(new: Path, target: Path) -> None:
    old = _beside(target, "old")
    target.rename(old)
    try:
        new.rename(target)
    except BaseException:
        old.rename(target)
        raise
    _remove(old)


def _beside(target: Path, what: str) -> Path:
    return target.with_name(f".{target.name}.{what}")


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _exchange(one: Path, other: Path) -> bool:
    """Let two folders change names in one step; False where the system cannot."""
    names = (os.fsencode(one), os.fsencode(other))
    try:
        library = ctypes.CDLL(None, use_errno=True)
        if sys.platform == "darwin":
            failed = library.renamex_np(*names, ctypes.c_uint(_RENAME_SWAP))
        else:
            failed = library.renameat2(_AT_FDCWD, names[0], _AT_FDCWD, names[1], ctypes.c_uint(_RENAME_EXCHANGE))
    except (AttributeError, OSError, TypeError):
        return False  # an older C library, or Windows
    if not failed:
        return True
    number = ctypes.get_errno()
    if number in _NO_EXCHANGE:
        return False
    raise OSError(number, os.strerror(number), str(other))


MANIFEST = "manifest.json"
# Exact copies of other files, and formats without comments.
UNMARKED = frozenset(
    {
        MANIFEST,
        "jsms_api/py.typed",
        "jsms_callbacks/py.typed",
        "jsms_contract/openapi.json",
        "jsms_contract/openapi.yaml",
        "jsms_contract/py.typed",
        "jsms_surface/py.typed",
    }
)
_WORDS = "Made by scripts/regenerate from the OpenAPI document. Do not edit."
_MARK_WORD = b"@generated by scripts/regenerate"
_IGNORED_FOLDERS = frozenset({"__pycache__"})

Kind = Literal["missing", "unexpected", "left over", "edited by hand", "out of step"]


@dataclass(frozen=True, slots=True)
class Difference:
    """One file that is not as it should be."""

    path: str  # the file, below the generated folder
    kind: Kind
    detail: str

    def __str__(self) -> str:
        """One line: the way, the file, what differs."""
        return f"{self.kind:<14}  {self.path}: {self.detail}"


def digest(content: bytes) -> str:
    """Compute the SHA-256 of some bytes, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def make_manifest(files: Mapping[str, bytes], data: Mapping[str, object], tools: Mapping[str, str]) -> bytes:
    """Write the manifest of some files: what they were made from, with which tools, and the digest of each."""
    info = mapping(data.get("info"))
    content = {
        "@generated": _WORDS,
        "document": {
            "title": text(info.get("title")),
            "version": text(info.get("version")),
            "sha256": digest(files["jsms_contract/openapi.yaml"]),
        },
        "tools": dict(sorted(tools.items())),
        "files": {path: digest(files[path]) for path in sorted(files)},
        "unmarked": sorted(UNMARKED & files.keys()),
    }
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode()


def read_manifest(folder: Path) -> Mapping[str, object] | None:
    """Read the manifest in a folder; None where there is none that this command has written."""
    try:
        content = mapping(json.loads((folder / MANIFEST).read_bytes()))
    except (OSError, ValueError):
        return None
    return content if "@generated" in content and isinstance(content.get("files"), dict) else None


def is_marked(path: Path) -> bool:
    """Return whether a file says of itself that this command made it."""
    try:
        with path.open("rb") as file:
            return _MARK_WORD in file.readline(400)
    except OSError:
        return False


def files_in(folder: Path) -> list[str]:
    """List every file and link below a folder, without what Python itself leaves there."""
    found: list[str] = []
    for where, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in _IGNORED_FOLDERS)
        links = [name for name in folders if (Path(where) / name).is_symlink()]
        found += [(Path(where) / name).relative_to(folder).as_posix() for name in [*files, *links]]
    return sorted(found)


def differences(expected: Mapping[str, bytes], folder: Path) -> list[Difference]:
    """List how a folder differs from what it should hold; empty where it is in step."""
    manifest = read_manifest(folder)
    listed = mapping((manifest or {}).get("files"))
    there = files_in(folder)
    found = [_unexpected(path, folder, listed) for path in there if path not in expected]
    for path, content in expected.items():
        if path not in there:
            found.append(Difference(path, "missing", "regenerating makes it"))
        elif (folder / path).is_symlink():
            found.append(Difference(path, "edited by hand", "a link is in place of a file"))
        elif (actual := (folder / path).read_bytes()) != content:
            found.append(_different(path, actual, content, listed, manifest))
    return sorted(found, key=lambda difference: (difference.path != MANIFEST, difference.path))


def _unexpected(path: str, folder: Path, listed: Mapping[str, object]) -> Difference:
    if path in listed or is_marked(folder / path):
        return Difference(path, "left over", "generated before, and the document no longer makes it")
    return Difference(path, "unexpected", "not made by this command; nothing else belongs here")


def _different(
    path: str, actual: bytes, wanted: bytes, listed: Mapping[str, object], manifest: Mapping[str, object] | None
) -> Difference:
    if path == MANIFEST:
        if manifest is None:
            return Difference(path, "edited by hand", "not a manifest any more")
        return Difference(path, "out of step", _manifest_words(manifest, mapping(json.loads(wanted))))
    kind: Kind = "out of step" if listed.get(path) == digest(actual) else "edited by hand"
    return Difference(path, kind, _first_difference(actual, wanted))


def _manifest_words(old: Mapping[str, object], new: Mapping[str, object]) -> str:
    words = [
        f"made with {tool} {text(mapping(old.get('tools')).get(tool), '(none)')}, here is {text(version)}"
        for tool, version in mapping(new.get("tools")).items()
        if mapping(old.get("tools")).get(tool) != version
    ]
    if mapping(old.get("document")).get("sha256") != mapping(new.get("document")).get("sha256"):
        words.append("made from another state of the document")
    return "; ".join(words) or "lists other contents"


def _first_difference(actual: bytes, wanted: bytes) -> str:
    old, new = (content.decode("utf-8", "replace").split("\n") for content in (actual, wanted))
    for number, (was, should) in enumerate(zip(old, new, strict=False), start=1):
        if was != should:
            return f"line {number} is {_short(was)}, should be {_short(should)}"
    return f"has {len(old)} lines, should have {len(new)}"


def _short(line: str) -> str:
    line = line.strip()
    return f"`{line[:57]}…`" if len(line) > 60 else f"`{line}`"
