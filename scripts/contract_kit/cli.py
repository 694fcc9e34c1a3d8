"""The command ``scripts/kit``."""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path

from client_recipes.building import lay_out
from client_recipes.checks import CHECKS
from client_recipes.recipe import recipes
from contract_tools.changes import compare, compare_words
from contract_tools.document import Document, DocumentError, load
from contract_tools.downgrade import to_3_0_3
from contract_tools.generate import as_yaml
from contract_tools.reading import mapping, operations, text, webhooks
from contract_tools.revisions import at_revision
from contract_tools.translate import to_chinese
from jsms_sandbox.conformance import STEPS

from .collection import collection, sandbox_environment, sandbox_variables
from .vectors import VECTORS, vectors

ROOT = Path(__file__).resolve().parents[2]
_EARLIEST = (1980, 1, 1, 0, 0, 0)  # the same files make the same archive
_README = Path(__file__).with_name("readme.md")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; the exit code is 0 where the kit was made."""
    parser = argparse.ArgumentParser(
        prog="scripts/kit",
        description="Make the contract kit, a folder and a zip: documents, changelog, vectors, collection, clients.",
    )
    parser.add_argument(
        "--output", type=Path, default=ROOT / "dist", metavar="DIR", help="where to (default: dist/ here)"
    )
    output: Path = parser.parse_args(arguments).output
    try:
        made = make(load(ROOT / "openapi.yaml"), output)
    except OSError as error:
        print(f"{error}; the kit was not made", file=sys.stderr)
        return 1
    print(f"{made} and {made.name}.zip")
    return 0


def make(document: Document, output: Path) -> Path:
    """Make the kit of a document in a folder, as a folder and an archive named for its version."""
    output.mkdir(parents=True, exist_ok=True)
    name = f"jsms-contract-{_version(document.data)}"
    with tempfile.TemporaryDirectory(dir=output, prefix=".kit-") as scratch:
        fresh, archive = Path(scratch) / name, Path(scratch) / f"{name}.zip"
        fresh.mkdir()
        _fill(document, fresh)
        _pack(fresh, archive)
        shutil.rmtree(output / name, ignore_errors=True)
        fresh.replace(output / name)
        archive.replace(output / archive.name)
    return output / name


def _fill(document: Document, folder: Path) -> None:
    version, data = _version(document.data), document.data
    editions: dict[str, dict[str, object]] = {"": data}
    chinese = to_chinese(document)
    if chinese is not None:
        editions[".zh-CN"] = chinese
    for edition, content in editions.items():
        for openapi, made in (("3.1", content), ("3.0", to_3_0_3(content))):
            path = folder / f"jsms-{version}-openapi-{openapi}{edition}"
            _write(Path(f"{path}.yaml"), document.text if made is data else as_yaml(made))
            _write_json(Path(f"{path}.json"), made)
    readme = _README.read_text(encoding="utf-8")
    local = sandbox_variables()
    page = f"{local['base_url'].removesuffix('v1')}_sandbox/"
    filled = readme.format(
        version=version,
        vectors=len(VECTORS),
        steps=len(STEPS),
        variables="\n".join(f"export JSMS_{name.upper()}={value}" for name, value in local.items()),
        inbox=page,
        conformance=f"{page}conformance.html",
    )
    _write(folder / "README.md", filled)
    _write(folder / "CHANGES.md", changelog(document))
    _write_json(folder / "signature-vectors.json", vectors())
    steps = [{key: getattr(step, key) for key in ("id", "title", "title_zh", "task", "task_zh")} for step in STEPS]
    checks = [{"id": check.name, "holds": check.holds} for check in CHECKS]
    _write_json(folder / "conformance.json", {"contract": version, "steps": steps, "client_checks": checks})
    _write_json(folder / "jsms.postman_collection.json", collection(data))
    _write_json(folder / "jsms-sandbox.postman_environment.json", sandbox_environment())
    for recipe in recipes().values():
        client = folder / "clients" / recipe.name
        client.mkdir(parents=True)
        lay_out(recipe, client, _tracked)


def _tracked(folder: Path) -> list[Path]:
    """The files that are part of the project: a build may have left others beside them."""
    listed = subprocess.run(["git", "-C", str(folder), "ls-files", "-z"], capture_output=True, text=True, check=True)
    return [folder / name for name in sorted(listed.stdout.split("\0")) if name]


def _pack(folder: Path, archive: Path) -> None:
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            entry = zipfile.ZipInfo(path.relative_to(folder.parent).as_posix(), _EARLIEST)
            entry.external_attr = path.stat().st_mode << 16
            packed.writestr(entry, path.read_bytes(), zipfile.ZIP_DEFLATED)


def _write(path: Path, content: str) -> None:
    path.write_text(content, encoding="utf-8", newline="\n")


def _write_json(path: Path, content: object) -> None:
    _write(path, json.dumps(content, ensure_ascii=False, indent=2) + "\n")


_HEAD = """\
# Changes of the contract

What changes for clients from one version to the next. **(Breaking)** marks what can break one that was right before.
"""


def changelog(document: Document) -> str:
    """A section for each version of the contract, newest first."""
    versions = [*_released(Path(document.path)), document]
    sections = [_first(versions[0].data)]
    for before, after in pairwise(versions):
        lines = [
            f"- {'**(Breaking)** ' if change.breaking else ''}{change.sentence}"
            for change in compare(before.data, after.data) + compare_words(before.data, after.data)
        ]
        if lines:
            sections.append(f"## {_version(after.data)}\n" + "\n".join(lines))
    return "\n\n".join([_HEAD.rstrip(), *reversed(sections)]) + "\n"


def _released(path: Path) -> Iterator[Document]:
    """The document of each release, oldest first."""
    git = ["git", "-C", str(path.resolve().parent)]
    command = [*git, "tag", "--sort=version:refname", "--merged", "HEAD", "--list", "v[0-9]*"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    for tag in done.stdout.split() if done.returncode == 0 else ():
        try:
            yield at_revision(path.resolve(), tag)
        except DocumentError:
            continue  # a release before the contract


def _first(data: Mapping[str, object]) -> str:
    found = len(list(operations(data))), len(webhooks(data)), len(mapping(data.get("x-error-codes")))
    counts = "Operations: {}; callbacks: {}; error codes: {}".format(*found)
    return f"## {_version(data)}\n- The first version. {counts}."


def _version(data: Mapping[str, object]) -> str:
    return text(mapping(data.get("info")).get("version"))
