import json
from pathlib import Path
from random import Random

import pytest

from nlu.emergency_examples import (
    FOLDER,
    SEED,
    Example,
    content_of,
    of_emergencies,
    of_intents,
    texts_of,
)
from nlu.emergency_kinds import EmergencyKind

FROZEN = Path("nlu/development").glob("emergencies*.jsonl")


@pytest.fixture(scope="module")
def made() -> list[Example]:
    return list(of_emergencies(Random(SEED)))


def test_every_kind_has_examples_and_more_that_only_sound_like_it() -> None:
    for kind in EmergencyKind:
        said = content_of(FOLDER / f"{kind.value}.yml")
        assert len(said["events"]) >= 25
        assert len(said["quiet"]) > len(said["present"]) >= 50


def test_the_same_examples_are_made_every_time(made: list[Example]) -> None:
    assert made == list(of_emergencies(Random(SEED)))


def test_an_event_in_a_frame_keeps_to_its_group(made: list[Example]) -> None:
    group = [example for example in made if example.group == "厨房着火了"]
    assert {example.kind for example in group} == {"fire", None}
    assert all("厨房着火了" in example.text for example in group)


def test_no_frame_is_left_open(made: list[Example]) -> None:
    assert not [example.text for example in made if "{}" in example.text]


def test_nothing_is_both_an_emergency_and_quiet(made: list[Example]) -> None:
    urgent = {example.text for example in made if example.kind is not None}
    assert not [example.text for example in made if example.kind is None and example.text in urgent]


def test_intents_and_letters_are_quiet_but_for_the_intent_of_emergencies() -> None:
    kinds = {example.kind for example in of_intents()}
    assert kinds == {None, ""}


def test_marks_of_entities_are_taken_off() -> None:
    assert list(texts_of("- [三号楼](address)停电\n- 停水\n")) == ["三号楼停电", "停水"]
    assert list(texts_of({"甲": ["一"], "乙": ["二"]})) == ["一", "二"]


def test_nothing_to_measure_on_is_learnt(made: list[Example]) -> None:
    measured = {
        json.loads(line)["text"]
        for path in FROZEN
        for line in path.read_text(encoding="utf-8").splitlines()
    }
    written = {example.group for example in made}
    assert len(measured) > 700
    assert not {words(text) for text in written} & {words(text) for text in measured}


def words(text: str) -> str:
    return "".join(character for character in text if character.isalnum())
