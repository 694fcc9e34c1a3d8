"""A package of models that imports each one when it is asked for.

The generator's own package imports every model as soon as one is needed: forty classes, which take longer to make
than everything else that sending one message needs.
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


def lazy_models(source: str) -> str:
    """The same package as the generator's ``models/__init__.py``, each name of it imported on first use."""
    homes = {
        alias.name: node.module
        for node in ast.parse(source).body
        if isinstance(node, ast.ImportFrom) and node.level == 1 and node.module
        for alias in node.names
    }
    if not homes:
        return source
    names = sorted(homes)
    imports = "".join(f"    from .{homes[name]} import {name}\n" for name in names)
    modules = "".join(f"    {literal(name)}: {literal(homes[name])},\n" for name in names)
    return module(
        "The data models of requests and answers, each imported when it is first asked for.",
        f"if TYPE_CHECKING:\n{imports}",
        f"_MODULES = {{\n{modules}}}",
        _ATTRIBUTES,
        imports=["from importlib import import_module", "from typing import TYPE_CHECKING"],
        exports=names,
    )
