"""What a new version of a document says otherwise than the old, article by article."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import pairwise

from knowledge.passages import Passage

ALIKE = 0.5
"""Articles under different numbers are the same article when so many of their bigrams are."""
SAME_PLACE = 0.2
"""Under the same number less is enough."""
PAIRS = 250_000
"""So many pairs of articles are compared at most; beyond, only those under the same number."""
LONGEST = 2000
"""Characters of an article whose wording is compared; a longer one is shown old and new."""


class Change(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class Difference:
    """An article that was added, removed, worded otherwise, or only moved to another number."""

    change: Change
    old_place: str
    new_place: str
    old: str
    new: str

    def __str__(self) -> str:
        """One line; [-what is gone-] and {+what is new+} in it."""
        match self.change:
            case Change.ADDED:
                return f"+ {self.new_place}  {_flat(self.new)}"
            case Change.REMOVED:
                return f"- {self.old_place}  {_flat(self.old)}"
            case Change.MOVED:
                return f"= {self.old_place} → {self.new_place}"
        moved = f" → {self.new_place}" if self.new_place != self.old_place else ""
        return f"~ {self.old_place}{moved}  {wording(_flat(self.old), _flat(self.new))}"


def compare(old: Sequence[Passage], new: Sequence[Passage]) -> list[Difference]:
    """The differences in the order of the new version, what is gone where it stood."""
    before, after = _articles(old), _articles(new)
    pairs = _paired(before, after)
    partner = {new_number: old_number for old_number, new_number in pairs.items()}
    found: list[tuple[float, Difference]] = []
    for place, (label, text) in enumerate(after):
        if place not in partner:
            found.append((place, Difference(Change.ADDED, "", label, "", text)))
            continue
        old_label, old_text = before[partner[place]]
        if _flat(old_text) != _flat(text):
            change = Difference(Change.CHANGED, old_label, label, old_text, text)
            found.append((place, change))
        elif old_label != label:
            found.append((place, Difference(Change.MOVED, old_label, label, old_text, text)))
    behind = -1.0
    for place, (label, text) in enumerate(before):
        if place in pairs:
            behind = float(pairs[place])
        else:
            gone = Difference(Change.REMOVED, label, "", text, "")
            found.append((behind + 0.5, gone))
    return [difference for _, difference in sorted(found, key=lambda pair: pair[0])]


def wording(old: str, new: str) -> str:
    """The new wording with what is gone in [- -] and what is new in {+ +}."""
    if max(len(old), len(new)) > LONGEST:
        return f"[-{old}-]{{+{new}+}}"
    parts = []
    for what, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            parts.append(old[a:b])
            continue
        parts += [f"[-{old[a:b]}-]"] if b > a else []
        parts += [f"{{+{new[c:d]}+}}"] if d > c else []
    return "".join(parts)


def _articles(passages: Sequence[Passage]) -> list[tuple[str, str]]:
    """Whole articles and sections: place, and text of all pieces."""
    whole: list[tuple[str, str]] = []
    for passage in passages:
        if passage.begins or not whole:
            place = passage.label or (passage.path[-1] if passage.path else "")
            whole.append((place, passage.text))
        else:
            whole[-1] = (whole[-1][0], f"{whole[-1][1]}\n{passage.text}")
    return [(place, text) for place, text in whole if text.strip()]


def _paired(before: Sequence[tuple[str, str]], after: Sequence[tuple[str, str]]) -> dict[int, int]:
    """Which article of the old version is which of the new."""
    pairs: dict[int, int] = {}
    free = set(range(len(after)))

    def pair(old: int, new: int) -> None:
        pairs[old] = new
        free.discard(new)

    by_text = {_flat(text): place for place, (_, text) in reversed(list(enumerate(after)))}
    for old, (_, text) in enumerate(before):
        same = by_text.get(_flat(text))
        if same in free:
            pair(old, same)
    bags_before = [_bigrams(text) for _, text in before]
    bags_after = [_bigrams(text) for _, text in after]
    scores = sorted(
        _scored(before, after, bags_before, bags_after, pairs, free), key=lambda s: -s[0]
    )
    for _, old, new in scores:
        if old not in pairs and new in free:
            pair(old, new)
    return pairs


def _scored(
    before: Sequence[tuple[str, str]],
    after: Sequence[tuple[str, str]],
    bags_before: Sequence[Counter[str]],
    bags_after: Sequence[Counter[str]],
    pairs: dict[int, int],
    free: set[int],
) -> Iterator[tuple[float, int, int]]:
    """How alike the articles are that are not paired yet; the same number counts for it."""
    left = [old for old in range(len(before)) if old not in pairs]
    within_bounds = len(left) * len(free) <= PAIRS
    places: dict[str, list[int]] = {}
    for new in sorted(free):
        places.setdefault(after[new][0], []).append(new)
    for old in left:
        for new in sorted(free) if within_bounds else places.get(before[old][0], [])[:1]:
            total = bags_before[old].total() + bags_after[new].total()
            shared = (bags_before[old] & bags_after[new]).total()
            alike = 2 * shared / total if total else 1.0
            here = before[old][0] == after[new][0]
            if alike >= (SAME_PLACE if here else ALIKE):
                yield alike + 0.2 * here, old, new


def _bigrams(text: str) -> Counter[str]:
    return Counter(a + b for a, b in pairwise(_flat(text)))


def _flat(text: str) -> str:
    return "".join(text.split())
