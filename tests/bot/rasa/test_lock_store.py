from pathlib import Path
from typing import Any

import pytest

from bot.engine import free_port
from tests.bot.rasa.environment import NEEDED, run
from tests.channels.redis_server import running_redis

pytestmark = NEEDED

PROGRAM = """
import asyncio, json, sys
from rasa.core.lock_store import LockStore
from rasa.utils.endpoints import EndpointConfig
from bot.rasa import lock_store
from bot.rasa.lock_store import SharedLockStore

NAME = "bot.rasa.lock_store.SharedLockStore"
LASTS = 60.0


def opened(url):
    return LockStore.create(EndpointConfig(type=NAME, url=url))


async def turn(store, name, steps, conversation="web:secret", go=None):
    async with store.lock(conversation, LASTS):
        steps.append("+" + name)
        if go is not None:
            await go.wait()
        steps.append("-" + name)


async def main():
    lock_store.WITHIN = lock_store.LIFETIME = LASTS
    one, other = opened(sys.argv[1]), opened(sys.argv[1])
    found["ours"] = isinstance(one, SharedLockStore)
    steps, go = [], asyncio.Event()
    first = asyncio.create_task(turn(one, "a", steps, go=go))
    while not steps:
        await asyncio.sleep(0.01)
    found["keys"] = [key.decode() for key in one.redis.keys("*")]
    found["kept"] = [one.redis.get(key).decode() for key in one.redis.keys("*")]
    second = asyncio.create_task(turn(other, "b", steps))
    await turn(other, "c", steps, "web:c")
    await asyncio.sleep(0.1)  # for the second to come too early
    go.set()
    await asyncio.gather(first, second)
    found["steps"] = steps
    found["left"] = len(one.redis.keys("*"))

    lock_store.LIFETIME = 0.3
    one.issue_ticket("web:killed", 0.3)
    steps = []
    await turn(other, "after a kill", steps, "web:killed")
    found["after a kill"] = steps

    away = opened(sys.argv[2])
    steps, go = [], asyncio.Event()
    first = asyncio.create_task(turn(away, "a", steps, go=go))
    second = asyncio.create_task(turn(away, "b", steps))
    await asyncio.sleep(0.1)
    go.set()
    await asyncio.gather(first, second)
    found["away"] = steps


found = {}
asyncio.run(main())
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder: Path = tmp_path_factory.mktemp("locks")
    with running_redis(folder) as url:
        return run(PROGRAM, folder, url, f"redis://127.0.0.1:{free_port()}")


def test_two_rasas_take_turns_in_a_conversation_and_in_no_other(found: Any) -> None:
    assert found["ours"]
    assert found["steps"].index("+b") > found["steps"].index("-a")
    assert found["steps"].index("-c") < found["steps"].index("-a")


def test_nothing_in_redis_names_the_conversation_and_nothing_is_left(found: Any) -> None:
    assert len(found["keys"]) == 1
    assert found["keys"][0].startswith("linli:turns:")
    assert "secret" not in f"{found['keys']} {found['kept']}"
    assert found["left"] == 0


def test_the_turn_of_a_rasa_that_died_is_soon_over(found: Any) -> None:
    assert found["after a kill"] == ["+after a kill", "-after a kill"]


def test_without_redis_turns_are_kept_in_the_process(found: Any) -> None:
    assert found["away"] == ["+a", "-a", "+b", "-b"]
