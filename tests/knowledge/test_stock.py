from dataclasses import replace
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge import stock
from knowledge.entry import Entry
from knowledge.entry_file import EntryFile
from knowledge.stock import Stock, mark
from tests.knowledge.corpus import ENTRIES, LIBRARY

OFFICE = [
    replace(LIBRARY, id=f"{letter}-{number}", answer=f"{letter}{number}。")
    for letter in "abc"
    for number in range(4)
]


def sorted_by_id(entries: list[Entry]) -> list[Entry]:
    return sorted(entries, key=lambda entry: entry.id)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    before=st.lists(st.sampled_from(OFFICE), unique=True),
    after=st.lists(st.sampled_from(OFFICE), unique=True),
    edited=st.sets(st.sampled_from([entry.id for entry in OFFICE])),
)
def test_what_is_written_is_the_same_whatever_was_known(
    tmp_path: Path, before: list[Entry], after: list[Entry], edited: set[str]
) -> None:
    after = [replace(e, answer="改了。") if e.id in edited else e for e in after]
    folders = [tmp_path / name for name in ("before", "changed", "anew")]
    for folder in folders:
        folder.mkdir(exist_ok=True)
    Stock.of(before).save(folders[0])
    changed = Stock.of(after, EntryFile(folders[0]))
    changed.save(folders[1])
    Stock.of(after).save(folders[2])
    assert list(changed) == list(EntryFile(folders[1])) == sorted_by_id(after)
    for name in ("entries.jsonl", "entries.npz"):
        assert (folders[1] / name).read_bytes() == (folders[2] / name).read_bytes()


def test_what_is_known_is_not_worked_out_again(tmp_path: Path) -> None:
    Stock.of(OFFICE).save(tmp_path)
    known = EntryFile(tmp_path)
    kept = [(entry.id, place) for place, entry in enumerate(known) if place % 3]
    new = replace(LIBRARY, id="b-15")
    found = Stock.of([new], known, kept)
    assert list(found) == sorted_by_id([*(known[place] for _, place in kept), new])
    assert list(found.fresh.values()) == [new]


def test_a_mark_changes_with_the_words_alone() -> None:
    assert mark(LIBRARY) == mark(replace(LIBRARY, id="other", region="上海市", tests=()))
    assert mark(LIBRARY) != mark(replace(LIBRARY, answer="不办了。"))
    assert mark(replace(LIBRARY, quoted=True)) == 0


def test_the_numbers_of_digests_begin_as_they_do() -> None:
    assert stock.digests_of(["00000000000000ff99", "8" + 15 * "0" + "1"]).tolist() == [255, 2**63]
    assert stock.digests_of([]).tolist() == []
    assert len(Stock.of(ENTRIES).digests) == len(ENTRIES)
