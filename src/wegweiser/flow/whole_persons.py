"""Waiting until everybody is who the evidence says, large components among them."""

import asyncio

from wegweiser.flow.unify import Unifier

LOOK_AGAIN_S = 0.002


async def whole_persons(unifier: Unifier) -> None:
    """Wait until large components are computed to the end, which the intake does in slices.

    Reading somebody never waits for this: of a large component everybody is who they were
    meanwhile. Whatever must leave nobody out does.
    """
    while unifier.settling:
        await asyncio.sleep(LOOK_AGAIN_S)
