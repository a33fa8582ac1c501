import os
from pathlib import Path

import pytest

from knowledge.files.block import Block, FileFault
from knowledge.files.child import READERS
from knowledge.files.reading import LARGEST, confined, read_blocks, read_rows
from tests.knowledge.files.made import pdf, sheet, word


def test_every_format_gives_the_same_paragraphs(tmp_path: Path) -> None:
    lines = ["停车办法", "第一条 停车免费。"]
    text = "\n".join(lines)
    (tmp_path / "a.txt").write_text(text, encoding="gbk")
    (tmp_path / "a.md").write_text(text, encoding="utf-8")
    (tmp_path / "a.html").write_text("".join(f"<p>{line}</p>" for line in lines), encoding="utf-8")
    word(tmp_path / "a.docx", lines)
    pdf(tmp_path / "a.pdf", [lines])
    for path in sorted(tmp_path.iterdir()):
        assert [block.text for block in read_blocks(path)] == lines, path


def test_tables_of_both_formats_give_the_same_rows(tmp_path: Path) -> None:
    rows = [["问题", "答案"], ["停车", "免费"]]
    (tmp_path / "a.csv").write_text("问题,答案\n停车,免费\n", encoding="utf-8")
    sheet(tmp_path / "a.xlsx", rows)
    assert [cells for _, cells in read_rows(tmp_path / "a.csv")] == rows
    assert [cells for _, cells in read_rows(tmp_path / "a.xlsx")] == rows


def test_a_file_that_is_too_large_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "large.pdf"
    with path.open("wb") as file:
        os.truncate(file.fileno(), LARGEST + 2**20)
    with pytest.raises(FileFault, match="has 101 MB; a file has at most 100 MB"):
        read_blocks(path)


@pytest.mark.parametrize("suffix", [".txt", ".md", *READERS])
def test_an_empty_file_is_refused(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"empty{suffix}"
    path.touch()
    with pytest.raises(FileFault, match="is empty"):
        (read_rows if suffix == ".xlsx" else read_blocks)(path)


def test_invisible_characters_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("\u200b\n第一\u200b条 停车免费。\n\u200b", encoding="utf-8")
    assert read_blocks(path) == [Block("第一条 停车免费。")]


def test_a_parser_that_breaks_down_is_a_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = pdf(tmp_path / "a.pdf", [["停车免费。"]])
    monkeypatch.setattr("knowledge.files.reading.TIMEOUT", 0.001)
    with pytest.raises(FileFault, match="takes too long"):
        confined(path)


def test_a_page_of_a_broken_file_is_told_through_the_child(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(b"%PDF-1.7 and nothing more")
    with pytest.raises(FileFault, match="is broken"):
        read_blocks(path)
