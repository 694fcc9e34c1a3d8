"""What changed in the public Python API of the client, between a git revision and the work tree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import griffe

from contract_tools.changes import Change

PACKAGE = "jsms_client"
SOURCES = ("overlay", "generated")
# The documented modules; every other one is private, whatever its name.
_MODULES = ("", "errors", "results", "callbacks", "campaigns")
_VERSION = "__version__"


def compare_python_api(root: Path, revision: str) -> list[Change]:
    """List what changed for callers of the package, breaking changes first.

    The public API is what the documented modules export, and the classes of their attributes: ``JSMS.codes.send`` is
    public although its class is in a private module.
    """
    new = griffe.load(PACKAGE, search_paths=[root / source for source in SOURCES], allow_inspection=False)
    old = griffe.load_git(PACKAGE, ref=revision, repo=root, search_paths=list(SOURCES), allow_inspection=False)
    found = dict.fromkeys(_compare(_surface(old), _surface(new)))
    return sorted(found, key=lambda change: not change.breaking)


def _compare(old: Mapping[str, griffe.Object], new: Mapping[str, griffe.Object]) -> Iterator[Change]:
    for name, before in old.items():
        after = new.get(name)
        if after is None:
            if name.rpartition(".")[0] not in old or name.rpartition(".")[0] in new:
                yield Change("removed", f"Python {name}", True, " is gone")
            continue
        for breakage in griffe.find_breaking_changes(before, after):
            if breakage.obj.name != _VERSION:
                yield _breaking(name, before, after, breakage)
    before_names, after_names = dict(_named(old)), dict(_named(new))
    for name in after_names:
        if name not in before_names:
            yield Change("added", f"Python {name}", False, " is new")
    texts = sum(after_names.get(name, text) != text for name, text in before_names.items())
    if texts:
        words = f" has other words in {texts} docstring{'s' if texts > 1 else ''}"
        yield Change("reworded", f"Python {PACKAGE}", False, words)


def _breaking(name: str, before: griffe.Object, after: griffe.Object, breakage: griffe.Breakage) -> Change:
    where = breakage.obj.path
    for owner in (before, after):
        where = where.replace(owner.path, name) if where.startswith(owner.path) else where
    value = breakage.new_value or breakage.old_value
    subject = f"Python {where}" + (f"({value.name})" if isinstance(value, griffe.Parameter) else "")
    return Change("changed", subject, True, f": {breakage.kind.value[0].lower()}{breakage.kind.value[1:]}")


def _surface(package: griffe.Object | griffe.Alias) -> dict[str, griffe.Object]:
    """Find the public classes, functions and constants by the names that callers use."""
    found: dict[str, griffe.Object] = {}
    for module in _MODULES:
        if module and module not in package.members:
            continue
        home = package[module] if module else package
        for name in sorted(map(str, home.exports or ())):
            target = _target(home, name)
            if target is not None:
                found[".".join(filter(None, (PACKAGE, module, name)))] = target
    waiting, seen = list(found.items()), {item.path for item in found.values()}
    while waiting:
        for name, item in _reached(package, *waiting.pop(0)):
            if item.path not in seen:
                seen.add(item.path)
                found[name] = item
                waiting.append((name, item))
    return found


def _reached(
    package: griffe.Object | griffe.Alias, name: str, owner: griffe.Object
) -> Iterator[tuple[str, griffe.Object]]:
    """Find the classes of the package that the attributes of a class have."""
    for member in _members(owner):
        annotation: str | griffe.Expr | None = None
        if isinstance(member, griffe.Attribute):
            annotation = member.annotation
        elif isinstance(member, griffe.Function) and len(member.parameters) == 1:  # a lazy property
            annotation = member.returns
        for part in annotation.iterate(flat=True) if isinstance(annotation, griffe.Expr) else ():
            path = part.canonical_path if isinstance(part, griffe.ExprName) else ""
            target = _target(package, path.removeprefix(f"{PACKAGE}.")) if path.startswith(f"{PACKAGE}.") else None
            if target is not None and target.is_class:
                yield f"{name}.{member.name}", target


def _target(home: griffe.Object | griffe.Alias, path: str) -> griffe.Object | None:
    try:
        item = home[path]
        return item.final_target if isinstance(item, griffe.Alias) else item
    except (KeyError, griffe.AliasResolutionError, griffe.CyclicAliasError):
        return None  # a submodule, or what another package defines


def _named(surface: Mapping[str, griffe.Object]) -> Iterator[tuple[str, str]]:
    """Find every public name with its docstring: members and parameters too."""
    for name, item in surface.items():
        yield name, item.docstring.value if item.docstring else ""
        for member in _members(item):
            path = f"{name}.{member.name}"
            yield path, member.docstring.value if member.docstring else ""
            yield from _parameters(path, member)
        yield from _parameters(name, item)


def _members(item: griffe.Object) -> Iterator[griffe.Object]:
    """List the public members of a class, inherited ones too."""
    for name, member in item.all_members.items() if item.is_class else ():
        target = _target(item, name) if isinstance(member, griffe.Alias) else member
        if target is not None and not name.startswith("_"):
            yield target


def _parameters(name: str, item: griffe.Object) -> Iterator[tuple[str, str]]:
    if isinstance(item, griffe.Function):
        for parameter in item.parameters:
            if parameter.name not in ("self", "cls"):
                yield f"{name}({parameter.name})", ""
