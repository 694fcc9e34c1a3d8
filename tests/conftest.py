"""What tests of several folders share."""

from __future__ import annotations

from hypothesis import settings

pytest_plugins = ("engines.fixtures",)

# Times are measured elsewhere: on a busy machine any example may be slow.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
