from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reportlab.pdfgen.canvas import Canvas

from knowledge.files.block import FileFault
from knowledge.files.pdf import read_pdf
from tests.knowledge.files.made import fault_of, pdf

RUNNING = "云溪街道办事处文件"
FIRST = "第一条　为了方便街道里的邻居停车，让大家晚上回家都"
SECOND = "能找到车位，制定这个办法，请大家互相转告，停好车请记"
PAGES = [
    [RUNNING, "停车办法", FIRST, SECOND, "- 1 -"],
    [RUNNING, "得锁门。", "第二条　停车免费。", "- 2 -"],
    [RUNNING, "第三条　本办法自2026年1月1日起施行。", "- 3 -"],
]


def test_pages_are_read_without_their_numbers_and_running_heads(tmp_path: Path) -> None:
    blocks = read_pdf(pdf(tmp_path / "some.pdf", PAGES))
    assert [(block.text, block.page) for block in blocks] == [
        ("停车办法", 1),
        (f"{FIRST}{SECOND}得锁门。", 1),
        ("第二条　停车免费。", 2),
        ("第三条　本办法自2026年1月1日起施行。", 3),
    ]


def test_an_encrypted_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileFault, match="is encrypted"):
        read_pdf(pdf(tmp_path / "some.pdf", PAGES, password="秘密123"))


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", b"plain words", b"%PDF-1.4\n%%EOF"])
def test_what_is_no_pdf_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "some.pdf"
    path.write_bytes(content)
    with pytest.raises(FileFault, match="is broken"):
        read_pdf(path)


def test_a_page_that_is_a_picture_is_told(tmp_path: Path) -> None:
    canvas = Canvas(str(tmp_path / "some.pdf"))
    canvas.drawString(50, 500, "some text")
    canvas.showPage()
    canvas.rect(50, 500, 100, 100, fill=1)
    canvas.showPage()
    canvas.save()
    with pytest.raises(FileFault, match="page 2 has no text"):
        read_pdf(tmp_path / "some.pdf")


def test_empty_pages_are_no_text(tmp_path: Path) -> None:
    with pytest.raises(FileFault, match="has no text"):
        read_pdf(pdf(tmp_path / "some.pdf", [[], []]))


@settings(
    max_examples=30,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(place=st.integers(0, 5000), byte=st.integers(0, 255), length=st.integers(1, 5000))
def test_a_damaged_file_is_read_or_refused(
    tmp_path: Path, place: int, byte: int, length: int
) -> None:
    path = tmp_path / "some.pdf"
    if not path.exists():
        pdf(path, PAGES)
    data = bytearray(path.read_bytes())
    data[place % len(data)] = byte
    damaged = tmp_path / "damaged.pdf"
    damaged.write_bytes(data[: len(data) - length if length % 2 else None])
    assert fault_of(damaged) or read_pdf(damaged)
