"""A document: a law or notice as a whole, in one of its versions, cut into citable passages."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from typing import Any

from knowledge.days import plain
from knowledge.entry import Entry, Source
from knowledge.naming import spelled
from knowledge.passages import Passage

TOPIC = "法规原文"
"""The topic of documents and their passages."""

_DATES = ("passed", "amended", "published", "since", "effective", "expires")
_BRACKETED = re.compile(r"\([^()]{0,20}\)$")


@dataclass(frozen=True, slots=True)
class Document:
    """One version of a law or notice.

    Attributes:
        id: tells the law and this version of it, so that another version is another document.
        number: 文号, such as 国务院令第735号.
        region: where it holds.
        handler: who is to be asked about it.
        effective: the first day of this version; ``since`` that of the document's first version.
        expires: the last day it sets itself; that of one that was replaced follows from the
            others, see ``in_succession``.
        passed: of the first version, as is ``since``; ``amended`` and ``published`` of this one.
        repeals: titles of what it repeals.
        revision: which text it is, as it is cited (2018年修正); empty for a first version.
        front: the paragraphs before the text: title, acts, contents.
    """

    id: str
    title: str
    number: str
    issuer: str
    region: str
    handler: str
    link: str
    passed: date | None
    amended: date | None
    published: date | None
    since: date | None
    effective: date
    expires: date | None
    repeals: tuple[str, ...]
    revision: str
    front: tuple[str, ...]
    passages: tuple[Passage, ...]

    def entries(self) -> tuple[Entry, ...]:
        """Every passage as something that is searched and answered with, in the law's own words."""
        taken = defaultdict[str, int](int)
        entries = []
        for passage in self.passages:
            if not passage.text.strip():
                continue
            name = passage.number or "p"
            taken[name] += 1
            again = f".{taken[name]}" if taken[name] > 1 else ""
            place = passage.place or (passage.path[-1] if passage.path else "")
            entries.append(
                Entry(
                    id=f"{self.id}-{name}{again}",
                    topic=TOPIC,
                    question=f"《{self.title}》{place}",
                    variants=(),
                    answer=f"{passage.lead}……\n{passage.text}" if passage.lead else passage.text,
                    source=Source(self.title, place, self.number, self.link, self.revision),
                    effective=self.effective,
                    expires=self.expires,
                    region=self.region,
                    handler=self.handler,
                    quoted=True,
                )
            )
        return tuple(entries)


def identify(title: str, version: date) -> str:
    """The id of a version of a document: its title in letters, and a day of this version."""
    return f"{id_before(title)}{version:%Y%m%d}"


def id_before(title: str) -> str:
    """How the ids of all versions of a document, and of their passages, begin."""
    return f"{spelled(normal_title(title)) or 'document'}-"


def normal_title(title: str) -> str:
    """The same for a law however it is named: with its country or without, of whatever year."""
    title = re.sub(r"\s|[《》〈〉<>]", "", plain(title))
    return _BRACKETED.sub("", title).removeprefix("中华人民共和国")


def in_succession(documents: Iterable[Document]) -> list[Document]:
    """The documents in their order, each closed the day before another takes its place.

    A later version of the same title in the same region does so, and one that repeals it
    by name (同时废止). Neither the order of coming in nor asking twice makes a difference.
    """
    documents = list(documents)
    starts = defaultdict[str, list[date]](list)
    for document in documents:
        starts[_work(document, document.title)].append(document.effective)
    ends = defaultdict[str, list[date]](list)
    for document in documents:
        for title in document.repeals:
            if normal_title(title) != normal_title(document.title):
                ends[_work(document, title)].append(document.effective)
    closed = []
    for document in documents:
        work = _work(document, document.title)
        later = [*starts[work], *ends[work]]
        following = [day for day in later if day > document.effective]
        last = [day - timedelta(days=1) for day in following]
        if document.expires:
            last.append(document.expires)
        closed.append(replace(document, expires=min(last, default=None)))
    return closed


def entries_of(contents: Iterable[Mapping[str, Any]]) -> list[Entry]:
    """The passages of stored documents, those that were replaced closed in time."""
    documents = in_succession(map(from_content, contents))
    return [entry for document in documents for entry in document.entries()]


def to_content(document: Document) -> dict[str, Any]:
    """The document as plain JSON."""
    content = asdict(document)
    for name in _DATES:
        content[name] = content[name].isoformat() if content[name] else None
    return {"topic": TOPIC, **_listed(content)}


def from_content(content: Mapping[str, Any]) -> Document:
    """The document that ``to_content`` wrote."""
    values = {name: value for name, value in content.items() if name != "topic"}
    for name in _DATES:
        values[name] = date.fromisoformat(values[name]) if values[name] else None
    values["repeals"], values["front"] = tuple(values["repeals"]), tuple(values["front"])
    values["passages"] = tuple(
        Passage(**{**passage, "path": tuple(passage["path"]), "opening": tuple(passage["opening"])})
        for passage in values["passages"]
    )
    return Document(**values)


def _listed(content: dict[str, Any]) -> dict[str, Any]:
    """Tuples as the lists that JSON makes of them, so that the hash stays the same."""
    passages: Sequence[dict[str, Any]] = content["passages"]
    return {
        **content,
        "repeals": list(content["repeals"]),
        "front": list(content["front"]),
        "passages": [
            {**passage, "path": list(passage["path"]), "opening": list(passage["opening"])}
            for passage in passages
        ],
    }


def _work(document: Document, title: str) -> str:
    """The same for what is called so where the document holds."""
    return f"{document.region}|{normal_title(title)}"
