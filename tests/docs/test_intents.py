"""docs/intents.md has every intent and action, and says truly which leads to which."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from actions.catalogue import FLOWS
from bot.settings import ROOT
from tests.docs.pages import named_rows, page, sections

FALLBACK = "nlu_fallback"
RESTART = {"restart": "action_restart"}
"""Rasa's own rule, see bot/flows/talk.yml."""


def read(folder: str) -> list[dict[str, Any]]:
    paths = sorted((ROOT / folder).glob("*.yml"))
    return [yaml.safe_load(path.read_text(encoding="utf-8")) for path in paths]


def in_domain(key: str) -> set[str]:
    return {name for part in read("bot/domain") for name in part.get(key, ())}


def asked(step: dict[str, Any]) -> list[str]:
    """Intents of a step of a rule."""
    return [s["intent"] for s in step.get("or", [step]) if "intent" in s]


def led_to() -> Iterator[tuple[str, str]]:
    """Intents with the first action of their rule, outside of any form."""
    for part in read("bot/flows"):
        for rule in part["rules"]:
            if "condition" not in rule:
                first, then = rule["steps"][:2]
                yield from ((intent, then["action"]) for intent in asked(first))


ACTIONS = {**dict(led_to()), **RESTART}
TOLD = named_rows(page("intents.md"))


@pytest.mark.parametrize("intent", sorted({*in_domain("intents"), FALLBACK}))
def test_every_intent_has_a_line_with_meaning_example_and_its_action(intent: str) -> None:
    meaning, example, action = TOLD[intent]
    assert meaning
    assert example
    assert action == f"`{ACTIONS[intent]}`"


@pytest.mark.parametrize("action", sorted({*in_domain("actions"), *FLOWS}))
def test_every_action_has_a_line(action: str) -> None:
    assert TOLD[action][0]


@pytest.mark.parametrize("form", sorted(in_domain("forms")))
def test_every_form_is_named(form: str) -> None:
    assert f"`{form}`" in sections(page("intents.md"))["动作"]


def test_no_intent_or_action_is_told_of_that_is_gone() -> None:
    known = in_domain("intents") | in_domain("actions") | {FALLBACK}
    assert set(TOLD) == known


def taught() -> Iterator[str]:
    for path in Path(ROOT / "nlu/data").glob("*.yml"):
        yield path.read_text(encoding="utf-8")


def test_the_examples_are_not_those_that_are_taught() -> None:
    text = "\n".join(taught())
    shown = [cells[1] for cells in TOLD.values() if len(cells) == 3]
    assert len(shown) > 30
    assert [example for example in shown if example in text] == []
