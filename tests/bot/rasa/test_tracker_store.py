from pathlib import Path
from typing import Any

import pytest

from tests.bot.rasa.environment import NEEDED, run

pytestmark = NEEDED

PROGRAM = """
import asyncio, json, os, sqlite3, subprocess, sys
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig
from bot.rasa import tracker_store
from bot.rasa.tracker_store import LocalTrackerStore

DOMAIN = Domain.from_dict({"slots": {"where": {"type": "text", "mappings": [{"type": "custom"}]}}})
NAME = "bot.rasa.tracker_store.LocalTrackerStore"


def opened():
    config = EndpointConfig(type=NAME, dialect="sqlite", db="deep/conversations.db")
    made = TrackerStore.create(config, DOMAIN)
    return getattr(made, "_tracker_store", made)


def texts(tracker):
    return [e.text for e in tracker.events if isinstance(e, UserUttered)]


async def say(store, text, conversation="web:a", session=False, saved=True):
    tracker = await store.retrieve(conversation)
    if tracker is None:
        tracker = DialogueStateTracker(conversation, DOMAIN.slots)
    if session:
        tracker.update(ActionExecuted("action_session_start"))
        tracker.update(SessionStarted())
    tracker.update(UserUttered(text))
    tracker.update(SlotSet("where", text))
    if saved:
        await store.save(tracker)


async def main():
    store = opened()
    found["ours"] = isinstance(store, LocalTrackerStore)
    for pragma in ("journal_mode", "synchronous"):
        found[pragma] = store.events.database.execute("PRAGMA " + pragma).fetchone()[0]
    for text in ("one", "two", "three"):
        await say(store, text, session=text == "one")
    await say(store, "elsewhere", "web:b")
    found["in memory"] = texts(await store.retrieve("web:a"))
    again = await opened().retrieve("web:a")
    found["after a start"] = texts(again)
    found["slot"] = again.get_slot("where")
    found["stranger"] = await opened().retrieve("web:c")
    found["keys"] = sorted(await opened().keys())

    store = opened()
    await say(store, "broken", saved=False)
    found["after a broken turn"] = texts(await store.retrieve("web:a"))

    store = opened()
    await say(store, "four")
    await say(store, "next day", session=True)
    await say(store, "five")
    found["after a new session"] = texts(await opened().retrieve("web:a"))
    kinds = [e["event"] for _, e in opened().events.read("web:a")]
    found["its beginning"] = kinds[:2]
    found["elsewhere"] = texts(await opened().retrieve("web:b"))

    tracker_store.IN_MEMORY = 3
    store = opened()
    for number in range(10):
        await say(store, "hello", f"web:{number}")
    found["kept"] = len(store.known)
    await say(store, "again", "web:0")
    found["made way"] = texts(await opened().retrieve("web:0"))

    one, other = opened(), opened()
    await say(one, "first", "web:x")
    await say(other, "second", "web:x")
    await say(one, "third", "web:x")
    known = one.known["web:x"].tracker
    await say(other, "and more", "web:x")
    gone_on = await one.retrieve("web:x")
    found["gone on with"] = (gone_on is known, texts(gone_on), gone_on.get_slot("where"))
    one, other = opened(), opened()
    await say(one, "before", "web:y", session=True)
    await say(other, "a new day", "web:y", session=True)
    found["begun anew"] = texts(await one.retrieve("web:y"))
    one, other = opened(), opened()
    found["by turns"] = texts(await other.retrieve("web:x"))
    hanging = await one.retrieve("web:x")
    await say(other, "fourth", "web:x")
    hanging.update(UserUttered("too late"))
    await one.save(hanging)
    found["too late"] = texts(await one.retrieve("web:x"))

    if os.fork() == 0:
        await say(opened(), "last words")
        os.kill(os.getpid(), 9)
    os.wait()
    found["after a kill"] = texts(await opened().retrieve("web:a"))


found = {}
asyncio.run(main())
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder: Path = tmp_path_factory.mktemp("trackers")
    printed: dict[str, Any] = run(PROGRAM, folder)
    return printed


def test_the_endpoints_file_can_name_it(found: dict[str, Any]) -> None:
    assert found["ours"] is True


def test_it_writes_ahead_and_waits_for_no_flush(found: dict[str, Any]) -> None:
    normal = 1
    assert (found["journal_mode"], found["synchronous"]) == ("wal", normal)


def test_a_conversation_is_the_same_from_memory_and_from_the_file(found: dict[str, Any]) -> None:
    assert found["in memory"] == found["after a start"] == ["one", "two", "three"]
    assert found["slot"] == "three"
    assert found["elsewhere"] == ["elsewhere"]
    assert found["keys"] == ["web:a", "web:b"]
    assert found["stranger"] is None


def test_a_turn_that_broke_leaves_no_trace(found: dict[str, Any]) -> None:
    assert found["after a broken turn"] == ["one", "two", "three"]


def test_a_new_session_takes_the_place_of_the_last(found: dict[str, Any]) -> None:
    assert found["after a new session"] == ["next day", "five"]
    assert found["its beginning"] == ["action", "session_started"]


def test_what_makes_way_in_memory_stays_in_the_file(found: dict[str, Any]) -> None:
    assert found["kept"] == 3
    assert found["made way"] == ["hello", "again"]


def test_two_rasas_go_on_with_each_others_conversations(found: dict[str, Any]) -> None:
    assert found["by turns"] == ["first", "second", "third", "and more"]


def test_only_what_another_rasa_added_is_read(found: dict[str, Any]) -> None:
    texts = ["first", "second", "third", "and more"]
    assert found["gone on with"] == [True, texts, "and more"]


def test_a_session_that_another_rasa_began_takes_the_place_here_too(found: dict[str, Any]) -> None:
    assert found["begun anew"] == ["a new day"]


def test_a_turn_that_another_rasa_has_overtaken_is_dropped(found: dict[str, Any]) -> None:
    assert found["too late"] == ["first", "second", "third", "and more", "fourth"]


def test_what_was_saved_outlives_a_kill(found: dict[str, Any]) -> None:
    assert found["after a kill"] == ["next day", "five", "last words"]
