from pathlib import Path
from typing import Any

import pytest

from tests.bot.rasa.environment import NEEDED, run

pytestmark = NEEDED

PROGRAM = """
import asyncio, json
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig
from bot.rasa.tracker_store import LocalTrackerStore

def opened():
    return TrackerStore.create(
        EndpointConfig(type="bot.rasa.tracker_store.LocalTrackerStore", dialect="sqlite",
                       db="conversations.db"),
        Domain.empty(),
    )

def asked(name):
    with store.engine.connect() as connection:
        return connection.execute("PRAGMA " + name).scalar()

store = opened()
asyncio.run(store.save(DialogueStateTracker.from_events("web:a", [UserUttered("hello")])))
again = asyncio.run(opened().retrieve("web:a"))
wrapped = getattr(store, "_tracker_store", store)
store = wrapped
print(json.dumps({
    "ours": isinstance(wrapped, LocalTrackerStore),
    "journal": asked("journal_mode"),
    "synchronous": asked("synchronous"),
    "busy_timeout": asked("busy_timeout"),
    "text": again.latest_message.text,
}))
"""


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder: Path = tmp_path_factory.mktemp("trackers")
    found: dict[str, Any] = run(PROGRAM, folder)
    return found


def test_the_endpoints_file_can_name_it(store: dict[str, Any]) -> None:
    assert store["ours"] is True


def test_it_writes_ahead_and_waits_for_no_flush_but_for_other_writers(
    store: dict[str, Any],
) -> None:
    normal = 1
    assert (store["journal"], store["synchronous"]) == ("wal", normal)
    assert store["busy_timeout"] == 5000


def test_what_is_saved_is_found_by_the_next_process(store: dict[str, Any]) -> None:
    assert store["text"] == "hello"
