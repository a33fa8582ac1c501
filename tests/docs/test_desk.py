"""docs/desk.md gives examples that are taken, and every command of the desk in the terminal."""

import json
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from actions.escalation import load_person_rules
from actions.tickets.calendar import WorkingCalendar
from bot.commands.desk_session import COMMANDS, HELP
from channels.hotline.hours import OfficeHours, Shift
from nlu.taxonomy import read_taxonomy
from tests.docs.pages import examples, named_rows, page
from tests.docs.test_intents import in_domain

PAGE = page("desk.md")


def test_the_example_of_hours_is_taken() -> None:
    (example,) = examples(PAGE, "json")
    shifts = TypeAdapter(tuple[Shift, ...]).validate_python(json.loads(example))
    assert "周六、日" in OfficeHours(shifts, WorkingCalendar()).in_words()


def test_the_example_of_rules_is_taken(tmp_path: Path) -> None:
    (example,) = examples(PAGE, "yaml")
    file = tmp_path / "rules.yml"
    file.write_text(example, encoding="utf-8")
    known = {"intents": in_domain("intents"), "categories": set(read_taxonomy())}
    assert len(load_person_rules(file, **known)) == 2


@pytest.mark.parametrize("command", [*COMMANDS, "/quit"])
def test_every_command_is_told(command: str) -> None:
    told = {name.split()[0] for name in named_rows(PAGE) if name.startswith("/")}
    assert command in told
    assert command in HELP


def test_no_command_is_told_of_that_is_gone() -> None:
    told = {name.split()[0] for name in named_rows(PAGE) if name.startswith("/")}
    assert told == {*COMMANDS, "/quit"}
