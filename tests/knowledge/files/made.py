"""Files made by the libraries that write them, of our own text."""

import io
import zipfile
from collections.abc import Sequence
from pathlib import Path

import docx
from openpyxl import Workbook
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from knowledge.files.child import answer

FONT = "STSong-Light"


def pdf(path: Path, pages: Sequence[Sequence[str]], password: str = "") -> Path:
    """Lines on pages, in a Chinese font that is not embedded."""
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    canvas = Canvas(str(path), pagesize=A4, encrypt=password or None)
    for lines in pages:
        canvas.setFont(FONT, 12)
        for n, line in enumerate(lines):
            canvas.drawString(60, 780 - 20 * n, line)
        canvas.showPage()
    canvas.save()
    return path


def word(path: Path, paragraphs: Sequence[str]) -> Path:
    document = docx.Document()
    for text in paragraphs:
        document.add_paragraph(text)
    document.save(str(path))
    return path


def sheet(path: Path, rows: Sequence[Sequence[object]]) -> Path:
    book = Workbook()
    for row in rows:
        book.worksheets[0].append(list(row))
    book.save(path)
    return path


def with_member(path: Path, name: str, content: bytes) -> Path:
    """The same zip archive with one member more, or another content of one."""
    with zipfile.ZipFile(path) as archive:
        members = {info.filename: archive.read(info) for info in archive.infolist()}
    members[name] = content
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, data in members.items():
            archive.writestr(member, data)
    path.write_bytes(packed.getvalue())
    return path


def fault_of(path: Path) -> str:
    """Why a file is refused; empty where it is read."""
    told: str = answer(path.suffix, path).get("fault", "")
    assert "\n" not in told
    return told
