"""Word documents: paragraphs and table rows in their order."""

import re
from pathlib import Path
from typing import Any

import docx
from docx.oxml.ns import qn

from knowledge.files.block import Block, FileFault
from knowledge.files.numbering import Numbering
from knowledge.files.office import check_office
from knowledge.files.text import LONGEST

_HEADING = re.compile(r"(?:heading|标题)\s*(\d)", re.I)
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_TITLE = re.compile(r"title|标题|subtitle", re.I)


def read_docx(path: Path) -> list[Block]:
    """The paragraphs of a document, with levels of headings and automatic numbers written out.

    Raises:
        FileFault: it is encrypted, carries macros or unpacks to too much.
        Exception: it is broken, in whatever way.
    """
    check_office(path)
    document = docx.Document(str(path))
    return _blocks(document.element.body, _levels(document), Numbering(document.part))


def _blocks(body: Any, levels: dict[str, int], numbering: Numbering) -> list[Block]:
    blocks, total = list[Block](), 0
    for element in body.iter(qn("w:p"), qn("w:tr")):
        if element.tag == qn("w:tr"):
            text, level = _row(element), 0
        elif _inside(element, body, qn("w:tr")) or _inside(element, body, _FALLBACK):
            continue
        else:
            style = element.style or ""
            level = levels.get(style, 0)
            text = numbering.of(element, style) + _text(element)
        total += len(text)
        if total > LONGEST:
            raise FileFault(f"has more than {LONGEST} characters")
        blocks += [Block(line.strip(), level) for line in text.split("\n") if line.strip()]
    return blocks


def _levels(document: Any) -> dict[str, int]:
    """The level of each style of headings, by the style's id."""
    found = {}
    for style in document.styles:
        name = style.name or ""
        heading = _HEADING.search(name)
        if heading:
            found[style.style_id] = max(1, int(heading[1]))
        elif _TITLE.fullmatch(name.strip()):
            found[style.style_id] = 1
    return found


def _text(paragraph: Any) -> str:
    """What is read; without deleted text, and once where Word keeps it in two forms."""
    parts = []
    for element in paragraph.iter(qn("w:t"), qn("w:tab"), qn("w:br"), qn("w:cr")):
        if _inside(element, paragraph, _FALLBACK) or _inside(element, paragraph, qn("w:p")):
            continue
        if element.tag == qn("w:t"):
            parts.append(element.text or "")
        elif element.getparent().tag == qn("w:r"):
            parts.append(" " if element.tag == qn("w:tab") else "\n")
    return "".join(parts)


def _row(row: Any) -> str:
    cells = []
    for cell in row.iterchildren(qn("w:tc")):
        texts = [_text(paragraph) for paragraph in cell.iter(qn("w:p"))]
        cells.append(" ".join(text.strip() for text in texts if text.strip()))
    return " | ".join(cells).strip(" |").replace("\n", " ")


def _inside(element: Any, end: Any, tag: str) -> bool:
    """Whether an element lies in one of the tag, below ``end``."""
    parent = element.getparent()
    while parent is not None and parent is not end:
        if parent.tag == tag:
            return True
        parent = parent.getparent()
    return False
