"""The whole document with something else in one place, for properties that hold whatever a document says."""

from __future__ import annotations

import copy
from typing import Any, cast

from hypothesis import strategies as st

from contract_tools.document import load

from .lint_cases import WHOLE
from .schema_changes import Data

_WHOLE: Data = load(WHOLE).data
_PLAIN = st.none() | st.booleans() | st.integers() | st.text(max_size=5)
_ANY = st.recursive(
    _PLAIN, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
)


@st.composite
def mutated(draw: st.DrawFn) -> Data:
    """Draw the whole document with any value in the place of one part."""
    data: Data = copy.deepcopy(_WHOLE)
    node: Any = data
    while True:
        keys: list[Any] = [*cast("Data", node)] if isinstance(node, dict) else [*range(len(node))]
        key = draw(st.sampled_from(keys))
        inner: Any = cast("Any", node)[key]
        if type(inner) not in (dict, list) or not inner or draw(st.integers(0, 4)) == 0:
            node[key] = draw(_ANY)
            return data
        node = inner
