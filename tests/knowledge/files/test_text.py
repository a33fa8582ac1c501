import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.files.block import FileFault
from knowledge.files.text import decode, joined, read_markdown, read_text

TEXT = "第一条　养狗的邻居，请牵绳。㐂"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_a_text_is_read_in_whatever_it_is_encoded(encoding: str) -> None:
    assert decode(TEXT.encode(encoding)).lstrip("\ufeff") == TEXT


def test_gbk_is_read() -> None:
    assert [block.text for block in read_text("停车免费。\r\n不用登记。".encode("gbk"))] == [
        "停车免费。",
        "不用登记。",
    ]


@pytest.mark.parametrize("data", [b"\xff\xfe\x00", b"\x00\x01\x02", b"abc\x00def", b"\x81"])
def test_what_is_no_text_is_refused(data: bytes) -> None:
    with pytest.raises(FileFault, match="is no text"):
        decode(data)


def test_lines_broken_for_a_page_are_one_paragraph() -> None:
    lines = [
        "第一条　为了方便街道里的邻居借用雨伞，让大家下雨天",
        "不淋雨，制定这个办法，请大家互相转告，用完请记得还",
        "回来。",
        "第二条　雨伞放在服务站门口的架子上，谁都可以拿去用",
        "，不收押金。",
    ]
    assert [text for text, _ in joined((line, 1) for line in lines)] == [
        "".join(lines[:3]),
        "".join(lines[3:]),
    ]


def test_short_lines_stay_apart() -> None:
    lines = ["身份证", "户口簿", "照片两张", "申请表"]
    assert [text for text, _ in joined((line, None) for line in lines)] == lines


@given(st.lists(st.text(alphabet="甲乙第一条，。 \u3000", max_size=50)))
def test_joining_loses_nothing(lines: list[str]) -> None:
    paragraphs = [text for text, _ in joined((line, None) for line in lines)]
    assert "".join(paragraphs) == "".join(line.strip() for line in lines)


def test_markdown_gives_headings_with_levels_and_no_marks() -> None:
    source = (
        "# 停车办法\n\n<!-- INFO END -->\n\n## 第一章 总则\n\n**第一条** 停[车](https://example.org)免费。\n"
        "- 小车\n> 大车\n\n---\n| 车 | 价 |\n|---|---|\n| 小 | 0 |\n"
    )
    blocks = read_markdown(source.encode())
    assert [(block.text, block.level) for block in blocks] == [
        ("停车办法", 1),
        ("第一章 总则", 2),
        ("第一条 停车免费。", 0),
        ("小车", 0),
        ("大车", 0),
        ("车 | 价", 0),
        ("小 | 0", 0),
    ]


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for reader in (read_text, read_markdown):
        with contextlib.suppress(FileFault):
            reader(data)
