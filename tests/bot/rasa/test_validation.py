import json
from pathlib import Path
from typing import Any

import pytest

from tests.bot.rasa.environment import NEEDED, run

pytestmark = NEEDED

PROGRAM = """
import asyncio, json, sys
from jsonschema import ValidationError
from rasa.core.actions.action import RemoteAction
from rasa.core.channels.channel import CollectingOutputChannel
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker

from bot.rasa import validation


class Endpoint:
    url, kwargs = "http://127.0.0.1/", {}

    async def request(self, **given):
        return self.answer


def refuses(answer):
    # As Rasa itself comes to the check: through the whole run of an action.
    endpoint.answer = answer
    tracker = DialogueStateTracker("a", [])
    run = RemoteAction("action_a", endpoint).run
    try:
        asyncio.run(run(CollectingOutputChannel(), None, tracker, Domain.empty()))
    except ValidationError:
        return True
    return False


endpoint = Endpoint()
answers = json.loads(sys.argv[1])
theirs = [refuses(answer) for answer in answers]
validation.install()
ours = [refuses(answer) for answer in answers]
installed = RemoteAction._validate_action_result is validation.validate_action_result
print(json.dumps({"theirs": theirs, "ours": ours, "installed": installed}))
"""
GOOD: list[dict[str, Any]] = [
    {"events": [], "responses": []},
    {"events": [{"event": "slot", "name": "where", "value": "3号楼", "timestamp": None}]},
    {"responses": [{"custom": {"text": "好", "buttons": [{"title": "是", "text": "是"}]}}]},
    {"events": [{"event": "followup", "name": "action_finish_report", "timestamp": 1.5}]},
]
BAD: list[Any] = [
    {"events": "none"},
    {"events": [5]},
    {"events": [{"name": "where", "value": "3号楼"}]},
    {"responses": {"text": "好"}},
    {"responses": ["好"]},
    [],
    "ok",
]


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder: Path = tmp_path_factory.mktemp("validation")
    found: dict[str, Any] = run(PROGRAM, folder, json.dumps([*GOOD, *BAD]))
    return found


def test_it_stands_in_the_place_of_rasas_own(checked: dict[str, Any]) -> None:
    assert checked["installed"] is True


def test_answers_of_actions_are_accepted(checked: dict[str, Any]) -> None:
    assert checked["ours"][: len(GOOD)] == [False] * len(GOOD)


def test_what_is_no_answer_is_refused(checked: dict[str, Any]) -> None:
    assert checked["ours"][len(GOOD) :] == [True] * len(BAD)


def test_it_decides_as_rasa_decides(checked: dict[str, Any]) -> None:
    assert checked["ours"] == checked["theirs"]
