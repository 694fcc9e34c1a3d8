"""Whether a message can be paid, and paying it: 50033, 50014."""

from __future__ import annotations

from ..refusal import Refusal
from ..state.entities import App, Credit, MessageKind, Pool
from ..state.world import World

APP_QUOTA_NOT_ASSIGNED, NO_MONEY = 50033, 50014
POOLS: dict[MessageKind, Pool] = {"code": "industry", "notice": "industry", "voice": "voice", "marketing": "market"}


def check_allocated(credit: Credit) -> None:
    """Check that any credit was allocated at all.

    Raises:
        Refusal: All its pools are null (50033).
    """
    if credit.balance is None and credit.voice is None and credit.industry is None and credit.market is None:
        raise Refusal(APP_QUOTA_NOT_ASSIGNED, "credit", "No credit is allocated: all pools are null.")


def charge(world: World, app: App, kind: MessageKind, count: int) -> bool:
    """Take credit from the kind's own pool, then from the pool for all types.

    Where both together are too little nothing is taken, and the answer is False.
    The developer account's pool shrinks with it (assumed), and is never what a send is refused for.
    """
    if not _take(app.credit, POOLS[kind], count):
        return False
    _take(app.dev_credit, POOLS[kind], count)
    world.save(app)
    return True


def check_and_charge(world: World, app: App, kind: MessageKind, count: int) -> None:
    """Take credit.

    Raises:
        Refusal: There is too little (50014).
    """
    if not charge(world, app, kind, count):
        left = (getattr(app.credit, POOLS[kind]) or 0) + (app.credit.balance or 0)
        raise Refusal(NO_MONEY, "credit", "This costs %s SMS; %s are left for it.", count, left)


def _take(credit: Credit, pool: Pool, count: int) -> bool:
    own: int = getattr(credit, pool) or 0
    from_own = min(own, count)
    rest = count - from_own
    if rest > (credit.balance or 0):
        return False
    if from_own:
        setattr(credit, pool, own - from_own)
    if rest:
        credit.balance = (credit.balance or 0) - rest
    return True
