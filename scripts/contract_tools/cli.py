"""The command ``scripts/regenerate``."""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections import Counter
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

from contract_tools import generate
from contract_tools.changes import LEVELS, Change, Level, revisions
from contract_tools.changes.contract import compare
from contract_tools.changes.revisions import at_revision
from contract_tools.client_requirements import missing_names, operations_of_client, unsupported
from contract_tools.conversions import check_translations
from contract_tools.derived_descriptions import completed
from contract_tools.document import Document, DocumentError, Problem, load
from contract_tools.emit.model import Surface
from contract_tools.generate import Progress, ToolError
from contract_tools.lint import lint
from contract_tools.output import (
    UNMARKED,
    Difference,
    differences,
    files_in,
    is_marked,
    keep_unexpected,
    locked,
    read_manifest,
    recover,
    replace_tree,
    was_interrupted,
)

_ROOT = Path(__file__).parents[2]
_DOCUMENT = _ROOT / "openapi.yaml"
_OUTPUT = _ROOT / "generated"
_EXAMPLES = """\
examples:
  scripts/regenerate                              make generated/ from openapi.yaml
  scripts/regenerate --check                      is generated/ in step? (what CI runs)
  scripts/regenerate --check --against v1.0.0     the same; what changed for callers since then, in the contract and in
                                                  Python, and whether versions and changelog say so
  scripts/regenerate --check --against v1.0.0 --fail-on breaking
  scripts/regenerate fork.yaml --output fork/     the same from another document, elsewhere
"""


class RefusedError(Exception):
    """The arguments can only be a mistake."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; the exit code is 0 for done or in step, 1 for anything else."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal without Chinese is no reason to stop
    options = _options(arguments)
    try:
        return _check(options) if options.check else _regenerate(options)
    except KeyboardInterrupt:
        print("\nInterrupted; nothing was changed that is not complete.", file=sys.stderr)
        return 130
    except (DocumentError, RefusedError, ToolError) as error:
        print(error, file=sys.stderr)
    except OSError as error:
        print(f"{error}; {_shown(options.output)} is as it was", file=sys.stderr)
    return 1


@dataclass(frozen=True, slots=True)
class _Options:
    document: Path
    output: Path
    check: bool
    against: str | None
    fail_on: Level | None


def _options(arguments: Sequence[str] | None) -> _Options:
    parser = argparse.ArgumentParser(
        prog="scripts/regenerate",
        description="Make everything in generated/ from the OpenAPI document, and say what changes for callers.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "document", type=Path, nargs="?", metavar="DOCUMENT", help="an OpenAPI document (default: openapi.yaml here)"
    )
    parser.add_argument(
        "--output", type=Path, metavar="DIR", help="the folder to make (default: generated/ here); replaced as a whole"
    )
    parser.add_argument(
        "--check",
        nargs="?",
        const="",
        metavar="REVISION",
        help="change nothing; exit 1 where something is out of step; with a git revision as for --against",
    )
    parser.add_argument(
        "--against", metavar="REVISION", help="compare with the document of a git revision, not with the last run's"
    )
    parser.add_argument(
        "--fail-on",
        choices=LEVELS,
        metavar="LEVEL",
        help="with --check and a revision: exit 1 on a change of this level or above (breaking, additive, wording)",
    )
    given = parser.parse_args(arguments)
    check: str | None = given.check
    if check and given.document is None and Path(check).is_file():
        given.document, check = Path(check), ""  # --check fork.yaml
    document: Path = given.document or _DOCUMENT
    if given.output is None and document.resolve() != _DOCUMENT:
        parser.error("say with --output DIR where to put what another document makes")
    output: Path = given.output or _OUTPUT
    against: str | None = given.against or check or None
    if given.fail_on and (check is None or against is None):
        parser.error("--fail-on needs --check and a revision: --check --against REVISION")
    return _Options(Path(_shown(document)), output.resolve(), check is not None, against, given.fail_on)


def _regenerate(options: _Options) -> int:
    output, progress = options.output, Progress(sys.stdout)
    progress.say(f"Regenerating {_shown(output)} from {options.document}")
    document = _read(options.document, progress, write=True)
    with locked(output, lambda: progress.say("  waiting for another run to end")):
        if recover(output):
            progress.say("  cleared away what an interrupted run had left")
        _refuse_foreign_folder(options)
        before = _before(options)
        files = generate.build(document, progress, installable=output != _OUTPUT)
        found = differences(files, output)
        if found:
            with progress.step("replace the folder"):
                _replace(output, files, found, progress)
        _say_changes(before, document, progress)
        counts = Counter(difference.kind for difference in found)
        words = ", ".join(f"{count} {kind}" for kind, count in sorted(counts.items()))
        was = f"before: {words}" if found else "all were in step, nothing was written"
        progress.say(f"\n{len(files)} files in {progress.seconds:.1f} s; {was}.")
    return 0


def _check(options: _Options) -> int:
    output, progress = options.output, Progress(sys.stdout)
    progress.say(f"Checking {_shown(output)} against {options.document}")
    document = _read(options.document, progress)
    before = _before(options)
    files = generate.build(document, progress, installable=output != _OUTPUT)
    lock = locked(output, lambda: progress.say("  waiting for another run to end"))
    with lock if output.parent.is_dir() else nullcontext():
        found = differences(files, output)
    _say_changes(before, document, progress)
    revision = options.against
    passed = revision is None or before is None or _passes(options, revision, before, document, progress)
    if not found:
        progress.say(f"\nIn step: {len(files)} files, {progress.seconds:.1f} s.")
        return 0 if passed else 1
    if output.exists():
        progress.say(f"\n{len(found)} of {len(files)} files out of step:")
        for difference in found:
            progress.say(f"  {difference}")
    else:
        progress.say(f"\nThere is no {_shown(output)}.")
    if was_interrupted(output):
        progress.say("An interrupted run has put the folder aside; the next one puts it back first.")
    again = "scripts/regenerate"
    if options.document.resolve() != _DOCUMENT or output != _OUTPUT:
        again += f" {options.document} --output {_shown(output)}"
    progress.say(f"\nRun {again} and commit what it makes.")
    return 1


def _read(path: Path, progress: Progress, *, write: bool = False) -> Document:
    """Load and check the document; where it may be written, update what follows from its catalogue of codes."""
    changed: list[str] = []
    with progress.step(f"read and check {path}"):
        document = load(path)
        whole, changed = completed(document)
        # On the lines that the file has now; everything that is missing at once.
        found = {document.place(each) for each in lint(whole) or unsupported(whole)}
        found |= set(check_translations(whole)) | (set() if write else set(lint(document)))
        problems = sorted(found, key=lambda problem: (problem.path, problem.line, problem))
        if problems:
            raise _refusal(problems, path)
        notices = _refuse_left_over(document, Surface(whole.data))
        if changed:
            path.write_text(whole.text, encoding="utf-8", newline="")
            document = load(path)
    for notice in notices:
        progress.say(notice)
    for part in changed:
        source = "x-payloads" if part.startswith("the fields of") else "x-error-codes"
        progress.say(f"  {path}: wrote {part}, from its {source}")
    return document


def _refuse_left_over(document: Document, surface: Surface) -> list[str]:
    """Refuse a document without what handwritten code needs; return what else is to be said.

    A fork is refused for what ``jsms_client`` needs alone: the command and the sandbox lose what it does not have. One
    without any operation that the client is written for is another service, and its packages need no client.
    """
    is_own = Path(document.path).resolve() == _DOCUMENT
    if not is_own and operations_of_client().isdisjoint(operation.id for operation in surface.operations):
        return ["  has no operation that jsms_client is written for: use what it makes without jsms_client"]
    found = missing_names(surface)
    problems = [document.place(each) for each in found if is_own or each.message.startswith("overlay/")]
    if problems:
        raise _refusal(problems, document.path)
    others = [each.message for each in found if not each.message.startswith("scripts/")]
    return [f"  {each}; what needs it there does not work" for each in others]


def _refusal(problems: Sequence[Problem], path: str | Path) -> RefusedError:
    lines = "\n".join(str(problem) for problem in problems)
    number = f"{len(problems)} problem{'s' if len(problems) > 1 else ''}"
    return RefusedError(f"{lines}\n\n{number} in {path}; nothing was generated.")


def _before(options: _Options) -> Document | None:
    """Load the document to compare with; None where there is none."""
    if options.against is not None:
        return at_revision(options.document.resolve(), options.against)
    path = options.output / "jsms_contract" / "openapi.yaml"
    try:
        return load(Path(_shown(path))) if path.is_file() else None
    except DocumentError:
        return None  # edited by hand, and about to be replaced


def _say_changes(before: Document | None, document: Document, progress: Progress) -> None:
    if before is None:
        progress.say("\nNo earlier document to compare with.")
        return
    found = compare(before.data, document.data)
    if found:
        _list_changes(f"since {before.path}", found, progress)
    else:
        progress.say(f"\nNothing changes for callers since {before.path}.")


def _list_changes(since: str, found: Sequence[Change], progress: Progress) -> None:
    progress.say(f"\nWhat changes for callers {since}:")
    for change in found:
        progress.say(f"  {'BREAKS ' if change.breaking else '       '} {change.sentence}")
    breaking = sum(change.breaking for change in found)
    if breaking:
        progress.say(f"{breaking} of {len(found)} can break an app that was right before.")


def _passes(options: _Options, revision: str, before: Document, document: Document, progress: Progress) -> bool:
    """Return whether versions and changelog match what changed since a revision, and nothing did that may not."""
    parts = revisions.compared(options.document.resolve(), revision, before.data, document.data)
    for part in parts:
        if part.name == revisions.PYTHON and part.changes:
            _list_changes(f"in Python since {revision}", part.changes, progress)
    progress.say(f"\nSince {revision}:")
    for part in parts:
        progress.say(f"  {part}")
    problems = list(revisions.mismatches(parts, options.document.resolve().parent, revision))
    if options.fail_on is not None:
        problems += revisions.failures(parts, options.fail_on)
    for problem in problems:
        progress.say(f"  {problem}")
    return not problems


def _refuse_foreign_folder(options: _Options) -> None:
    """Refuse a folder that holds something and no manifest: it may be somebody's work."""
    output, shown = options.output, _shown(options.output)
    if options.document.resolve().is_relative_to(output):
        raise RefusedError(f"{shown} holds the document itself, and is replaced as a whole; name another folder")
    if not output.exists():
        return
    if not output.is_dir():
        raise RefusedError(f"{shown} is a file; name a folder with --output")
    if (output / ".git").exists():
        raise RefusedError(f"{shown} is a repository, and is replaced as a whole; name a folder inside it")
    if read_manifest(output) is None:
        for name in files_in(output):
            if name not in UNMARKED and not is_marked(output / name):
                raise RefusedError(
                    f"{shown} was not made by this command: it has no manifest.json of ours, and holds {name}. "
                    "Name an empty or a new folder with --output; nothing was changed."
                )


def _replace(output: Path, files: dict[str, bytes], found: list[Difference], progress: Progress) -> None:
    unexpected = [difference.path for difference in found if difference.kind == "unexpected"]
    if unexpected:
        kept = keep_unexpected(output, unexpected)
        for name in unexpected:
            progress.say(f"  {name} was not made by this command: kept in {_shown(kept)}")
    for difference in found:
        if difference.kind == "edited by hand":
            progress.say(f"  {difference.path} was edited by hand, and is made again: {difference.detail}")
    replace_tree(output, files)


def _shown(path: Path) -> str:
    """Shorten a path as far as it can be from here."""
    full = path if path.is_absolute() else Path.cwd() / path
    near = os.path.relpath(full)
    return near if len(near) <= len(str(full)) else str(full)
