import asyncio
from collections.abc import Collection, Sequence

import pytest

from channels.turns import Turns

pytestmark = pytest.mark.anyio


class Inbox:
    """Says of which messages the turn has come."""

    def __init__(self) -> None:
        self.free: set[int] = set()
        self.looks: list[list[int]] = []

    async def __call__(self, asked: Sequence[int]) -> Collection[int]:
        self.looks.append(list(asked))
        return self.free & set(asked)


async def test_the_first_that_waits_hears_of_an_end_at_once() -> None:
    inbox = Inbox()
    turns = Turns(inbox)
    second, first, other = (
        asyncio.create_task(turns.wait(number, conversation))
        for number, conversation in ((3, "a"), (2, "a"), (1, "b"))
    )
    await asyncio.sleep(0)
    turns.end("a")
    await first
    assert not second.done()
    assert not other.done()
    assert inbox.looks == []
    turns.end("a")
    turns.end("b")
    turns.end("nobody waits here")
    await asyncio.gather(second, other)


async def test_one_look_for_all_finds_what_ended_elsewhere() -> None:
    inbox = Inbox()
    turns = Turns(inbox)
    waiting = {n: asyncio.create_task(turns.wait(n, f"c{n}")) for n in range(1, 4)}
    await asyncio.sleep(0)
    inbox.free = {1, 3}
    await asyncio.gather(waiting[1], waiting[3])
    assert inbox.looks == [[1, 2, 3]]
    assert not waiting[2].done()
    inbox.free = {2}
    await waiting[2]
    assert inbox.looks[-1] == [2]


async def test_nobody_is_looked_for_when_nobody_waits() -> None:
    inbox = Inbox()
    turns = Turns(inbox)
    gone = asyncio.create_task(turns.wait(1, "a"))
    await asyncio.sleep(0)
    gone.cancel()
    await asyncio.gather(gone, return_exceptions=True)
    assert dict(turns.waiting) == {}
    watch = turns.watch
    assert watch is not None
    await watch
    assert inbox.looks in ([], [[]])
    later = asyncio.create_task(turns.wait(2, "a"))
    inbox.free = {2}
    await later
