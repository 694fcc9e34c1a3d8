"""Run the blocks of code of a page as a reader would: in order, in one folder, against a sandbox."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from jsms_sandbox.pytest_plugin import Sandbox

from .markdown import ROOT, Block, blocks

OUTPUT = ("Output", "输出")
MEMBERS = "mobile,number,code\n13800138000,741627,1\n13800138001,741628,2\n"
"""The list that programs send to whose page shows none."""
_ADDRESS = re.compile(r'"(?:postgresql\+psycopg|redis)://[^"]*"')
_OURS = re.compile(r"(?:\./)?jsms[-_]client(?:-[\w.-]+\.whl)?(?:\[([\w,]+)\])?")
_EXTRAS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
_OTHERS = {
    *("django", "fastapi", "flask", "gunicorn", "opentelemetry-sdk", "pytest", "pytest-httpx", "respx", "uvicorn"),
    "vcrpy",
}


@dataclass
class PageRun:
    """The folder of a page, and what was found wrong with it."""

    page: Path
    folder: Path
    sandbox: Sandbox
    database: Callable[[str], str]
    wrong: list[str] = field(default_factory=list[str])
    _printed: str = ""
    _tests: list[str] = field(default_factory=list[str])

    def run(self) -> None:
        """Run every block; pytest runs those that are tests at the end, together."""
        if not any(block.title == "members.csv" for block in blocks(self.page)):
            (self.folder / "members.csv").write_text(MEMBERS, encoding="utf-8")
        for block in blocks(self.page):
            self._block(block)
        if self._tests:
            command = ("-m", "pytest", "-p", "no:cacheprovider", "--rootdir", ".", *self._tests)
            self._expect(self._python(*command, alone=True), "tests")

    def _block(self, block: Block) -> None:
        if block.title in OUTPUT:
            if _normal(block.code) != _normal(self._printed):
                self.wrong.append(f"line {block.line}: printed {self._printed!r}")
        elif block.language == "python":
            self._program(block)
        elif block.language == "bash":
            self._shell(block)
        else:
            if block.language == "toml":
                tomllib.loads(block.code)
            if block.title:
                (self.folder / block.title).write_text(block.code, encoding="utf-8")

    def _program(self, block: Block) -> None:
        code = _ADDRESS.sub(lambda found: repr(self.database(found[0].strip('"'))), block.code)
        is_test = "def test_" in code
        name = block.title or f"{'test_' if is_test else ''}block_{block.line}.py"
        (self.folder / name).write_text(code, encoding="utf-8")
        if is_test:
            self._tests.append(name)
        elif not block.title:
            self._expect(self._python(name), f"line {block.line}")
        else:
            compile(code, name, "exec")  # the page's own commands or tests run it

    def _shell(self, block: Block) -> None:
        parsed = subprocess.run(["bash", "-nc", block.code], capture_output=True, text=True, check=False)
        if parsed.returncode:
            self.wrong.append(f"line {block.line}: {parsed.stderr}")
        for line in block.code.splitlines():
            words = shlex.split(line, comments=True)
            if words[:1] == ["python"] and (self.folder / words[-1]).is_file():
                self._expect(self._python(*words[1:], given=self._code()), f"line {block.line}: {line}")
            elif words[:2] == ["pip", "install"]:
                self.wrong += [
                    f"line {block.line}: {each} is not known" for each in words[2:] if not _installable(each)
                ]
            elif words[:1] in (["jsms"], ["jsms-sandbox"]):
                self._command(words, f"line {block.line}: {line}")
            elif words[:1] and words[0].startswith("./scripts/") and not os.access(ROOT / words[0], os.X_OK):
                self.wrong.append(f"line {block.line}: {words[0]} cannot be run")

    def _command(self, words: list[str], where: str) -> None:
        """Check that the command accepts these arguments and options; its own tests run it."""
        options = [word.partition("=")[0] for word in words if word.startswith("--") and word != "--"]
        names: list[str] = []
        for word in words[1:]:
            if not re.fullmatch(r"[a-z]+(-[a-z]+)*", word) or len(names) == 2:
                break
            names.append(word)
        module = "jsms_sandbox" if words[0] == "jsms-sandbox" else "jsms_cli"
        arguments = ("-m", module, "--help") if module == "jsms_sandbox" else ("-m", module, *names, "--help")
        done = self._python(*arguments)
        if done.returncode and len(names) == 2:  # the second was an argument
            done = self._python("-m", module, names[0], "--help")
        self._expect(done, where)
        self.wrong.extend(f"{where} has no option {each}" for each in options if each not in done.stdout)

    def _code(self) -> str:
        """Return the code that a program asks for: that of the newest message."""
        found = self.sandbox.messages
        return f"{found[-1].code or '123456'}\n" if found else "123456\n"

    def _expect(self, done: subprocess.CompletedProcess[str], where: str) -> None:
        self._printed = done.stdout
        if done.returncode or "Traceback" in done.stderr:
            self.wrong.append(f"{where}: {done.stdout[-3000:]}{done.stderr[-3000:]}")

    def _python(self, *arguments: str, given: str = "", alone: bool = False) -> subprocess.CompletedProcess[str]:
        path = os.pathsep.join(str(ROOT / each) for each in ("overlay", "generated", "sandbox", "cli"))
        settings = {"PYTHONPATH": path, "TERM": "dumb", "COLUMNS": "200", "NO_COLOR": "1"}
        environment = {**os.environ, **settings, **({} if alone else self.sandbox.environment)}
        return subprocess.run(
            [sys.executable, "-W", "error", *arguments],
            cwd=self.folder,
            env=environment,
            input=given,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )


def _installable(package: str) -> bool:
    """Return whether it is this package with existing extras, or a package that examples need."""
    ours = _OURS.fullmatch(package)
    if ours is None:
        return package in _OTHERS
    return set((ours[1] or "").split(",")) <= {*_EXTRAS, ""}


def _normal(text: str) -> list[str]:
    return [line.rstrip() for line in text.strip().splitlines()]
