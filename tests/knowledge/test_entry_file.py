from dataclasses import replace
from pathlib import Path

import pytest

from knowledge.entry_file import EntryFile, line_of
from knowledge.stock import Stock, digests_of
from knowledge.version import content_hash
from tests.knowledge.corpus import ENTRIES, LIBRARY

SORTED = tuple(sorted(ENTRIES, key=lambda entry: entry.id))


def test_entries_are_read_as_they_were_written(tmp_path: Path) -> None:
    Stock.of(ENTRIES).save(tmp_path)
    file = EntryFile(tmp_path)
    assert tuple(file) == SORTED
    assert file[-1] == SORTED[-1]
    assert list(file[1:3]) == list(SORTED[1:3])
    for place in (4, -5):
        with pytest.raises(IndexError):
            file[place]


def test_no_entries_are_none(tmp_path: Path) -> None:
    Stock.of([]).save(tmp_path)
    assert len(EntryFile(tmp_path)) == 0
    assert list(EntryFile(tmp_path)) == []


def test_it_can_be_read_after_the_file_is_gone(tmp_path: Path) -> None:
    Stock.of(ENTRIES).save(tmp_path)
    file = EntryFile(tmp_path)
    for path in tmp_path.iterdir():
        path.unlink()
    assert tuple(file) == SORTED


def test_other_content_has_another_digest(tmp_path: Path) -> None:
    other = replace(LIBRARY, answer="不办了。")
    Stock.of([LIBRARY, LIBRARY, other]).save(tmp_path)
    one, same, different = EntryFile(tmp_path).digests.tolist()
    assert one == same != different
    assert line_of(LIBRARY) != line_of(other)


def test_entries_are_found_by_their_digests(tmp_path: Path) -> None:
    other = replace(LIBRARY, answer="不办了。")
    Stock.of(ENTRIES).save(tmp_path)
    digests = digests_of(map(content_hash, (*SORTED[::-1], other)))
    assert EntryFile(tmp_path).find(digests).tolist() == [3, 2, 1, 0, -1]
    Stock.of([]).save(tmp_path)
    assert EntryFile(tmp_path).find(digests).tolist() == [-1] * 5
