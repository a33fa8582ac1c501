"""PDF: the paragraphs of its pages, read by PDFium."""

import re
from collections import Counter
from pathlib import Path

import pypdfium2

from knowledge.files.block import Block, FileFault
from knowledge.files.text import LONGEST, joined

PAGES = 2000
_PAGE_NUMBER = re.compile(
    r"[-—–－\s]*(?:第\s*)?\d{1,4}\s*(?:页)?(?:\s*[/共]\s*(?:共)?\s*\d{1,4}\s*页?)?[-—–－\s]*"
)
_GARBLED = re.compile(r"[\ufffd\ue000-\uf8ff\ufffe\uffff\x00-\x08]")
_MOST_GARBLED = 0.03
_REPEATED = 3
"""A line on top or at the foot of so many pages, and of half of them, belongs to the page."""


def read_pdf(path: Path) -> list[Block]:
    """The paragraphs of a PDF with their pages, without page numbers and running heads.

    Raises:
        FileFault: it is broken or encrypted, has too many pages, or a page has no readable text.
    """
    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise FileFault("is encrypted; save it without a password") from error
        raise FileFault("is broken: it is no PDF, or only a part of one") from error
    try:
        if len(document) > PAGES:
            raise FileFault(f"has {len(document)} pages; a document has at most {PAGES}")
        pages = [_lines(document, number) for number in range(len(document))]
    except pypdfium2.PdfiumError as error:
        raise FileFault(f"is broken: {error}") from error
    finally:
        document.close()
    if not any(pages):
        raise FileFault("has no text")
    lines = [
        (line, number) for number, page in enumerate(_without_running(pages), 1) for line in page
    ]
    return [Block(text, page=page) for text, page in joined(lines)]


def _lines(document: pypdfium2.PdfDocument, number: int) -> list[str]:
    page = document[number]
    text = page.get_textpage().get_text_bounded()
    if len(text) > LONGEST:
        raise FileFault(f"page {number + 1} has more than {LONGEST} characters")
    if not text.strip():
        if any(True for _ in page.get_objects(max_depth=2)):
            raise FileFault(f"page {number + 1} has no text: it is a picture, perhaps scanned")
        return []
    if len(_GARBLED.findall(text)) > _MOST_GARBLED * len(text):
        raise FileFault(
            f"page {number + 1} has letters that cannot be read; its fonts tell not which"
        )
    return [line for line in re.split(r"[\r\n]+", text.replace("\ufffe", "")) if line.strip()]


def _without_running(pages: list[list[str]]) -> list[list[str]]:
    """Pages without their numbers and without the lines that stand on most of them."""
    edges = Counter(
        line.strip() for page in pages for line in {*page[:2], *page[-2:]} if line.strip()
    )
    running = {line for line, n in edges.items() if n >= _REPEATED and n >= len(pages) / 2}
    kept = []
    for page in pages:
        last = len(page) - 1
        kept.append(
            [
                line
                for place, line in enumerate(page)
                if not (
                    place in (0, 1, last - 1, last)
                    and (line.strip() in running or _PAGE_NUMBER.fullmatch(line))
                )
            ]
        )
    return kept
