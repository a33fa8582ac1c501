from dataclasses import replace
from datetime import date

import pytest

from knowledge.entry import Entry, from_content, in_force, to_content
from tests.knowledge.corpus import LIBRARY, REGIONS, SEEDS

UNTIL_JUNE = replace(LIBRARY, effective=date(2026, 1, 1), expires=date(2026, 6, 30))


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2025, 12, 31), False),
        (date(2026, 1, 1), True),
        (date(2026, 6, 30), True),
        (date(2026, 7, 1), False),
    ],
)
def test_both_the_first_and_the_last_day_are_in_force(day: date, expected: bool) -> None:
    assert in_force(UNTIL_JUNE, day, REGIONS) is expected


def test_an_entry_without_an_end_stays_in_force() -> None:
    assert in_force(LIBRARY, date(2999, 1, 1), REGIONS)


def test_an_entry_of_another_region_is_not_in_force_here() -> None:
    assert not in_force(SEEDS, date(2026, 1, 1), ("全国", "上海市"))


@pytest.mark.parametrize("entry", [LIBRARY, UNTIL_JUNE])
def test_an_entry_survives_being_written_as_json(entry: Entry) -> None:
    assert from_content(to_content(entry)) == entry
