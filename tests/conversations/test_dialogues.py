"""Whole dialogues against real Rasa: each file of ``dialogues/`` is one subject."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conversations.conftest import Running

FOLDER = Path(__file__).with_name("dialogues")
DIALOGUES = [
    pytest.param(dialogue, id=f"{path.stem}-{dialogue['name']}")
    for path in sorted(FOLDER.glob("*.yml"))
    for dialogue in yaml.safe_load(path.read_text(encoding="utf-8"))
]


@pytest.mark.rasa
@pytest.mark.parametrize("dialogue", DIALOGUES)
def test_the_dialogue_goes_as_written(dialogue: dict[str, Any], linli: Running) -> None:
    talk = linli.talk()
    number = ""
    for turn in dialogue["turns"]:
        said = turn["say"].replace("{number}", number)
        replies = talk.say(said, **turn.get("with", {}))
        heard = "\n".join(reply["text"] for reply in replies)
        place = f"{dialogue['name']}: “{said}” → “{heard}”"
        for words in turn.get("hear", []):
            assert words.replace("{number}", number) in heard, place
        for words in turn.get("never", []):
            assert words not in heard, place
        if choices := turn.get("either"):
            assert any(words in heard for words in choices), place
        if "cites" in turn:
            titles = [c["title"] for reply in replies for c in reply.get("citations", [])]
            assert turn["cites"] in titles, place
        if turn.get("ticket"):
            number = next(r["ticket"]["number"] for r in replies if "ticket" in r)
        for title in turn.get("offers", []):
            assert title in [b["title"] for r in replies for b in r.get("buttons", [])], place
        if calls := turn.get("calls"):
            assert replies[0]["urgent"], place
            assert [c["number"] for c in replies[0]["calls"]][: len(calls)] == calls, place
