"""When a law or notice was passed, amended and published, and from when to when it is in force.

The head tells of the acts (通过, 修订, 公布 …), mostly the last article of the coming into force.
What the text leaves open is filled in by rule and told in the notes, for the editor to check: an
amended text whose last article only tells of the first coming into force is taken to be in force
from the day of its amendment, unless ``amendments.csv`` knows what the amending decision says.
"""

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from knowledge.days import DAY, day, days, plain
from knowledge.statements import (
    CLOSING,
    amendment_in_force,
    coming_into_force,
    expiry,
    without_statements,
)

AMENDMENTS = Path(__file__).with_name("amendments.csv")
SOON = timedelta(days=120)
"""Publishing follows passing within four months; a later day is that of an amendment."""

LABELS = {
    "passed": "通过日期|通过时间|制定日期",
    "published": "(?:公布|发布|成文|发文|印发|颁布)(?:日期|时间)",
    "effective": "(?:施行|实施|生效|执行)(?:日期|时间)",
    "expires": "(?:失效|废止)(?:日期|时间)|有效期至|有效期截止",
}
_AMENDED = re.compile(r"修订|修正|修改")
_PASSED = re.compile(r"通过|批准")
_PUBLISHED = re.compile(r"公布|发布|颁布|印发|令\s?第?")
_AT_ONCE = re.compile(r"(?:公布|发布)(?:施行|实施|之日起施行)")
_NOW_PUBLISHED = re.compile(r"现[予将]?以?(?:公布|发布|印发|颁布)")
_IN_NAME = re.compile(r"[(\[【](\d{4})[-._年]?(\d{2})[-._月]?(\d{2})日?[)\]】]\s*$")
_SIGNED = re.compile(rf"[^。,;:《》]{{0,40}}?\(?\s?({DAY})\s?\)?")


@dataclass(frozen=True, slots=True)
class Dates:
    """The days of one version of a document.

    Attributes:
        passed: when it was first passed.
        amended: when this version was made, if it is not the first; ``revised`` says how (修正).
        published: when this version was, as far as text, signature or the file's name tell.
        since: when the document first came into force.
        effective: when this version did or will; None where nothing tells.
        expires: its last day, where it sets itself one.
        notes: what was filled in by rule, for a person to check.
    """

    passed: date | None = None
    amended: date | None = None
    published: date | None = None
    since: date | None = None
    effective: date | None = None
    expires: date | None = None
    revised: str = ""
    notes: tuple[str, ...] = ()


@dataclass(slots=True)
class Acts:
    """The days of the acts that a head tells of; of amendments with the word for them.

    ``at_once`` are days of publishing from which the text was in force (公布施行).
    """

    passed: list[date] = field(default_factory=list)
    amended: dict[date, str] = field(default_factory=dict)
    published: list[date] = field(default_factory=list)
    at_once: list[date] = field(default_factory=list)


def date_document(front: Sequence[str], body: Sequence[str], name: str = "") -> Dates:
    """The days of a document.

    Args:
        front: the paragraphs before the text proper: title, acts, number.
        body: the others.
        name: of the file, without its ending; a day in brackets at its end tells the version.
    """
    head = plain("\n".join(front))
    labelled, acts, notes = _labelled(head), acts_of(head), list[str]()
    passed = min(acts.passed, default=labelled.get("passed"))
    again = [when for when in acts.passed if passed and when - passed > SOON]
    amended = max((*acts.amended, *again), default=None)
    published = max(acts.published, default=labelled.get("published"))
    if published is None and amended is None:
        published = _signed(front, body)
    issued = min((d for d in (passed, *acts.published, published) if d), default=None)
    if amended is None:
        issued = published or passed

    coming = coming_into_force(front, body)
    named = _in_name(plain(name))
    told = max((d for d in (passed, amended, published) if d), default=None)
    if named is not None and (told is None or named >= told):
        later = told is not None and named - told > SOON
        before = coming is not None and coming.when is not None and coming.when < named
        if named != told and (before or later):
            amended = named
            notes.append(f"that there is a version of {named} is told by the file's name only")
        elif named != told:
            notes.append(f"published {named} by the file's name")
            issued = issued if amended else named
        published = named
        issued = issued or named
    elif named is not None and named < (amended or named):
        notes.append(f"the file's name says {named}, but the text tells of {amended}")

    since = coming.on(issued) if coming else None
    if coming and coming.when is None and since and published is None:
        notes.append(f"in force from its publishing, whose day is not told; taken: {issued}")
    since = labelled.get("effective") or since or min(acts.at_once, default=None)
    effective = since
    if amended is not None and (since is None or since < amended):
        effective = amendment_in_force(front, amended) or _decided(head, amended)
        if effective is None:
            effective = amended
            notes.append(f"from when its amendment is in force is not told; taken: {amended}")
    expires = labelled.get("expires") or expiry(body, effective)
    revised = acts.amended.get(amended, "修改") if amended else ""
    return Dates(passed, amended, published, since, effective, expires, revised, tuple(notes))


def acts_of(head: str) -> Acts:
    """What was done on which day, in a plain head."""
    acts = Acts()
    bare = without_statements(head)
    found = list(days(bare))
    ends = [*(start for start, _, _ in found), len(bare)][1:]
    for (_, start, when), end in zip(found, ends, strict=True):
        said = re.split(r"[。;]", _NOW_PUBLISHED.sub("", bare[start:end]))[0]
        amended = _AMENDED.search(said)
        if amended:
            acts.amended[when] = amended[0]
        elif _PASSED.search(said):
            acts.passed.append(when)
        if _PUBLISHED.search(said):
            acts.published.append(when)
        if _AT_ONCE.search(said):
            acts.at_once.append(when)
    return acts


def _labelled(head: str) -> dict[str, date]:
    found = {}
    for name, labels in LABELS.items():
        match = re.search(rf"(?:{labels})[\]】]?[\s:|]{{0,4}}({DAY})", head)
        when = day(match[1]) if match else None
        if when is not None:
            found[name] = when
    return found


def _signed(front: Sequence[str], body: Sequence[str]) -> date | None:
    """The day under a signature, or on a line of its own in the head."""
    for paragraph in [*reversed(body[-CLOSING:]), *front]:
        match = _SIGNED.fullmatch(plain(paragraph).strip())
        when = day(match[1]) if match else None
        if when is not None:
            return when
    return None


def _in_name(name: str) -> date | None:
    match = _IN_NAME.search(name)
    return day("-".join(match.groups())) if match else None


def _decided(head: str, amended: date) -> date | None:
    """What the amending decision is known to say of its coming into force."""
    return next(
        (when for on, words, when in _amendments() if on == amended and words in head), None
    )


@cache
def _amendments() -> tuple[tuple[date, str, date], ...]:
    with AMENDMENTS.open(encoding="utf-8", newline="") as file:
        return tuple(
            (date.fromisoformat(row["decided"]), row["words"], date.fromisoformat(row["effective"]))
            for row in csv.DictReader(file)
        )
