import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from channels.telegram.polling import PAUSES, TURN, Poller
from channels.telegram.standin import Refusal
from tests.channels.house import House, until
from tests.channels.telegram.conftest import ANNE, URL, Scene

pytestmark = pytest.mark.anyio


@pytest.fixture
async def scene(house: House, tmp_path: Path) -> AsyncIterator[Scene]:
    made = Scene(house, tmp_path, polls=True)
    yield made
    await made.close()


def poller(scene: Scene, owner: str = "process-1") -> Poller:
    reception = scene.telegram.reception(scene.gateway)
    assert reception is not None
    return Poller(reception, scene.house.sessions, clock=scene.house.clock, owner=owner)


async def test_what_was_sent_is_fetched_and_answered(scene: Scene) -> None:
    fetching = poller(scene)
    await scene.platform.say(ANNE, "路灯坏了")
    assert await fetching.fetch() == 0
    await scene.settle()
    assert scene.platform.seen(ANNE) == ["收到：路灯坏了", "第1句"]


async def test_telegram_is_told_only_of_what_is_written_down(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetching = poller(scene)
    for text in ("一号楼", "二号楼"):
        await scene.platform.say(ANNE, text)
    record = scene.gateway.record
    monkeypatch.setattr(scene.gateway, "record", lambda *asked: 1 / 0)
    assert await fetching.fetch() == PAUSES[0]
    assert fetching.offset is None
    monkeypatch.setattr(scene.gateway, "record", record)
    assert await fetching.fetch() == 0
    await scene.settle()
    assert scene.answerer.texts == ["一号楼", "二号楼"]
    last = scene.platform.pending[-1]["update_id"]
    assert fetching.offset == last + 1
    await scene.platform.say(ANNE, "三号楼")
    await fetching.fetch()
    assert [update["update_id"] for update in scene.platform.pending] == [last + 1]


async def test_one_process_fetches_at_a_time(scene: Scene) -> None:
    first, second = poller(scene), poller(scene, "process-2")
    await scene.platform.say(ANNE, "路灯坏了")
    assert await first.fetch() == 0
    assert await second.fetch() == PAUSES[2]
    scene.house.now += TURN + timedelta(seconds=1)
    assert await second.fetch() == 0
    assert await first.fetch() == PAUSES[2]
    await scene.settle()
    assert len(scene.answerer.heard) == 1


async def test_one_who_stops_gives_up_the_turn(scene: Scene) -> None:
    fetching = asyncio.create_task(poller(scene).run())
    await until(lambda: scene.platform.calls["getUpdates"])
    fetching.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await fetching
    await scene.platform.say(ANNE, "路灯坏了")
    assert await poller(scene, "process-2").fetch() == 0


@pytest.mark.parametrize(
    ("fault", "pause", "told"),
    [
        (Refusal(409, "Conflict: terminated by other getUpdates request"), PAUSES[-1],
         "another program"),
        (Refusal(401, "Unauthorized"), PAUSES[-1], "not a bot's token"),
        (Refusal(429, "Too Many Requests: retry later", retry_after=9), 9, ""),
        (Refusal(502, "Bad Gateway"), PAUSES[0], "NetworkError"),
    ],
)  # fmt: skip
async def test_each_refusal_has_its_pause_and_its_line(
    scene: Scene, caplog: pytest.LogCaptureFixture, fault: Refusal, pause: float, told: str
) -> None:
    scene.platform.faults = [fault]
    assert await poller(scene).fetch() == pause
    assert told in caplog.text


async def test_a_webhook_that_stands_in_the_way_is_told_with_what_to_do(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    scene.platform.webhook = URL
    assert await poller(scene).fetch() == PAUSES[-1]
    assert "linli telegram remove" in caplog.text


async def test_failures_in_a_row_wait_longer_and_a_success_begins_anew(scene: Scene) -> None:
    fetching = poller(scene)
    scene.platform.faults = [Refusal(502, "Bad Gateway") for _ in range(7)]
    assert [await fetching.fetch() for _ in range(7)] == [*PAUSES, PAUSES[-1], PAUSES[-1]]
    await scene.platform.say(ANNE, "路灯坏了")
    assert await fetching.fetch() == 0
    assert fetching.failures == 0
    await scene.settle()


async def test_an_update_that_cannot_be_read_holds_nothing_up(scene: Scene) -> None:
    await scene.platform.send(ANNE, photo=[{"file_id": 7, "file_unique_id": "u",
                                            "width": "x", "height": 1}])  # fmt: skip
    await scene.platform.say(ANNE, "路灯坏了")
    await poller(scene).fetch()
    await scene.settle()
    assert scene.answerer.texts == ["路灯坏了"]
