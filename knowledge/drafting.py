"""Documents out of files: read, dated, cut, and set beside what is known already.

Either every file is right and is taken, or every fault is told and nothing is.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from itertools import pairwise
from pathlib import Path

from knowledge.comparison import Difference, compare
from knowledge.dating import date_document
from knowledge.document import (
    Document,
    identify,
    in_succession,
    normal_title,
    to_content,
)
from knowledge.files.block import Block, FileFault
from knowledge.files.reading import read_blocks
from knowledge.letterhead import read_letterhead
from knowledge.passages import Passage, cut
from knowledge.statements import repealed
from knowledge.version import content_hash
from nlu.address_divisions import ENDINGS, divisions

EVERYWHERE = "全国"
_NATIONAL = re.compile(
    r"^(?:中华人民共和国|全国|国务院|国家|中共中央|最高人民|中国)"
    r"|^[^市县区镇乡街]{2,14}(?:部|总局)(?:[、 ]|办公厅|$)"
)
_LAW = re.compile(r"(?:法|条例|办法|规定)$")


@dataclass(frozen=True, slots=True)
class Given:
    """What the editor says of a document; it goes before what its head tells."""

    title: str = ""
    number: str = ""
    issuer: str = ""
    region: str = ""
    handler: str = ""
    link: str = ""
    effective: date | None = None
    expires: date | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """A document read from a file, and what a person should look at."""

    path: Path
    document: Document
    notes: tuple[str, ...]


class Outcome(StrEnum):
    """What taking in a draft comes to."""

    NEW = "new"
    VERSION = "new version"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Judged:
    """A draft beside what is known.

    Attributes:
        document: closed where another version or law follows it.
        before: the version, or the law by another name, whose place it takes.
        differences: to that one, or to what this document said so far.
    """

    draft: Draft
    document: Document
    outcome: Outcome
    before: Document | None
    differences: tuple[Difference, ...]


def read_document(path: Path, regions: Sequence[str], given: Given | None = None) -> Draft:
    """The document in a file.

    Args:
        regions: where the knowledge is used, the smallest first; told by a title that names one.

    Raises:
        FileFault: the file cannot be taken, or does not tell what must be known.
    """
    given = given or Given()
    head = read_letterhead(read_blocks(path), path.stem)
    front, body = _texts(head.front), _texts(head.body)
    dates = date_document(front, body, path.stem)
    title = given.title or head.title
    number, issuer = given.number or head.number, given.issuer or head.issuer
    effective = given.effective or dates.effective
    faults = []
    if not title:
        faults.append("no title is found; give --title")
    if effective is None:
        faults.append("no day of coming into force is found; give --effective")
    region = given.region or region_of(title, issuer, number, regions)
    if not region:
        faults.append("where it holds is not told; give --region")
    expires = given.expires or dates.expires
    if effective and expires and expires < effective:
        faults.append(f"its last day {expires} lies before its first, {effective}")
    passages = cut(head.body)
    if not passages:
        faults.append("has a head, but no text")
    if faults or effective is None:
        raise FileFault("; ".join(faults))
    told = (dates.passed, dates.amended, dates.published)
    version = max((day for day in told if day), default=effective)
    document = Document(
        id=identify(title, version),
        title=title,
        number=number,
        issuer=issuer,
        region=region,
        handler=given.handler,
        link=given.link,
        passed=dates.passed,
        amended=dates.amended,
        published=dates.published,
        since=dates.since,
        effective=effective,
        expires=expires,
        repeals=repealed(body),
        revision=f"{dates.amended.year}年{dates.revised}" if dates.amended else "",
        front=front,
        passages=passages,
    )
    notes = () if given.effective else dates.notes
    return Draft(path, document, (*notes, *_gaps(passages)))


def read_documents(
    paths: Iterable[Path], regions: Sequence[str], given: Given, faults: list[str]
) -> Iterator[Draft | None]:
    """A draft for every file, or None with what is wrong added to ``faults``."""
    places: dict[str, Path] = {}
    for path in paths:
        try:
            draft = read_document(path, regions, given)
        except FileFault as fault:
            faults.append(f"{path}: {fault}")
            yield None
            continue
        first = places.setdefault(draft.document.id, path)
        if first != path:
            faults.append(f"{path}: is the same version of the same document as {first}")
        yield draft


def judge(drafts: Sequence[Draft], known: Mapping[str, Document]) -> Iterator[Judged]:
    """What each draft is: new, a new version, changed, or nothing new.

    Args:
        known: documents as they are stored, by id.
    """
    fresh = {draft.document.id: draft.document for draft in drafts}
    together = {**known, **fresh}
    closed = {document.id: document for document in in_succession(together.values())}
    for draft in drafts:
        document = draft.document
        so_far = known.get(document.id)
        before = _before(document, together)
        compared = so_far or before
        same = so_far is not None and content_hash(to_content(so_far)) == content_hash(
            to_content(document)
        )
        differences = (
            () if same or compared is None else compare(compared.passages, document.passages)
        )
        if same:
            outcome = Outcome.UNCHANGED
        elif so_far is not None:
            outcome = Outcome.CHANGED
        else:
            outcome = Outcome.NEW if before is None else Outcome.VERSION
        yield Judged(
            draft,
            closed[document.id],
            outcome,
            before and closed[before.id],
            tuple(differences),
        )


def region_of(title: str, issuer: str, number: str, regions: Sequence[str]) -> str:
    """Where a document holds, by its title, issuer and number; empty where they do not tell."""
    for text in (title, issuer):
        place = _place(text, regions)
        if place:
            return place
    if _NATIONAL.search(issuer) or number.startswith("国") or _NATIONAL.search(title):
        return EVERYWHERE
    return EVERYWHERE if not issuer and _LAW.search(title) else ""


def _place(text: str, regions: Sequence[str]) -> str:
    """The smallest of the places that a text begins with: 海淀区 for 北京市海淀区…."""
    place = ""
    while text:
        names = [name for name in (*regions, *_places()) if text.startswith(name)]
        name = max(names, key=len, default="")
        if not name or name == EVERYWHERE:
            return place
        place, text = name, text[len(name) :]
    return place


@cache
def _places() -> frozenset[str]:
    """Provinces, cities and districts by their full names."""
    names = {name for d in divisions() for name in (d.province, d.city, d.district)}
    return frozenset(name for name in names if name.endswith(ENDINGS) and len(name) > 2)


def _before(document: Document, known: Mapping[str, Document]) -> Document | None:
    """The version whose place a document takes, or the law that it repeals."""
    earlier = [
        other
        for other in known.values()
        if other.id != document.id
        and other.region == document.region
        and other.effective < document.effective
    ]
    title = normal_title(document.title)
    same = [other for other in earlier if normal_title(other.title) == title]
    names = {normal_title(name) for name in document.repeals}
    repealed_ones = [other for other in earlier if normal_title(other.title) in names]
    return max(same or repealed_ones, key=lambda other: other.effective, default=None)


def _gaps(passages: Sequence[Passage]) -> list[str]:
    """Articles that are missing between others."""
    numbers = [int(p.number) for p in passages if p.begins and p.number.isdecimal()]
    gaps = [
        f"第{before}条 is followed by 第{after}条"
        for before, after in pairwise(numbers)
        if after > before + 1
    ]
    return [f"articles are missing: {', '.join(gaps[:5])}"] if gaps else []


def _texts(blocks: Sequence[Block]) -> tuple[str, ...]:
    return tuple(block.text for block in blocks)
