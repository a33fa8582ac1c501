"""The marks by which laws and notices are divided: 第三章, 第三十条, 一、, （一）, 附件."""

import re
from dataclasses import dataclass
from enum import IntEnum

_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "○": 0, "两": 2}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_BLANK = r"[ \t\u3000]"
_C = "[零〇○一二两三四五六七八九十百千]"
_N = rf"{_C}(?:{_BLANK}?{_C}){{0,8}}|\d{{1,4}}"
HEADING_LENGTH = 40
"""A heading is at most so long and ends without a full stop."""


class Rank(IntEnum):
    """What stands within what; 1 to 6 are the levels of a format's own headings."""

    ANNEX = 0
    BOOK = 7
    SUBBOOK = 8
    CHAPTER = 9
    SECTION = 10
    ARTICLE = 11
    ONE = 12
    BRACKETED = 13


_PARTS = {"编": Rank.BOOK, "部分": Rank.BOOK, "分编": Rank.SUBBOOK, "章": Rank.CHAPTER,
          "节": Rank.SECTION}  # fmt: skip
_PART = re.compile(
    rf"第{_BLANK}*(?P<n>{_N}){_BLANK}*(?P<kind>分编|部分|编|章|节)(?P<rest>.*)", re.S
)
_ARTICLE = re.compile(
    rf"(?P<label>第{_BLANK}*(?P<n>{_N}){_BLANK}*条(?:之(?P<sub>[一二三四五六七八九十]{{1,3}}))?)"
    rf"(?P<gap>[\s\u3000]*)(?P<rest>.*)",
    re.S,
)
_ONE = re.compile(r"(?P<label>(?P<n>[一二三四五六七八九十百]{1,4}))\s*[、.．](?P<rest>.*)", re.S)
_BRACKETED = re.compile(
    r"(?P<label>[（(](?P<n>[一二三四五六七八九十]{1,3})[)）])[、.]?(?P<rest>.*)", re.S
)
_ANNEX_ALONE = re.compile(rf"(?:附件|附录|附表|附){_BLANK}*(?:{_N})?{_BLANK}*[:：]?")


@dataclass(frozen=True, slots=True)
class Mark:
    """What a paragraph begins with.

    Attributes:
        number: counted from 1; 0 where there is none.
        sub: of 第十条之一.
        label: as it is cited, without blanks.
        length: of what the mark takes up at the beginning of the paragraph.
        spaced: whether something parts it from what follows.
    """

    rank: Rank
    number: int
    label: str
    length: int
    sub: int = 0
    spaced: bool = True


def number(said: str) -> int:
    """The number meant by 一百二十三, 二〇三 or 123; 0 where it is none."""
    said = re.sub(_BLANK, "", said)
    if said.isdecimal():
        return int(said)
    if not any(c in _UNITS for c in said):
        return int("".join(str(_DIGITS[c]) for c in said)) if said else 0
    total, digit = 0, 0
    for character in said:
        if character in _UNITS:
            total += (digit or 1) * _UNITS[character]
            digit = 0
        else:
            digit = _DIGITS[character]
    return total + digit


def mark(text: str) -> Mark | None:
    """The mark at the beginning of a paragraph, if any."""
    offset = len(text) - len(text.lstrip())
    text = text[offset:]
    part = _PART.match(text)
    if part and is_heading(text):
        label = re.sub(_BLANK, "", f"第{part['n']}{part['kind']}")
        return Mark(_PARTS[part["kind"]], number(part["n"]), label, offset + part.start("rest"))
    article = _ARTICLE.match(text)
    if article:
        sub = number(article["sub"] or "")
        label = re.sub(_BLANK, "", article["label"])
        spaced = bool(article["gap"]) or article["rest"][:1] in ("", *"【（([:：")
        end = offset + article.start("rest")
        return Mark(Rank.ARTICLE, number(article["n"]), label, end, sub, spaced)
    for rank, pattern in ((Rank.ONE, _ONE), (Rank.BRACKETED, _BRACKETED)):
        found = pattern.match(text)
        if found:
            end = offset + found.start("rest")
            return Mark(rank, number(found["n"]), found["label"], end)
    if _ANNEX_ALONE.fullmatch(text.strip()):
        return Mark(Rank.ANNEX, 0, text.strip().rstrip("：:"), offset + len(text))
    return None


def is_heading(text: str) -> bool:
    """Whether a paragraph looks like a heading: short and no sentence."""
    text = text.strip()
    return len(text) <= HEADING_LENGTH and not re.search(r"[。；;，,]$|。.", text)
