"""One tree replaces another, completely or not at all."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from contract_tools import output

from .command import ROOT, tree

OLD = {f"package/{number}.py": b"old" * number for number in range(20)}
NEW = {f"package/{number}.py": b"new" * number for number in range(10, 30)}

_REPLACE_FOREVER = """
import sys
sys.path.insert(0, sys.argv[2])
from pathlib import Path
from contract_tools import output
if sys.argv[3] == "two renames":
    output._exchange = lambda one, other: False
target = Path(sys.argv[1])
trees = [
    {f"package/{number}.py": b"new" * number for number in range(10, 30)},
    {f"package/{number}.py": b"old" * number for number in range(20)},
]
print("ready", flush=True)
while True:
    with output.locked(target, lambda: None):
        output.recover(target)
        for files in trees:
            output.replace_tree(target, files)
"""


@pytest.fixture
def target(tmp_path: Path) -> Path:
    output.replace_tree(tmp_path / "tree", OLD)
    return tmp_path / "tree"


@pytest.fixture(params=["exchange", "two renames"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """With the system's own exchange of two names, and without."""
    if request.param == "two renames":
        monkeypatch.setattr(output, "_exchange", _not_here)
    return str(request.param)


def test_the_new_tree_stands_and_nothing_else(target: Path, way: str) -> None:
    output.replace_tree(target, NEW)
    assert tree(target) == NEW
    assert [path.name for path in target.parent.iterdir()] == ["tree"]


@pytest.mark.skipif(os.name == "nt", reason="needs SIGKILL")
def test_killed_at_a_random_moment_one_of_the_two_trees_stands(target: Path, way: str) -> None:
    chance = random.Random(20260701)
    left_behind = 0
    for _ in range(15):
        with subprocess.Popen(
            [sys.executable, "-c", _REPLACE_FOREVER, str(target), str(ROOT / "scripts"), way], stdout=subprocess.PIPE
        ) as replacing:
            assert replacing.stdout is not None
            assert replacing.stdout.readline() == b"ready\n"
            time.sleep(chance.uniform(0, 0.03))
            replacing.kill()
        if way == "exchange":
            assert tree(target) in (OLD, NEW)
        left_behind += output.recover(target)
        assert tree(target) in (OLD, NEW)
        assert [path.name for path in target.parent.iterdir()] == ["tree"]
    assert left_behind, "no kill hit a replacement: the test has shown nothing"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs renameat2")
def test_a_reader_never_finds_the_tree_missing_or_half(target: Path) -> None:
    stop = threading.Event()
    seen: list[str] = []

    def read() -> None:
        while not stop.is_set():
            # One open folder is one tree: what is read through it cannot come from two.
            try:
                names = {entry.name for entry in os.scandir(target / "package")}
            except FileNotFoundError:
                seen.append("missing")
                continue
            if names and names not in ({f"{n}.py" for n in range(20)}, {f"{n}.py" for n in range(10, 30)}):
                seen.append(f"half: {sorted(names)}")

    reader = threading.Thread(target=read)
    reader.start()
    for number in range(60):
        output.replace_tree(target, OLD if number % 2 else NEW)
    stop.set()
    reader.join()
    assert "missing" not in seen


def test_an_old_tree_put_aside_comes_back(target: Path) -> None:
    target.rename(target.with_name(".tree.old"))
    assert output.was_interrupted(target)
    assert output.recover(target)
    assert tree(target) == OLD
    assert not output.was_interrupted(target)


def test_an_old_tree_is_cleared_away_where_a_new_one_stands(target: Path) -> None:
    output.replace_tree(target.with_name(".tree.old"), NEW)
    assert not output.was_interrupted(target)
    assert output.recover(target)
    assert tree(target) == OLD
    assert not target.with_name(".tree.old").exists()


def test_recovering_touches_nothing_of_another_tree(target: Path) -> None:
    for name in (".tree2.new-1", "tree.old", ".treeX.old"):
        target.with_name(name).mkdir()
    assert not output.recover(target)
    assert len(list(target.parent.iterdir())) == 4


def test_a_tree_that_cannot_be_written_leaves_the_old_one(target: Path) -> None:
    with pytest.raises(FileExistsError):
        output.replace_tree(target, {"a": b"", "a/b": b""})
    assert tree(target) == OLD
    assert [path.name for path in target.parent.iterdir()] == ["tree"]


def test_unexpected_files_are_kept_beside_what_was_kept_before(target: Path) -> None:
    for content in ("first", "second", "second"):
        (target / "package" / "mine.txt").write_text(content, encoding="utf-8")
        assert output.keep_unexpected(target, ["package/mine.txt"]) == target.with_name("tree.unexpected")
    assert tree(target.with_name("tree.unexpected")) == {"package/mine.txt": b"first", "package/mine.txt.2": b"second"}


def test_an_unexpected_link_is_kept_as_a_link(target: Path) -> None:
    (target / "link").symlink_to("nowhere")
    for _ in range(2):
        output.keep_unexpected(target, ["link"])
    assert [path.name for path in target.with_name("tree.unexpected").iterdir()] == ["link"]
    assert (target.with_name("tree.unexpected") / "link").readlink() == Path("nowhere")


def test_a_second_rename_that_fails_puts_the_old_tree_back(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(output, "_exchange", _not_here)
    rename = Path.rename

    def fail(self: Path, name: Path) -> Path:
        if ".new-" in self.name:
            raise OSError("no")
        return rename(self, name)

    monkeypatch.setattr(Path, "rename", fail)
    with pytest.raises(OSError, match="no"):
        output.replace_tree(target, NEW)
    assert tree(target) == OLD


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs renameat2")
def test_this_system_can_exchange(target: Path) -> None:
    other = target.with_name("other")
    output.replace_tree(other, NEW)
    assert output._exchange(other, target)  # pyright: ignore[reportPrivateUsage] - which way it went shows nowhere else
    assert (tree(target), tree(other)) == (NEW, OLD)


@pytest.mark.skipif(os.name == "nt", reason="needs SIGKILL")
def test_a_lock_ends_with_its_process(target: Path) -> None:
    code = (
        f"import sys, time; sys.path.insert(0, {str(ROOT / 'scripts')!r})\n"
        "from pathlib import Path; from contract_tools import output\n"
        "with output.locked(Path(sys.argv[1]), lambda: None):\n"
        "    print('held', flush=True); time.sleep(60)"
    )
    waited: list[bool] = []
    with subprocess.Popen([sys.executable, "-c", code, str(target)], stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        killer = threading.Timer(0.2, lambda: os.kill(holder.pid, signal.SIGKILL))
        killer.start()
        with output.locked(target, lambda: waited.append(True)):
            assert waited == [True]
        killer.join()


def _not_here(_one: Path, _other: Path) -> bool:
    return False
