"""Cutting a document into passages that can be cited: an article, or a section of a notice.

No character is lost: openings, labels and texts in their order are the document. Long articles are
cut between paragraphs (款), items (项) or sentences, and every piece says where it stands.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import zip_longest

from knowledge.files.block import Block
from knowledge.marks import Mark, Rank, is_heading, mark

LONGEST = 300
"""Characters of a passage; longer ones are cut."""
SHORT_ITEM = 60
"""A bracketed item that is shorter stays with what surrounds it."""

_SENTENCE = re.compile(r"(?<=[。！？!?；;])")
_CLAUSE = re.compile(r"(?<=[，,、：:])")
_ITEM = re.compile(r"\s*([（(][一二三四五六七八九十百]{1,4}[)）])")
_NUMERALS = "零一二三四五六七八九十"


@dataclass(frozen=True, slots=True)
class Passage:
    """A citable piece of a document.

    Attributes:
        path: the headings it stands under, the outermost first.
        label: 第三十条, 一、（二） or nothing.
        part: which 款 or 项 of a longer article: 第二款, 第（三）至（五）项.
        text: as it stands, without the label of an article; paragraphs on lines of their own.
        lead: the words that items in the text depend on and that stand in an earlier piece.
        page: where it begins, from 1.
        number: of an article, in digits (30, 10-1); empty for anything else.
        opening: the headings that stand right before it.
        begins: whether it is the first piece of its article or section.
    """

    path: tuple[str, ...]
    label: str
    text: str
    part: str = ""
    lead: str = ""
    page: int | None = None
    number: str = ""
    opening: tuple[str, ...] = ()
    begins: bool = True

    @property
    def place(self) -> str:
        """Where it stands, as it is cited: 第三十条第二款."""
        return self.label + self.part


@dataclass(slots=True)
class _Section:
    path: tuple[str, ...]
    opening: tuple[str, ...]
    label: str
    number: str
    paragraphs: list[Block] = field(default_factory=list)


@dataclass(slots=True)
class _Cutter:
    """Goes through the paragraphs and knows under which headings it is."""

    sections: list[_Section] = field(default_factory=list)
    headings: list[tuple[Rank | int, str, str]] = field(default_factory=list)
    opening: list[str] = field(default_factory=list)
    article: tuple[int, int] = (0, 0)
    in_article: bool = False
    counted: dict[Rank, int] = field(default_factory=dict)

    def take(self, block: Block, following: Block | None) -> None:
        found = mark(block.text)
        if found and found.rank is Rank.ARTICLE:
            if self._is_next_article(found):
                self._begin_article(block, found)
                return
            found = None
        if block.level and is_heading(block.text):
            self._head(block.level, block.text, "")
        elif found and found.rank in (Rank.ONE, Rank.BRACKETED):
            self._list(block, found, following)
        elif found:
            if found.rank is Rank.ANNEX:
                self.article = (0, 0)
            self._head(found.rank, block.text, "")
        else:
            self._add(block)

    def finish(self) -> list[_Section]:
        if self.opening:
            last = [Block(text) for text in self.opening]
            self.sections.append(_Section((), (), "", "", last))
        return self.sections

    def _is_next_article(self, found: Mark) -> bool:
        here = (found.number, found.sub)
        if found.number == self.article[0] + 1 or here == (self.article[0], self.article[1] + 1):
            return found.spaced or self.article != (0, 0) or found.number == 1
        return found.spaced and (here > self.article or here == (1, 0))

    def _begin_article(self, block: Block, found: Mark) -> None:
        self._leave(Rank.ARTICLE)
        self.article, self.in_article = (found.number, found.sub), True
        number = f"{found.number}-{found.sub}" if found.sub else str(found.number)
        section = self._begin(found.label, number)
        section.paragraphs.append(Block(block.text[found.length :], page=block.page))

    def _list(self, block: Block, found: Mark, following: Block | None) -> None:
        """一、 and （一）: headings and sections in a notice, mere text within an article."""
        expected = self.counted.get(found.rank, 0) + 1
        if self.in_article or found.number not in (1, expected):
            self._add(block)
            return
        after = mark(following.text) if following else None
        alone = following is None or (after is not None and after.rank <= found.rank)
        rest = block.text[found.length :]
        heading = is_heading(rest) and not alone
        listed = found.rank is Rank.BRACKETED and not self._within(found.rank)
        if not heading and alone and listed and len(rest) < SHORT_ITEM:
            self.counted[found.rank] = found.number
            self._add(block)
            return
        self._leave(found.rank)
        self.counted[found.rank] = found.number
        label = found.label + ("、" if found.rank is Rank.ONE else "")
        if heading:
            self.headings.append((found.rank, block.text, label))
            self.opening.append(block.text)
            return
        self.headings.append((found.rank, "", label))
        self._begin(self._label()).paragraphs.append(block)

    def _head(self, rank: Rank | int, text: str, label: str) -> None:
        self._leave(rank)
        self.in_article = False
        self.headings.append((rank, text, label))
        self.opening.append(text)

    def _add(self, block: Block) -> None:
        if self.opening or not self.sections:
            self._begin(self._label())
        self.sections[-1].paragraphs.append(block)

    def _begin(self, label: str, number: str = "") -> _Section:
        path = tuple(_heading(text) for _, text, _ in self.headings if text)
        section = _Section(path, tuple(self.opening), label, number)
        self.sections.append(section)
        self.opening = []
        return section

    def _leave(self, rank: Rank | int) -> None:
        while self.headings and self.headings[-1][0] >= rank:
            self.headings.pop()
        self.counted = {known: n for known, n in self.counted.items() if known <= rank}

    def _within(self, rank: Rank) -> bool:
        return any(known == rank for known, _, _ in self.headings)

    def _label(self) -> str:
        return "".join(label for _, _, label in self.headings)


def cut(blocks: Sequence[Block], longest: int = LONGEST) -> tuple[Passage, ...]:
    """The passages of a text, in its order."""
    cutter = _Cutter()
    written = [block for block in blocks if block.text.strip()]
    for block, following in zip_longest(written, written[1:]):
        if block is not None:
            cutter.take(block, following)
    return tuple(piece for section in cutter.finish() for piece in _pieces(section, longest))


@dataclass(frozen=True, slots=True)
class _Unit:
    """A paragraph or part of one, and its 款 and 项."""

    text: str
    page: int | None
    clause: int
    item: str
    joined: bool


def _pieces(section: _Section, longest: int) -> list[Passage]:
    units = _units(section.paragraphs, longest)
    groups: list[list[_Unit]] = []
    size = 0
    for unit in units:
        if not groups or size + len(unit.text) > longest:
            groups.append([])
            size = 0
        groups[-1].append(unit)
        size += len(unit.text)
    leads = _leads(units)
    clauses = max((unit.clause for unit in units), default=1)
    passages = []
    for n, group in enumerate(groups):
        part = _part(group, clauses) if section.number and len(groups) > 1 else ""
        passages.append(
            Passage(
                path=section.path,
                label=section.label,
                text=_joined(group),
                part=part,
                lead=leads.get(group[0].clause, "") if group[0].item else "",
                page=group[0].page,
                number=section.number,
                opening=section.opening if n == 0 else (),
                begins=n == 0,
            )
        )
    return passages


def _units(paragraphs: Sequence[Block], longest: int) -> list[_Unit]:
    units: list[_Unit] = []
    clause, item = 0, ""
    for paragraph in paragraphs:
        found = _ITEM.match(paragraph.text)
        if found and clause:
            item = found[1]
        else:
            clause, item = clause + 1, ""
        pieces = _sentences(paragraph.text.strip(), longest)
        units += [
            _Unit(text, paragraph.page, clause, item, joined=n > 0)
            for n, text in enumerate(pieces or [""])
        ]
    return units


def _sentences(text: str, longest: int) -> list[str]:
    """The whole text where it is short enough, else sentences, clauses or mere lengths of it."""
    if len(text) <= longest:
        return [text] if text else []
    parts: list[str] = []
    for sentence in _SENTENCE.split(text):
        for clause in _CLAUSE.split(sentence) if len(sentence) > longest else [sentence]:
            parts += [clause[n : n + longest] for n in range(0, len(clause), longest)]
    packed: list[str] = []
    for part in parts:
        if packed and len(packed[-1]) + len(part) <= longest:
            packed[-1] += part
        else:
            packed.append(part)
    return packed


def _part(group: Sequence[_Unit], clauses: int) -> str:
    first, last = group[0], group[-1]
    if first.clause != last.clause:
        return "至".join(
            f"第{_ordinal(unit.clause)}款{f'第{unit.item}项' if unit.item else ''}"
            for unit in (first, last)
        )
    clause = f"第{_ordinal(first.clause)}款" if clauses > 1 else ""
    if not first.item:
        return clause
    if first.item == last.item:
        return f"{clause}第{first.item}项"
    return f"{clause}第{first.item}至{last.item}项"


def _leads(units: Sequence[_Unit]) -> dict[int, str]:
    """What stands before the items of each 款."""
    stems = dict[int, str]()
    for unit in units:
        if not unit.item:
            stems[unit.clause] = stems.get(unit.clause, "") + unit.text
    return {
        clause: stem
        for clause, stem in stems.items()
        if stem.rstrip().endswith(("：", ":")) and len(stem) <= LONGEST
    }


def _joined(group: Sequence[_Unit]) -> str:
    text = group[0].text
    for unit in group[1:]:
        text += unit.text if unit.joined else "\n" + unit.text
    return text


def _ordinal(number: int) -> str:
    if number <= 10:
        return _NUMERALS[number]
    tens, ones = divmod(number, 10)
    return (_NUMERALS[tens] if tens > 1 else "") + "十" + (_NUMERALS[ones] if ones else "")


def _heading(text: str) -> str:
    """A heading on one line, with single blanks and none between lone characters (总 则)."""
    text = re.sub(r"[\s\u3000]+", " ", text).strip()
    return re.sub(r"(?<= [\u4e00-\u9fff]) (?=[\u4e00-\u9fff]$)", "", text)
