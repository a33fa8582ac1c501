from dataclasses import replace
from pathlib import Path

import pytest

from knowledge.entry_file import EntryFile, line_of, write_entries
from tests.knowledge.corpus import ENTRIES, LIBRARY


def test_entries_are_read_as_they_were_written(tmp_path: Path) -> None:
    write_entries(ENTRIES, tmp_path)
    file = EntryFile(tmp_path)
    assert tuple(file) == ENTRIES
    assert file[-1] == ENTRIES[-1]
    assert list(file[1:3]) == list(ENTRIES[1:3])
    for place in (4, -5):
        with pytest.raises(IndexError):
            file[place]


def test_no_entries_are_none(tmp_path: Path) -> None:
    write_entries([], tmp_path)
    assert len(EntryFile(tmp_path)) == 0
    assert list(EntryFile(tmp_path)) == []


def test_it_can_be_read_after_the_file_is_gone(tmp_path: Path) -> None:
    write_entries(ENTRIES, tmp_path)
    file = EntryFile(tmp_path)
    for path in tmp_path.iterdir():
        path.unlink()
    assert tuple(file) == ENTRIES


def test_other_content_has_another_digest(tmp_path: Path) -> None:
    other = replace(LIBRARY, answer="不办了。")
    write_entries([LIBRARY, LIBRARY, other], tmp_path)
    one, same, different = EntryFile(tmp_path).digests.tolist()
    assert one == same != different
    assert line_of(LIBRARY) != line_of(other)
