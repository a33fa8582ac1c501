from pathlib import Path

from knowledge.files.reading import DOCUMENTS
from knowledge.importers import SUFFIXES
from knowledge.sorting import sort_paths


def test_files_are_told_apart_by_their_endings(tmp_path: Path) -> None:
    names = ["b.yml", "a.XLSX", "c/d.md", "c/e.PDF", "picture.jpg", ".hidden.md", "~$lock.docx"]
    for name in names:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    faults: list[str] = []
    found = sort_paths([tmp_path, tmp_path / "b.yml"], faults)
    assert [path.name for path in found.entries] == ["a.XLSX", "b.yml"]
    assert [path.name for path in found.documents] == ["d.md", "e.PDF"]
    assert [path.name for path in found.left_out] == ["picture.jpg"]
    assert faults == []


def test_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    for name in ("old.doc", "macros.xlsm", "picture.jpg"):
        (tmp_path / name).touch()
    faults: list[str] = []
    sort_paths([tmp_path, tmp_path / "picture.jpg", tmp_path / "gone.md"], faults)
    assert [fault.partition(": ")[2] for fault in faults] == [
        ".xlsm cannot be read; save it as .xlsx",
        ".doc cannot be read; save it as .docx",
        f"only {', '.join((*SUFFIXES, *DOCUMENTS))} can be imported",
        "no such file",
    ]
