"""docs/knowledge.md has every field of an entry, and its examples can be imported."""

from pathlib import Path

import pytest

from knowledge.house import read_house
from knowledge.importers import FIELDS, REQUIRED, SOURCE_FIELDS, read_paths
from tests.docs.pages import examples, named_rows, page

TOLD = named_rows(page("knowledge.md"))


@pytest.mark.parametrize("field", sorted(FIELDS))
def test_every_field_has_a_line_that_says_whether_it_is_required(field: str) -> None:
    required, meaning = TOLD[field]
    assert (required == "是") == (field in REQUIRED)
    assert meaning


@pytest.mark.parametrize("field", SOURCE_FIELDS)
def test_every_field_of_a_source_has_a_line(field: str) -> None:
    assert TOLD[field][0]


def test_no_field_is_told_of_that_is_gone() -> None:
    assert set(TOLD) == FIELDS | set(SOURCE_FIELDS)


@pytest.mark.parametrize(("language", "suffix"), [("yaml", ".yml"), ("csv", ".csv")])
def test_the_examples_can_be_imported(language: str, suffix: str, tmp_path: Path) -> None:
    example = examples(page("knowledge.md"), language)[0]
    file = tmp_path / f"example{suffix}"
    file.write_text(example, encoding="utf-8")
    (entry,) = read_paths([file])
    assert entry.source.article


def test_the_answer_shown_is_as_long_as_the_page_advises(tmp_path: Path) -> None:
    file = tmp_path / "example.yml"
    file.write_text(examples(page("knowledge.md"), "yaml")[0], encoding="utf-8")
    (entry,) = read_paths([file])
    assert 40 <= len(entry.answer) <= 200
    assert len(entry.variants) >= 4


def test_the_example_of_a_house_list_can_be_read(tmp_path: Path) -> None:
    example = next(text for text in examples(page("knowledge.md"), "yaml") if "off_topic" in text)
    file = tmp_path / "house.yml"
    file.write_text(example, encoding="utf-8")
    house = read_house(file)
    assert house.must_answer
    assert house.off_topic
