"""Whoever asks on about somebody waits for what was decided about them, under whichever name."""

import asyncio
from collections.abc import Coroutine

from wegweiser.flow.line import Landed
from wegweiser.flow.unfolded import Unfolded
from wegweiser.terms.decision import Subject

TURNS = 3


async def _begun(coroutine: Coroutine[object, object, None]) -> "asyncio.Task[None]":
    """Begin to wait; whoever would not have to is done by the end of this."""
    waiting = asyncio.ensure_future(coroutine)
    for _ in range(TURNS):
        await asyncio.sleep(0)
    assert not waiting.done()
    return waiting


def landing() -> "asyncio.Future[Landed]":
    return asyncio.get_running_loop().create_future()


def test_two_identifiers_that_become_one_person_meanwhile_are_the_same() -> None:
    async def play() -> None:
        persons: dict[str, str] = {}
        unfolded, first = Unfolded(persons.get), landing()
        device, user = Subject(device="anonymous_id:a-1"), Subject(person="user_id:u-1")
        unfolded.note(device, first)
        await unfolded.about(user)
        same = await _begun(unfolded.about(device))
        # An event that stands before the decision is folded, and names both.
        persons.update({"anonymous_id:a-1": "per_1", "user_id:u-1": "per_1"})
        joined = await _begun(unfolded.about(user))
        again = await _begun(unfolded.about(device))
        await unfolded.about(Subject(person="user_id:u-2"))
        first.cancel()
        await asyncio.gather(same, joined, again, unfolded.about(device))

    asyncio.run(play())


def test_accounts_are_known_by_their_name_and_nobody_by_none() -> None:
    async def play() -> None:
        unfolded, first, second = Unfolded(lambda name: None), landing(), landing()
        unfolded.note(Subject(account="group_id:acme"), first)
        unfolded.note(Subject(device="anonymous_id:null"), second)
        await unfolded.about(Subject(account="group_id:other"))
        await unfolded.about(Subject(device="anonymous_id:null"))
        same = await _begun(unfolded.about(Subject(account="group_id:acme")))
        everybody = await _begun(unfolded.all())
        first.cancel()
        await same
        assert not everybody.done()
        second.cancel()
        await everybody
        await unfolded.all()

    asyncio.run(play())


def test_a_fold_that_fails_keeps_nobody_waiting() -> None:
    async def play() -> None:
        unfolded, first = Unfolded(lambda name: None), landing()
        subject = Subject(device="anonymous_id:a-1")
        unfolded.note(subject, first)
        waiting = asyncio.gather(unfolded.about(subject), unfolded.all())
        first.set_exception(ValueError("broken"))
        await waiting
        assert first.exception() is not None

    asyncio.run(play())
