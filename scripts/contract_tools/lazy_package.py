"""A package of generated names that imports each one when it is asked for.

The generator's own packages import everything as soon as one name is needed: forty models, or attrs, which take longer
to load than everything else that sending one message needs.
"""

from __future__ import annotations

import ast

from .python_source import literal, module

_ATTRIBUTES = """
if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        module = _MODULES.get(name)
        if module is None:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        globals()[name] = model = getattr(import_module(f".{module}", __name__), name)
        return model

    def __dir__() -> list[str]:
        return sorted({*globals(), *_MODULES})
"""


def lazy_package(source: str) -> str:
    """The same package as one of the generator's ``__init__.py``, each name of it imported on first use."""
    tree = ast.parse(source)
    homes = {
        alias.name: node.module
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and node.level == 1 and node.module
        for alias in node.names
    }
    if not homes:
        return source
    names = sorted(homes)
    imports = "".join(f"    from .{homes[name]} import {name}\n" for name in names)
    modules = "".join(f"    {literal(name)}: {literal(homes[name])},\n" for name in names)
    return module(
        f"{(ast.get_docstring(tree) or '').rstrip('. ')}. Each name is imported when it is first asked for.",
        f"if TYPE_CHECKING:\n{imports}",
        f"_MODULES = {{\n{modules}}}",
        _ATTRIBUTES,
        imports=["from importlib import import_module", "from typing import TYPE_CHECKING"],
        exports=names,
    )
