"""Word's automatic numbers (第一条, 一、), which stand in no paragraph's text."""

import re
from typing import Any

from docx.oxml.ns import qn

_CHINESE = frozenset((
    "chineseCounting", "chineseCountingThousand", "chineseLegalSimplified", "japaneseCounting",
    "taiwaneseCounting", "taiwaneseCountingThousand", "ideographTraditional",
))  # fmt: skip
_NUMERALS = "零一二三四五六七八九"
_HIGHEST = 9


class Numbering:
    """Counts through the lists of a document; ask for its paragraphs in their order."""

    def __init__(self, part: Any) -> None:
        self._levels: dict[str, dict[int, Any]] = {}
        self._counts: dict[str, list[int]] = {}
        self._of_style: dict[str, tuple[str, int]] = {}
        try:
            root = part.numbering_part.element
        except (KeyError, NotImplementedError):
            return
        abstract = {
            definition.get(qn("w:abstractNumId")): {
                int(level.get(qn("w:ilvl"))): level
                for level in definition.iterchildren(qn("w:lvl"))
            }
            for definition in root.iterchildren(qn("w:abstractNum"))
        }
        for number in root.iterchildren(qn("w:num")):
            known = number.find(qn("w:abstractNumId"))
            if known is not None:
                levels = abstract.get(known.get(qn("w:val")), {})
                self._levels[number.get(qn("w:numId"))] = levels
        for style in part.styles.element.iterchildren(qn("w:style")):
            place = _place(style.find(qn("w:pPr")))
            if place:
                self._of_style[style.get(qn("w:styleId"))] = place

    def of(self, paragraph: Any, style: str) -> str:
        """The number that Word shows before a paragraph, with a blank after it, or nothing."""
        place = _place(paragraph.find(qn("w:pPr"))) or self._of_style.get(style)
        if place is None or place[0] not in self._levels:
            return ""
        number, depth = place
        levels = self._levels[number]
        if depth not in levels:
            return ""
        counts = self._counts.setdefault(number, [0] * (_HIGHEST + 1))
        counts[depth] = counts[depth] + 1 if counts[depth] else _start(levels[depth])
        counts[depth + 1 :] = [0] * (_HIGHEST - depth)
        pattern = _value(levels[depth], "w:lvlText")
        if _value(levels[depth], "w:numFmt") in ("bullet", "none") or not pattern:
            return ""
        text = re.sub(r"%([1-9])", lambda match: self._shown(match, levels, counts), pattern)
        return text + ("" if text.endswith(("、", "）", ")", ".", "．")) else " ")

    def _shown(self, match: re.Match[str], levels: dict[int, Any], counts: list[int]) -> str:
        depth = int(match[1]) - 1
        count = counts[depth] or 1
        form = _value(levels[depth], "w:numFmt") if depth in levels else "decimal"
        return chinese(count) if form in _CHINESE else str(count)


def chinese(number: int) -> str:
    """The number in words, up to 9999: 一百零五."""
    if not 0 < number < 10_000:
        return str(number)
    words, gap = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // unit % 10
        if digit:
            words += ("零" if gap and words else "") + _NUMERALS[digit] + name
            gap = False
        else:
            gap = True
    return words.removeprefix("一") if words.startswith("一十") else words


def _place(properties: Any) -> tuple[str, int] | None:
    """The list and the depth in it that a paragraph or a style belongs to."""
    numbered = None if properties is None else properties.find(qn("w:numPr"))
    if numbered is None:
        return None
    number, depth = numbered.find(qn("w:numId")), numbered.find(qn("w:ilvl"))
    if number is None:
        return None
    place = 0 if depth is None else int(depth.get(qn("w:val")))
    return number.get(qn("w:val")), min(max(place, 0), _HIGHEST - 1)


def _start(level: Any) -> int:
    start = level.find(qn("w:start"))
    return 1 if start is None else max(1, int(start.get(qn("w:val"))))


def _value(level: Any, name: str) -> str:
    element = level.find(qn(name))
    return "" if element is None else element.get(qn("w:val")) or ""
