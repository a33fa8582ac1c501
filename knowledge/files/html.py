"""Web pages: the paragraphs of the part that is the document."""

import re
from collections.abc import Iterator
from typing import Any

from lxml import etree, html

from knowledge.files.block import Block, FileFault
from knowledge.files.text import LONGEST, decode
from knowledge.letterhead import is_label
from knowledge.marks import Rank, mark

_DROPPED = ("script", "style", "noscript", "template", "nav", "footer", "form", "iframe", "svg",
            "select", "button", "textarea", "object", "head")  # fmt: skip
_BLOCKS = frozenset((
    "p", "div", "li", "td", "th", "tr", "table", "tbody", "thead", "ul", "ol", "dl", "dt", "dd",
    "section", "article", "main", "header", "aside", "h1", "h2", "h3", "h4", "h5", "h6", "br", "hr",
    "blockquote", "pre", "body", "center", "figure", "figcaption", "caption",
))  # fmt: skip
_MEMBERS = frozenset(("td", "th"))
_LEVELS = {f"h{n}": n for n in range(1, 7)}
_META = {"articletitle": "标题", "pubdate": "发布日期", "publishdate": "发布日期"}
_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([a-zA-Z0-9_-]+)", re.I)
_MOST = 0.75
"""The document is the smallest part of the page that has this share of its text."""


def read_html(data: bytes) -> list[Block]:
    """The paragraphs of a page, headings with their levels.

    Raises:
        FileFault: it is no text, or has none.
        Exception: it is broken beyond what lxml mends.
    """
    page = html.document_fromstring(_decoded(data), parser=html.HTMLParser(huge_tree=False))
    about = list(_about(page))
    for dropped in page.xpath("|".join(f"//{name}" for name in _DROPPED) + "|//comment()"):
        if dropped.getparent() is not None:
            dropped.drop_tree()
    body = page.find("body")
    body = page if body is None else body
    paragraphs = list(_paragraphs(body, _main(body)))
    outside = [block for block, inside in paragraphs if not inside]
    if any(_is_article(block) for block in outside):
        return [*about, *(block for block, _ in paragraphs)]
    told = [block for block in outside if block.level == 1 or is_label(block.text)]
    within = [block for block, inside in paragraphs if inside]
    if not within:
        raise FileFault("has no text")
    return [*about, *told, *within]


def _decoded(data: bytes) -> str:
    named = _CHARSET.search(data[:4096])
    if named and not data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        name = named[1].decode().lower()
        encoding = "gb18030" if name.startswith("gb") else "utf-8" if "utf" in name else ""
        if encoding:
            try:
                return data.decode(encoding)
            except UnicodeDecodeError:
                pass
    return decode(data)


def _about(page: Any) -> Iterator[Block]:
    """What the page's own description tells of title and date."""
    for meta in page.iter("meta"):
        label = _META.get((meta.get("name") or "").lower())
        content = (meta.get("content") or "").strip()
        if label and content and len(content) < 200:
            yield Block(f"{label}：{content}")


def _main(body: Any) -> Any:
    """The smallest element with most of the text that is no link."""
    sizes: dict[Any, int] = {}
    for _, element in etree.iterwalk(body, events=("end",)):
        if not isinstance(element.tag, str):
            continue
        own = 0 if element.tag == "a" else len((element.text or "").strip())
        own += sum(
            sizes.get(child, 0) + len((child.tail or "").strip())
            for child in element
            if element.tag != "a"
        )
        sizes[element] = own
    whole, part = sizes.get(body, 0), body
    while True:
        largest = max(part, key=lambda child: sizes.get(child, 0), default=None)
        if largest is None or sizes.get(largest, 0) < _MOST * whole or largest.tag in ("p", "tr"):
            return part
        part = largest


def _paragraphs(body: Any, main: Any) -> Iterator[tuple[Block, bool]]:
    """Every paragraph, and whether it stands in the main part."""
    text, level, inside, total = "", 0, False, 0

    def done() -> Iterator[tuple[Block, bool]]:
        nonlocal text, level
        whole = re.sub(r"[ \t\r\n\f]+", " ", text).strip()
        if whole:
            yield Block(whole, level), inside
        text, level = "", 0

    for event, element in etree.iterwalk(body, events=("start", "end")):
        tag = element.tag if isinstance(element.tag, str) else ""
        if event == "start":
            if tag in _BLOCKS and tag not in _MEMBERS:
                yield from done()
            if element is main:
                inside = True
            level = _LEVELS.get(tag, level)
            text += element.text or ""
        else:
            if tag in _MEMBERS and element.getnext() is not None:
                text += " | "
            elif tag in _BLOCKS and tag not in _MEMBERS:
                yield from done()
            if element is main:
                inside = False
            text += element.tail or "" if element is not body else ""
        total += len(element.text or "") if event == "start" else 0
        if total > LONGEST:
            raise FileFault(f"has more than {LONGEST} characters")
    yield from done()


def _is_article(block: Block) -> bool:
    found = mark(block.text)
    return found is not None and found.rank is Rank.ARTICLE
