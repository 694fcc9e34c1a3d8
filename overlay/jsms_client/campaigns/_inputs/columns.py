"""Which column has the numbers: by its name, in the words that people use."""

from __future__ import annotations

from collections.abc import Sequence

from jsms_client.campaigns._errors import CampaignInputError

_NAMES = frozenset(
    (
        *("mobile", "mobilenumber", "mobilephone", "phone", "phonenumber", "tel", "telephone", "cell", "cellphone"),
        *("手机", "手机号", "手机号码", "电话", "电话号码", "号码", "移动电话", "联系电话"),
    )
)
_BESIDES_LETTERS = str.maketrans("", "", " _-.\u3000")


def plain(name: str) -> str:
    """A column's name without what people write in different ways.

    Args:
        name: The name.
    """
    return name.casefold().translate(_BESIDES_LETTERS)


def find_mobile(names: Sequence[str], wanted: str | None) -> int | None:
    """Where the numbers are.

    Args:
        names: The names of the columns.
        wanted: The column's name, where the caller gave it.

    Returns:
        Its place; None where no column has such a name.

    Raises:
        CampaignInputError: The column that was asked for is not there, or more than one could be it.
    """
    if wanted is not None:
        if wanted not in names:
            raise CampaignInputError(f"the list has no column {wanted!r}; it has {_listed(names)}")
        return names.index(wanted)
    found = [place for place, name in enumerate(names) if plain(name) in _NAMES]
    if len(found) > 1:
        # "mobile" is the service's own word.
        found = [place for place in found if plain(names[place]) == "mobile"] or found
    if len(found) > 1:
        several = _listed([names[place] for place in found])
        raise CampaignInputError(f"more than one column could have the numbers: {several}; say which, by mobile_column")
    return found[0] if found else None


def _listed(names: Sequence[str]) -> str:
    return ", ".join(repr(name[:40]) for name in names[:10]) or "none"


__all__ = ["find_mobile", "plain"]
