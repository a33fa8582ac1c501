"""Signs made of words of given classes that follow one another, found in linear time.

A table of words (class name: words) and a table of signs (``who .. falls ... still``) are
compiled once. Each text is read once; positions are kept as the bits of whole numbers, so that
a sign costs a few operations whatever stands in the text.

Words: parted by blanks; ``{a,b,}c`` means ac, bc and c; ``@name`` is every word of that class.
Signs: each step is a class, or words parted by ``/``. Between two steps nothing means that the
second begins at most ``CLOSE`` characters after the first ends, ``..`` at most ``NEAR``, both
within a clause, and ``...`` at most ``FAR`` within a sentence. ``!name`` before a step: no word
of that class stands in between. ``+name`` and ``-name``: one stands, or none, anywhere in the
sentence.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

CLOSE, NEAR, FAR = 3, 10, 30
"""Characters."""
REACH = {"": (CLOSE, False), "..": (NEAR, False), "...": (FAR, True)}
CLASS = re.compile("[a-z_]+")
BRACES = re.compile(r"\{([^{}]*)\}")
SENTENCE_END = re.compile(r"[。？?；;\n]")
CLAUSE_END = re.compile(r"[，,、：:。！？!?；;\n…~～]")


@dataclass(frozen=True, slots=True)
class Step:
    """A class of words, and how far it may stand behind the step before it."""

    words: str
    reach: int
    across: bool
    barrier: str


@dataclass(frozen=True, slots=True)
class Sign:
    steps: tuple[Step, ...]
    beside: tuple[str, ...]
    without: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Words by first character; every word with the names of its classes."""

    classes: Mapping[str, tuple[str, ...]]
    lengths: Mapping[str, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Marks:
    """Where words stand in one text. Bit i of a number is character i of the text."""

    words: Mapping[str, Mapping[int, int]]
    clauses: int
    sentences: int
    nouns: int
    spans: tuple[tuple[int, int], ...]


def spelled(notation: str, words: Mapping[str, str]) -> Iterator[str]:
    """The words that a notation stands for.

    Raises:
        ValueError: a brace is left open, or a class is unknown.
    """
    for token in notation.split():
        if token.startswith("@"):
            if token[1:] not in words:
                raise ValueError(f"{token} is no class of words")
            yield from spelled(words[token[1:]], words)
        elif brace := BRACES.search(token):
            for choice in brace.group(1).split(","):
                rest = token[: brace.start()] + choice + token[brace.end() :]
                yield from spelled(rest, words)
        elif "{" in token or "}" in token:
            raise ValueError(f"“{token}”: a brace is left open")
        else:
            yield token


def sign(notation: str) -> Sign:
    """One line of a table of signs.

    Raises:
        ValueError: the line has no step.
    """
    steps: list[Step] = []
    beside: list[str] = []
    without: list[str] = []
    reach, barrier = "", ""
    for token in notation.split():
        if token in REACH:
            reach = token
        elif token.startswith("!"):
            barrier = token[1:]
        elif token.startswith("+"):
            beside.append(token[1:])
        elif token.startswith("-"):
            without.append(token[1:])
        else:
            steps.append(Step(token, *REACH[reach], barrier))
            reach, barrier = "", ""
    if not steps:
        raise ValueError(f"“{notation}” has no step")
    return Sign(tuple(steps), tuple(beside), tuple(without))


def vocabulary(words: Mapping[str, str], signs: Sequence[Sign]) -> Vocabulary:
    """All words that the signs speak of.

    Raises:
        ValueError: a sign names a class that the table of words does not have.
    """
    classes: dict[str, set[str]] = {}
    spoken_of = {name for each in signs for name in named(each)}
    for name in spoken_of | ({SHIELD} & words.keys()):
        notation = " ".join(
            f"@{part}" if CLASS.fullmatch(part) else part for part in name.split("/")
        )
        for word in spelled(notation, words):
            classes.setdefault(word, set()).add(name)
    lengths: dict[str, set[int]] = {}
    for word in classes:
        lengths.setdefault(word[0], set()).add(len(word))
    return Vocabulary(
        {word: tuple(sorted(names)) for word, names in classes.items()},
        {first: tuple(sorted(found)) for first, found in lengths.items()},
    )


def named(each: Sign) -> Iterator[str]:
    for step in each.steps:
        yield step.words
        if step.barrier:
            yield step.barrier
    yield from each.beside
    yield from each.without


SHIELD = "shield"
"""The class of words whose parts are no words: 手机 has no hand."""


def mark(
    text: str, known: Vocabulary, *, denied: "re.Pattern[str]", noun: "re.Pattern[str]"
) -> Marks:
    """Reads a text once.

    A word right behind a match of ``denied`` does not count; right before a match of ``noun``
    it does not count as the last word of a sign.
    """
    words: dict[str, dict[int, int]] = {}
    not_so = {found.end() for found in denied.finditer(text)}
    shielded = 0
    for start, character in enumerate(text):
        lengths = known.lengths.get(character, ())
        spoken = {n: known.classes.get(text[start : start + n], ()) for n in lengths}
        before, shielded = (
            shielded,
            max((shielded, *(start + n for n, names in spoken.items() if SHIELD in names))),
        )
        for length, names in spoken.items():
            end = start + length
            if start in not_so or end <= before or (end < shielded and SHIELD not in names):
                continue
            for name in names:
                at = words.setdefault(name, {})
                at[length] = at.get(length, 0) | 1 << start
    ends = [found.start() for found in SENTENCE_END.finditer(text)]
    starts = [0, *(end + 1 for end in ends)]
    return Marks(
        words,
        clauses=bits(found.start() for found in CLAUSE_END.finditer(text)),
        sentences=bits(ends),
        nouns=bits(found.start() for found in noun.finditer(text)),
        spans=tuple(zip(starts, [*ends, len(text)], strict=True)),
    )


def bits(places: Iterator[int] | Sequence[int]) -> int:
    found = 0
    for place in places:
        found |= 1 << place
    return found


def stretch(start: int, end: int) -> int:
    """The bits from ``start`` up to ``end``, without it."""
    return ((1 << end) - 1) ^ ((1 << start) - 1)


def find(each: Sign, marks: Marks, allowed: int) -> tuple[int, int] | None:
    """The span of the last word of the first place where a sign stands.

    Args:
        allowed: characters at which the last word may begin.
    """
    if any(step.words not in marks.words for step in each.steps):
        return None
    for name in each.beside:
        allowed &= around(name, marks, allowed)
    for name in each.without:
        allowed &= ~around(name, marks)
    reached = -1
    for step, following in pairwise(each.steps):
        ends = 0
        for length, at in marks.words[step.words].items():
            ends |= (at & reached) << length
        if not ends:
            return None
        reached = within_reach(ends, following, marks)
    found = [
        ((hit & -hit).bit_length() - 1, length)
        for length, at in marks.words[each.steps[-1].words].items()
        if (hit := at & reached & allowed & ~(marks.nouns >> length))
    ]
    if not found:
        return None
    start, length = min(found)
    return start, start + length


def within_reach(ends: int, step: Step, marks: Marks) -> int:
    """Where the next word may begin, when the one before ends at ``ends``."""
    stops = marks.sentences if step.across else marks.clauses
    for length, at in marks.words.get(step.barrier, {}).items():
        for inside in range(length):
            stops |= at << inside
    reached = ends
    for _ in range(step.reach):
        reached |= (reached & ~stops) << 1
    return reached


def around(name: str, marks: Marks, allowed: int = -1) -> int:
    """All characters of the sentences in which a word of the class begins at an allowed one."""
    at = 0
    for places in marks.words.get(name, {}).values():
        at |= places
    at &= allowed
    return sum(stretch(start, end) for start, end in marks.spans if at & stretch(start, end))
