"""Filling a template's variables: 50023, 50022."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping

from ..refusal import Refusal

PARAMETERS_IS_EMPTY, PARAMETERS_NOT_ALL_REPLACED = 50023, 50022
VARIABLE = re.compile(r"\{\{([0-9A-Za-z]+)\}\}", re.ASCII)


@functools.lru_cache(maxsize=1024)
def variables(template: str) -> tuple[str, ...]:
    """The names of a template's variables, each once, in order."""
    return tuple(dict.fromkeys(VARIABLE.findall(template)))


def fill(template: str, parameters: Mapping[str, str] | None) -> str:
    """The text with its variables filled in.

    Raises:
        Refusal: There are no parameters or an empty value (50023), or one is missing (50022).
    """
    names = variables(template)
    if not names:
        return template
    if not parameters:
        raise Refusal(PARAMETERS_IS_EMPTY, "parameters", "The template needs temp_para with %s.", ", ".join(names))
    for name in names:
        if parameters.get(name) == "":
            raise Refusal(PARAMETERS_IS_EMPTY, "parameters", "The value of %s in temp_para is empty.", name)
    for name in names:
        if name not in parameters:
            raise Refusal(PARAMETERS_NOT_ALL_REPLACED, "parameters", "temp_para has no value for %s.", name)
    return VARIABLE.sub(lambda match: parameters[match[1]], template)
