from dataclasses import replace
from datetime import timedelta

from knowledge.entry import Entry, Source
from knowledge.expiry import Ending, endings
from tests.knowledge.corpus import LIBRARY, POOL, TODAY

MONTH = timedelta(days=30)


def ending(entry: Entry, days: int) -> Entry:
    return replace(entry, expires=TODAY + timedelta(days=days))


def test_what_ends_within_the_days_is_told_and_the_first_to_end_first() -> None:
    entries = [ending(LIBRARY, 30), ending(POOL, 0), replace(POOL, id="open")]
    entries += [replace(ending(POOL, 31), id="later"), replace(ending(POOL, -31), id="long-gone")]
    assert endings(entries, TODAY, MONTH) == [
        Ending(POOL.id, POOL.question, TODAY, 0),
        Ending(LIBRARY.id, LIBRARY.question, TODAY + MONTH, 0),
    ]


def test_what_ended_a_few_days_ago_is_told_too() -> None:
    assert [e.id for e in endings([ending(POOL, -3)], TODAY, MONTH)] == [POOL.id]
    assert endings([ending(POOL, -3)], TODAY, timedelta(days=2)) == []


def test_the_passages_of_a_document_are_one_line() -> None:
    law = replace(ending(POOL, 5), quoted=True, source=Source("泳池办法", revision="2024年修正"))
    entries = [replace(law, id=f"law-{n}") for n in range(3)]
    last = TODAY + timedelta(days=5)
    assert endings(entries, TODAY, MONTH) == [Ending("law-0", "泳池办法 2024年修正", last, 3)]
