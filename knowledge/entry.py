"""A knowledge entry: one question, the ways to ask it, one answer, where it stands and when."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class Source:
    """The law or notice an answer rests on (依据); ``revision`` which text of it (2018年修正)."""

    title: str
    article: str = ""
    number: str = ""
    link: str = ""
    revision: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """What Linli knows about one question.

    ``effective`` and ``expires`` are the first and the last day in force, both included.
    ``tests`` are wordings that are never searched: they measure the search. ``quoted`` marks the
    passage of a document: the answer is the source's own words and is shown as a quotation.
    """

    id: str
    topic: str
    question: str
    variants: tuple[str, ...]
    answer: str
    source: Source
    effective: date
    expires: date | None
    region: str
    handler: str
    tests: tuple[str, ...] = ()
    quoted: bool = False

    @property
    def phrasings(self) -> tuple[str, ...]:
        """Every wording that is searched, the standard question first."""
        return (self.question, *self.variants)


def in_force(entry: Entry, as_of: date, regions: Collection[str]) -> bool:
    """Whether an entry may be shown on a day to somebody who belongs to ``regions``."""
    begun = entry.effective <= as_of
    ended = entry.expires is not None and entry.expires < as_of
    return begun and not ended and entry.region in regions


def to_content(entry: Entry) -> dict[str, Any]:
    """The entry as plain JSON; ``quoted`` and the source's revision only where they are."""
    source = entry.source
    content: dict[str, Any] = {
        "id": entry.id,
        "topic": entry.topic,
        "question": entry.question,
        "variants": list(entry.variants),
        "answer": entry.answer,
        "source": {
            "title": source.title,
            "article": source.article,
            "number": source.number,
            "link": source.link,
        },
        "effective": entry.effective.isoformat(),
        "expires": entry.expires.isoformat() if entry.expires else None,
        "region": entry.region,
        "handler": entry.handler,
        "tests": list(entry.tests),
    }
    if source.revision:
        content["source"]["revision"] = source.revision
    if entry.quoted:
        content["quoted"] = True
    return content


def from_content(content: Mapping[str, Any]) -> Entry:
    """The entry that ``to_content`` wrote."""
    expires = content["expires"]
    return Entry(
        id=content["id"],
        topic=content["topic"],
        question=content["question"],
        variants=tuple(content["variants"]),
        answer=content["answer"],
        source=Source(**content["source"]),
        effective=date.fromisoformat(content["effective"]),
        expires=date.fromisoformat(expires) if expires else None,
        region=content["region"],
        handler=content["handler"],
        tests=tuple(content["tests"]),
        quoted=bool(content.get("quoted")),
    )
