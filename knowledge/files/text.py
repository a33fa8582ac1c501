"""Plain text and Markdown: what it is encoded in, and its paragraphs."""

import codecs
import re
from collections.abc import Iterable, Iterator, Sequence

from knowledge.files.block import Block, FileFault
from knowledge.marks import mark

LONGEST = 5_000_000
"""Characters of a document; the longest code of laws has about a tenth of that."""

_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"),
         (codecs.BOM_UTF16_BE, "utf-16"))  # fmt: skip
_NO_TEXT = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\ufffe\uffff]")
_COMMENT = re.compile(r"<!--.*?-->", re.S)
_TAG = re.compile(r"</?[a-zA-Z][^<>\n]{0,200}>|&nbsp;")
_HEADING = re.compile(r"\s{0,3}(#{1,6})\s*(.*?)\s*#*\s*$")
_RULE = re.compile(r"\s*([-*_=|:]\s*){3,}$")
_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*\)")
_EMPHASIS = re.compile(r"(\*{1,3}|__)(?=\S)(.+?)(?<=\S)\1")
_BULLET = re.compile(r"\s*(?:[-*+]|>)\s+")
_OPEN_END = re.compile(r"[^。！？!?；;：:…」』）)\]】]$")
_FULL = 0.85
"""A line is full, and may go on in the next, from this part of the usual width."""
_NARROW, _WIDE = 15, 70
"""Lines that are narrower or wider were not broken for a page."""


def decode(data: bytes) -> str:
    """The text of UTF-8, UTF-16 with its mark, or GB18030 (GBK, GB2312) bytes.

    Raises:
        FileFault: it is none of these.
    """
    encoding = next((name for bom, name in _BOMS if data.startswith(bom)), None)
    for name in [encoding] if encoding else ["utf-8", "gb18030"]:
        try:
            text = data.decode(name)
        except UnicodeDecodeError:
            continue
        if _NO_TEXT.search(text):
            break
        return text.replace("\r\n", "\n").replace("\r", "\n").replace("\x1b", "")
    raise FileFault("is no text in UTF-8, GBK or GB18030")


def read_text(data: bytes) -> list[Block]:
    """The paragraphs of a plain text; lines broken for a page are joined."""
    return [Block(text) for text, _ in joined((line, None) for line in bounded(data).split("\n"))]


def read_markdown(data: bytes) -> list[Block]:
    """The paragraphs of Markdown, one a line, with the levels of its headings."""
    blocks = []
    for line in _COMMENT.sub("", bounded(data)).split("\n"):
        heading = _HEADING.match(line)
        text = _unmarked(heading[2] if heading else line).strip()
        if text and not _RULE.fullmatch(line):
            blocks.append(Block(text, level=len(heading[1]) if heading else 0))
    return blocks


def bounded(data: bytes) -> str:
    text = decode(data)
    if len(text) > LONGEST:
        raise FileFault(f"has {len(text)} characters; a document has at most {LONGEST}")
    return text


def joined(lines: Iterable[tuple[str, int | None]]) -> Iterator[tuple[str, int | None]]:
    """Paragraphs out of lines of which some were only broken because a page is so wide.

    A line goes on in the next where it is full and ends in the middle of a sentence, and the next
    is not indented and begins with no mark (第…条, 一、).

    Args:
        lines: with the page each stands on.

    Yields:
        Paragraphs, and the page each begins on.
    """
    lines = list(lines)
    width = _usual_width([line for line, _ in lines])
    paragraph, page, going_on = "", None, False
    for line, on in lines:
        text = line.strip()
        indented = line[:1] in (" ", "\u3000", "\t")
        if paragraph and not (going_on and text and not indented and mark(text) is None):
            yield paragraph, page
            paragraph = ""
        if not paragraph:
            page = on
        paragraph += text
        going_on = bool(
            width and len(text) >= _FULL * width and _OPEN_END.search(text) and len(text) <= _WIDE
        )
    if paragraph:
        yield paragraph, page


def _usual_width(lines: Sequence[str]) -> int:
    """How wide full lines are, or 0 where the text was not broken into lines of like width."""
    widths = sorted(len(line.strip()) for line in lines if line.strip())
    if len(widths) < 4:
        return 0
    widest = widths[int(len(widths) * 0.95)]
    near = sum(1 for width in widths if 0.9 * widest <= width <= 1.1 * widest)
    return widest if _NARROW <= widest <= _WIDE and near >= 0.2 * len(widths) else 0


def _unmarked(text: str) -> str:
    text = _TAG.sub("", text)
    text = _LINK.sub(r"\1", text)
    text = _EMPHASIS.sub(r"\2", text)
    bullet = _BULLET.match(text)
    if bullet:
        text = text[bullet.end() :]
    if text.startswith("|") and text.rstrip().endswith("|"):
        text = " | ".join(cell.strip() for cell in text.strip().strip("|").split("|"))
    return text
