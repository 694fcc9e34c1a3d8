"""The contract's own changelog, from the documents of the releases."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path

from contract_tools.changes import compare, compare_words
from contract_tools.document import Document, DocumentError
from contract_tools.reading import mapping, operations, text, webhooks
from contract_tools.revisions import at_revision

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
