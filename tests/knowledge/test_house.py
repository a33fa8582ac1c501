from pathlib import Path

import pytest

from knowledge.calibrating import own_sayings
from knowledge.house import HouseError, MustAnswer, read_house
from knowledge.importers import read_paths
from tests.knowledge.test_content import CONTENT


def write(folder: Path, text: str) -> Path:
    path = folder / "house.yml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_list_is_read(tmp_path: Path) -> None:
    path = write(
        tmp_path, "must_answer:\n- {question: ' 借书？', entry: card}\noff_topic: [唱歌]\n"
    )
    house = read_house(path)
    assert house.must_answer == (MustAnswer("借书？", "card"),)
    assert house.off_topic == ("唱歌",)


@pytest.mark.parametrize("text", ["", "must_answer:\noff_topic:\n", "off_topic: []"])
def test_a_list_may_be_empty(tmp_path: Path, text: str) -> None:
    assert read_house(write(tmp_path, text)).must_answer == ()


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("off_topic: []\nmust_answer: [", "line 2: is not YAML"),
        ("- 借书", "must have must_answer and off_topic"),
        ("must: []", "must: there is no such part"),
        ("off_topic: 唱歌", "off_topic must be a list"),
        ("off_topic: [唱歌, 7]", "off_topic, number 2: must be a text"),
        ("must_answer: [{question: 借书}]", "must_answer, number 1: needs question and entry"),
        ("must_answer: [{question: '', entry: a}]", "must_answer, number 1: must be a text"),
    ],
)
def test_a_fault_is_told_with_its_place(tmp_path: Path, text: str, fault: str) -> None:
    path = write(tmp_path, text)
    with pytest.raises(HouseError) as told:
        read_house(path)
    assert str(told.value).startswith(f"{path}")
    assert fault in str(told.value)


def test_a_missing_list_is_told(tmp_path: Path) -> None:
    with pytest.raises(HouseError, match="cannot be read: No such file"):
        read_house(tmp_path / "no.yml")


def test_the_own_list_names_seed_entries_and_calibrates_nothing() -> None:
    house, entries = read_house(), read_paths([CONTENT])
    known = {entry.id: entry for entry in entries}
    learnt = {text for entry in entries for text in (*entry.variants, *entry.tests)}
    sayings = own_sayings()
    assert len(house.must_answer) >= 20
    assert len(house.off_topic) >= 20
    for row in house.must_answer:
        assert row.entry in known
        assert row.question not in learnt
    assert not {*house.off_topic} & {*sayings.off_topic, *sayings.reports}
