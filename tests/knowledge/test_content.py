"""The seed knowledge itself."""

from collections import Counter
from pathlib import Path

import pytest

import knowledge
from knowledge.entry import Entry
from knowledge.importers import read_paths
from nlu.text import normalise

CONTENT = Path(knowledge.__file__).parent / "content"
REGIONS = {"全国", "北京市", "云溪街道"}


@pytest.fixture(scope="module")
def entries() -> list[Entry]:
    return read_paths([CONTENT])


def test_there_are_at_least_two_hundred_entries(entries: list[Entry]) -> None:
    assert len(entries) >= 200


def test_every_entry_has_four_variants_or_more(entries: list[Entry]) -> None:
    assert [entry.id for entry in entries if len(set(entry.variants)) < 4] == []


def test_every_answer_has_40_to_200_characters(entries: list[Entry]) -> None:
    lengths = {entry.id: len(entry.answer) for entry in entries}
    assert {i: n for i, n in lengths.items() if not 40 <= n <= 200} == {}


def test_no_wording_belongs_to_two_entries_or_stands_twice(entries: list[Entry]) -> None:
    counts = Counter(normalise(text) for entry in entries for text in entry.phrasings)
    assert [text for text, count in counts.items() if count > 1] == []


def test_no_test_is_one_of_the_wordings_that_are_searched(entries: list[Entry]) -> None:
    searched = {normalise(text) for entry in entries for text in entry.phrasings}
    tests = [normalise(text) for entry in entries for text in entry.tests]
    assert [text for text in tests if text in searched] == []


def test_every_entry_is_of_a_region_the_model_community_belongs_to(entries: list[Entry]) -> None:
    assert {entry.region for entry in entries} <= REGIONS
