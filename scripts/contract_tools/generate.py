"""Everything in generated/, made from one document."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Generator, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import TextIO

from contract_tools.changes.revisions import package_version
from contract_tools.conversions import as_yaml, to_3_0_3, to_chinese
from contract_tools.document import Document, DocumentError
from contract_tools.emit import catalogue
from contract_tools.emit.model import Surface, SurfaceError
from contract_tools.emit.operations import emit_fields, emit_operations
from contract_tools.emit.service import emit_service
from contract_tools.emit.surface import PACKAGE, emit_surface
from contract_tools.openapi import mapping, schemas, schemas_within, text, webhooks
from contract_tools.output import MANIFEST, make_manifest
from contract_tools.python_source import LINE_LENGTH, MARK, module, render

_RUFF = ("--isolated", "--no-cache", "--target-version", "py311", "--line-length", str(LINE_LENGTH))
# What only type checkers need is imported for them alone, so that a program loads less; these modules are exceptions.
_FOR_TYPES = ("--unsafe-fixes", "--select", "TC001,TC002,TC003", "--config", "lint.flake8-type-checking.strict=true")
_LOADED = ["typing", "collections.abc", "jsms_runtime.customised", "jsms_runtime.resource"]
_AT_RUN_TIME = ("--config", f"lint.flake8-type-checking.exempt-modules={_LOADED}")
_API_CONFIG: Mapping[str, object] = {
    "literal_enums": False,
    "docstrings_on_attributes": True,
    "generate_all_tags": False,
    "post_hooks": [],  # they would use the ruff and the ruff.toml of the environment
}
_CALLBACK_OPTIONS = (
    *("--input-file-type", "openapi", "--openapi-scopes", "schemas", "--strict-refs", "--no-allow-remote-refs"),
    *("--output-model-type", "pydantic_v2.BaseModel", "--target-python-version", "3.11"),
    *("--formatters", "builtin", "--use-double-quotes", "--disable-timestamp", "--custom-file-header", MARK),
    *("--use-annotated", "--use-schema-description", "--use-field-description", "--snake-case-field"),
    # The service may add fields, and has been seen to send an id as a number.
    *("--extra-fields", "allow", "--extra-template-data", '{"#all#": {"config": {"coerce_numbers_to_str": true}}}'),
    "--ignore-pyproject",
)
_CONTRACT = '''\
"""The contract as data: error codes, known values, operations, fields, limits, the service's rules, billing.

``openapi.yaml`` and ``openapi.json`` beside them are the document itself.

Import the module you need; this one imports nothing, so that none costs more than itself.
"""
'''
_CLIENT_TYPES = """\
# __exit__ and __aexit__ take *args: object, and hand them to httpx, which wants exactly three of exact types.
# mypy: disable-error-code="arg-type"
"""


def build(document: Document, progress: Progress, *, installable: bool = False) -> dict[str, bytes]:
    """Make every file of generated/ by its path in it, manifest included.

    The same document gives the same bytes on every run, machine and version of Python: the tools see none of the
    machine's settings, and nothing here depends on a clock, a locale or the order of a set.

    Raises:
        DocumentError: The typed client cannot be made from a part of the document.
        ToolError: A generator failed.
    """
    data = document.data
    with tempfile.TemporaryDirectory(prefix="regenerate-") as name:
        scratch = Path(name)
        tree = scratch / "tree"
        tree.mkdir()
        # Even with --ignore-pyproject, the line length comes from the nearest pyproject.toml: without this one, that of
        # some folder above the temporary one.
        _write(scratch / "pyproject.toml", f"[tool.black]\nline-length = {LINE_LENGTH}\n")
        pool = ThreadPoolExecutor()
        try:
            parts = [
                pool.submit(_make_api, data, scratch, tree / "jsms_api", progress),
                pool.submit(_make_callbacks, data, scratch, tree / "jsms_callbacks", progress),
                pool.submit(_make_contract, document, tree, progress),
                pool.submit(_make_surface, data, tree / PACKAGE, progress),
            ]
            for part in parts:
                part.result()
        except SurfaceError as error:
            line = document.line(error.pointer)
            raise DocumentError(document.path, line, error.pointer, error.problem, error.remedy) from error
        finally:
            # Also after a failure or Ctrl-C: the folder cannot be removed while a thread writes into it.
            pool.shutdown(cancel_futures=True)
        with progress.step("format and mark"):
            _finish(tree)
        files = {
            path.relative_to(tree).as_posix(): path.read_bytes() for path in sorted(tree.rglob("*")) if path.is_file()
        }
    files["jsms_contract/openapi.yaml"] = _source(document)
    if installable:
        files |= fork_package(data, {name.partition("/")[0] for name in files if "/" in name})
    files = dict(sorted(files.items()))
    files[MANIFEST] = make_manifest(files, data, {tool: version(tool) for tool in TOOLS})
    return files


def _source(document: Document) -> bytes:
    """Read the document's bytes, as long as they are those that everything else was made from."""
    content = Path(document.path).read_bytes()
    if content.decode("utf-8-sig", "replace") != document.text:
        raise ToolError(f"{document.path} was changed while this ran; run it again")
    return content


def _make_api(data: Mapping[str, object], scratch: Path, package: Path, progress: Progress) -> None:
    """Generate the httpx + attrs client, without the schemas that only callbacks need."""
    with progress.step("jsms_api: requests and responses as types (openapi-python-client)"):
        rest = {key: value for key, value in data.items() if key not in ("webhooks", "x-webhooks")}
        components = {key: value for key, value in mapping(data.get("components")).items() if key != "pathItems"}
        only_callbacks = schemas_within(data, webhooks(data)) - schemas_within(data, data.get("paths"))
        components["schemas"] = {name: body for name, body in schemas(data).items() if name not in only_callbacks}
        source = _write_json(scratch / "api.json", rest | {"components": components})
        config = _write_json(scratch / "api-config.json", _API_CONFIG)
        run_tool(
            "openapi_python_client",
            [
                *("generate", "--meta", "none", "--fail-on-warning"),
                *("--path", str(source), "--config", str(config), "--output-path", str(package)),
            ],
            scratch,
        )
        client = package / "client.py"
        _write(client, f"{_CLIENT_TYPES}\n{client.read_text(encoding='utf-8')}")
        for init in (package / "models" / "__init__.py", package / "__init__.py"):
            _write(init, lazy_package(init.read_text(encoding="utf-8")))


def _make_callbacks(data: Mapping[str, object], scratch: Path, package: Path, progress: Progress) -> None:
    """Generate the pydantic models of what the service posts, and of nothing else."""
    with progress.step("jsms_callbacks: what JSMS posts to an app (datamodel-code-generator)"):
        package.mkdir()
        wanted = schemas_within(data, webhooks(data))
        names: list[str] = []
        if wanted:
            bodies = {name: body for name, body in schemas(data).items() if name in wanted}
            reduced = {key: data.get(key) for key in ("openapi", "info")}
            reduced |= {"paths": {}, "components": {"schemas": bodies}}
            source = _write_json(scratch / "callbacks.json", reduced)
            models = package / "models.py"
            run_tool(
                "datamodel_code_generator",
                ["--input", str(source), "--output", str(models), *_CALLBACK_OPTIONS],
                scratch,
            )
            parsed = ast.parse(models.read_text(encoding="utf-8"))
            names = sorted(node.name for node in parsed.body if isinstance(node, ast.ClassDef))
        _write(
            package / "__init__.py",
            module(
                "What JSMS posts to an app's callback URL, as pydantic models: untrusted until verified.",
                imports={".models": names} if names else {},
                exports=names,
            ),
        )


def _make_contract(document: Document, tree: Path, progress: Progress) -> None:
    """Write the contract as data: exceptions, operations, limits, and the document itself in three forms."""
    with progress.step("jsms_contract: errors, operations, limits, fields, rules; the editions of the document"):
        data, surface = document.data, Surface(document.data)
        package = tree / "jsms_contract"
        package.mkdir()
        _write(package / "__init__.py", _CONTRACT)
        modules = {name: emit(data) for name, emit in catalogue.MODULES.items()}
        modules |= {"operations": emit_operations(surface), "fields": emit_fields(surface)}
        modules |= {"service": emit_service(surface)}
        for name, source in modules.items():
            if source is not None:
                _write(package / f"{name}.py", source)
        _write_json(package / "openapi.json", data)
        _write(tree / "openapi-3.0.3.yaml", f"{MARK}\n{as_yaml(to_3_0_3(document.data))}")
        if (chinese := to_chinese(document)) is not None:
            _write(tree / "openapi.zh-CN.yaml", f"{MARK}\n{as_yaml(chinese)}")


def _make_surface(data: Mapping[str, object], package: Path, progress: Progress) -> None:
    """Write what apps call and get: a method for each operation, and the results."""
    with progress.step("jsms_surface: methods and results"):
        for name, source in emit_surface(Surface(data)).items():
            path = package / name
            path.parent.mkdir(parents=True, exist_ok=True)
            _write(path, source)


def _finish(tree: Path) -> None:
    """Mark and format every module, and declare the packages typed."""
    for package in sorted(path for path in tree.iterdir() if path.is_dir()):
        _write(package / "py.typed", "")
    for path in sorted(tree.rglob("*.py")):
        source = path.read_text(encoding="utf-8").removeprefix(MARK).lstrip("\n")
        _write(path, f"{MARK}\n{source}")
    for options in (
        ("--select", "F401", "."),
        (*_FOR_TYPES, f"{PACKAGE}/_async", f"{PACKAGE}/_sync"),
        (*_FOR_TYPES, *_AT_RUN_TIME, f"{PACKAGE}/requests", f"{PACKAGE}/results", f"{PACKAGE}/events.py"),
        ("--extend-select", "I", "."),
    ):
        run_tool("ruff", ["check", *_RUFF, "--fix-only", *options], tree)
    run_tool("ruff", ["format", *_RUFF, str(tree)], tree)


def _write(path: Path, content: str) -> None:
    path.write_text(content, encoding="utf-8", newline="\n")


def _write_json(path: Path, content: object) -> Path:
    _write(path, json.dumps(content, ensure_ascii=False, indent=1) + "\n")
    return path


TOOLS = ("openapi-python-client", "datamodel-code-generator", "ruff")
"""The tools whose output is kept."""
# The environment variables that the tools get. Others, such as RUFF_*, PYTHON*, the locale and the home folder, change
# what they write.
_KEPT = ("PATH", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR")
_LAST_LINES = 40


def lazy_package(source: str) -> str:
    """Rewrite one of the generator's ``__init__.py`` so that each name is imported on first use."""
    tree = ast.parse(source)
    modules = {
        alias.name: f".{node.module}"
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and node.level == 1 and node.module
        for alias in node.names
    }
    if not modules:
        return source
    summary = (ast.get_docstring(tree) or "").rstrip(". ")
    return render("lazy_package.py", summary=summary, modules=dict(sorted(modules.items())))


_FORK = "_jsms_fork"
_START_OF_FORK = f'''{MARK}
"""Puts the packages of a fork first on the path."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
'''


def fork_package(data: Mapping[str, object], packages: Iterable[str]) -> dict[str, bytes]:
    """Make the files with which pip installs the packages of a fork, by their names in the folder."""
    version = text(mapping(data.get("info")).get("version"), "0")
    project = render(
        "fork.toml",
        mark=MARK,
        version=version,
        client=package_version(Path(__file__).parents[2]),
        folder=_FORK,
        packages=sorted(packages),
    )
    # Python runs what begins with "import" in such a file when it starts.
    files = {"pyproject.toml": project, f"{_FORK}.pth": f"{MARK}\nimport {_FORK}\n", f"{_FORK}.py": _START_OF_FORK}
    return {name: content.encode() for name, content in files.items()}


class ToolError(Exception):
    """A generator failed; the message holds what it said."""


def run_tool(module: str, arguments: Sequence[str], folder: Path) -> None:
    """Run an installed Python tool in a folder, silently; ToolError with the end of its output where it fails."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    finished = subprocess.run(
        [sys.executable, "-s", "-P", "-X", "utf8", "-m", module, *arguments],
        cwd=folder,
        env=kept | {"HOME": str(folder), "LC_ALL": "C.UTF-8", "NO_COLOR": "1", "PYTHONHASHSEED": "0", "TERM": "dumb"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    if finished.returncode:
        said = "\n".join(f"    {line}" for line in finished.stdout.strip().splitlines()[-_LAST_LINES:])
        raise ToolError(f"{module} failed (exit {finished.returncode}):\n{said}")


class Progress:
    """Prints each step when it is done, with the seconds it took; safe to share between threads."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._lock = threading.Lock()
        self._started = time.monotonic()

    @contextmanager
    def step(self, words: str) -> Generator[None]:
        """Time what happens inside; print nothing where it fails, since the failure says more."""
        started = time.monotonic()
        yield
        self.say(f"  {time.monotonic() - started:5.2f} s  {words}")

    def say(self, line: str = "") -> None:
        """Print a line at once."""
        with self._lock:
            print(line, file=self._stream, flush=True)

    @property
    def seconds(self) -> float:
        """Seconds since the run began."""
        return time.monotonic() - self._started
