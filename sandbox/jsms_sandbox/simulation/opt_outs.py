"""Numbers that want no more messages, and the words by which a user says so."""

from __future__ import annotations

from jsms_sandbox.state.entities import App
from jsms_sandbox.state.world import World

OPT_OUT_WORDS = frozenset({"TD", "T", "R"})
"""TD and T are the carriers' words; R is what the opt-out text at the end of marketing names."""


def wants_out(content: str) -> bool:
    """Whether a reply asks for no more messages."""
    return content.strip().upper() in OPT_OUT_WORDS


def opt_out(world: World, app: App, mobile: str) -> None:
    """Send a number nothing more."""
    if mobile not in app.opt_outs:
        app.opt_outs.append(mobile)
        world.app_changed(app)


def opt_in(world: World, app: App, mobile: str) -> bool:
    """Take a number back in; False where it had not opted out."""
    if mobile not in app.opt_outs:
        return False
    app.opt_outs.remove(mobile)
    world.app_changed(app)
    return True
