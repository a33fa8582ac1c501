"""When one message more would be one too many."""

import asyncio

import pytest

from channels.load import IN_HAND, PATIENCE, SLOW_WRITING, Load

pytestmark = pytest.mark.anyio


async def test_few_messages_quickly_written_are_not_too_much() -> None:
    assert not Load(at_most=2).is_too_much(running=1, writing=0.0)


async def test_many_messages_or_slow_writing_are() -> None:
    load = Load(at_most=2)
    assert load.is_too_much(running=2, writing=0.0)
    assert load.is_too_much(running=0, writing=SLOW_WRITING + 0.1)


async def test_a_long_wait_counts_only_while_every_place_is_taken() -> None:
    load = Load(at_most=100)
    load.waited = PATIENCE + 1
    assert not load.is_too_much(running=1, writing=0.0)
    free = asyncio.Event()

    async def stay() -> None:
        async with load.place():
            load.waited = PATIENCE + 1
            await free.wait()

    staying = [asyncio.create_task(stay()) for _ in range(IN_HAND)]
    await asyncio.sleep(0)
    assert load.is_taken
    assert load.is_too_much(running=1, writing=0.0)
    free.set()
    await asyncio.gather(*staying)
    assert not load.is_too_much(running=1, writing=0.0)


async def test_what_waited_last_is_remembered() -> None:
    load = Load(at_most=1)
    load.waited = PATIENCE
    async with load.place():
        assert load.waited < PATIENCE
