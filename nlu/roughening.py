"""Rows made rough: how a measured figure fares on text as it is typed and dictated.

The noise is drawn anew for every row from the seed and the row's number, so that a file roughened
twice is the same file. What happens, and how often:

- a slip of sound in one of 25 Chinese characters, names and addresses not spared: three of ten
  take a near sound (``nlu.sounds``: zh/z, ch/c, sh/s, n/l, an/ang, en/eng, in/ing), the others the
  same syllable in any tone; among the characters of that sound the common ones come oftenest, as
  they do in jieba's dictionary,
- one message in three is in traditional characters,
- one in four has its digits, letters and ASCII marks in full width,
- one in two has no punctuation; in half of these blanks stand for it,
- every message carries one to three fillers, though no more than one to ten characters: two of
  three where a clause begins, the others between two words,
- in one of five a clause ends in a character or mark written three to six times over,
- one in five carries one to three emoji where a clause ends.

These are the project's own estimates. Nothing is drawn from the tables that ``nlu.text`` repairs
with, so that what is measured is not what was put in.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from random import Random
from typing import Any

from nlu.sounds import near, syllables
from nlu.text import HAN

SLIP = 1 / 25
NEAR = 3 / 10
TRADITIONAL = 1 / 3
FULL_WIDTH = 1 / 4
UNPUNCTUATED = 1 / 2
BLANKS = 1 / 2
FILLERS = (1, 3)
BETWEEN_WORDS = 1 / 3
REPEATED = 1 / 5
REPEATS = (3, 6)
EMOJI = 1 / 5

OPENING = (
    "那个", "这个", "就是说", "就是", "那个就是说", "那个那个", "呃", "嗯", "额", "啊", "哎", "唉",
    "然后", "然后呢", "怎么说呢", "就那个", "喂", "嗯嗯", "那啥",
)  # fmt: skip
WITHIN = ("那个", "这个", "就是", "就是说", "那个那个", "这个这个", "呃", "嗯", "额", "啊", "那啥")
CHARACTERS_A_FILLER = 10
PICTURE = "😀😂😅😭😡🤬😤🙏👍👌💢🚨🔥💧🐶🚗🏠⚠️❗❓😱🤮🥺"
PICTURES = tuple(re.findall(r".\ufe0f?", PICTURE))
MARKS = "，。！？；：、,!?;…“”‘’\"'"
ENDS = "，。！？；,!?;\n"
COMMON = 3500
"""Characters that a slip may put: so many are taught and typed every day."""

TEXTS = ("title", "text", "query", "question", "address")
"""Fields that hold what a resident says. Beside a query the question is what it is set against,
and beside a text the address is its label."""

Glyph = tuple[str, int]
"""A character, and the place of the one it comes from; -1 for one that was put in."""


class Unaligned(ValueError):
    """A label is none, or does not stand in the text as it should."""


def roughened(row: Mapping[str, Any], seed: int, number: int) -> dict[str, Any]:
    """A row with its text made rough, and the labels that stand in the text as they stand there.

    Args:
        row: fields ``title``, ``text``, ``query``, ``question`` or, alone, ``address`` with
            ``parts`` as ``[[name, text] …]``; whatever else it has is handed on untouched.
        seed, number: which noise; the number is the row's.

    Raises:
        Unaligned: an address, or one of its parts, is none or does not stand in the text.
    """
    noise = Random(f"{seed} {number}")  # noqa: S311
    result = dict(row)
    address, parts = _labels(row)
    for name in said_in(row):
        text = row[name]
        spans = _spans(text, address, parts) if address and address in text else []
        glyphs = rough(text, noise, [span for span in spans[:1] if name != "address"])
        result[name] = written(glyphs)
        if spans:
            result["address"], *pieces = [written(_cut(glyphs, *span)) for span in spans]
            result["parts"] = [[p[0], said] for p, said in zip(parts, pieces, strict=True)]
            address = None
    if address:
        raise Unaligned(f"address {address!r} does not stand in the text")
    if "parts" not in row:
        result.pop("parts", None)
    return result


def _labels(row: Mapping[str, Any]) -> tuple[str | None, Sequence[Sequence[str]]]:
    address, parts = row.get("address"), row.get("parts") or []
    if not isinstance(address, str | None):
        raise Unaligned("the address must be a text or null")
    if not isinstance(parts, list) or not all(map(_is_part, parts)):
        raise Unaligned("parts must be [[name, text] …]")
    return address, parts


def _is_part(part: Any) -> bool:
    return isinstance(part, list) and [type(item) for item in part] == [str, str]


def said_in(row: Mapping[str, Any]) -> list[str]:
    """The fields of a row that are made rough."""
    names = [name for name in TEXTS if isinstance(row.get(name), str)]
    if "query" in names and "question" in names:
        names.remove("question")
    return names if names == ["address"] else [name for name in names if name != "address"]


def rough(text: str, noise: Random, whole: Sequence[tuple[int, int]] = ()) -> list[Glyph]:
    """``text`` made rough; no filler is put within the spans of ``whole``."""
    glyphs = [*zip(text, range(len(text)), strict=True)]
    for change in (slip, write_traditional):
        glyphs = change(glyphs, noise)
    glyphs = hesitate(glyphs, noise, whole)
    for change in (repeat, decorate, drop_marks, widen):
        glyphs = change(glyphs, noise)
    return glyphs


def written(glyphs: Sequence[Glyph]) -> str:
    return "".join(character for character, _ in glyphs)


def slip(glyphs: list[Glyph], noise: Random) -> list[Glyph]:
    return [
        (_slipped(c, noise) if HAN.match(c) and noise.random() < SLIP else c, place)
        for c, place in glyphs
    ]


def _slipped(character: str, noise: Random) -> str:
    readings = syllables(character)
    if not readings:
        return character
    sounds = [readings[0]]
    if noise.random() < NEAR:
        sounds = [s for s in near(readings[0]) if s in _by_sound()] or sounds
    alike = [c for s in sounds for c in _by_sound().get(s, ()) if c != character]
    weights = [_frequency()[c] for c in alike]
    return noise.choices(alike, weights)[0] if alike else character


def write_traditional(glyphs: list[Glyph], noise: Random) -> list[Glyph]:
    if noise.random() >= TRADITIONAL:
        return glyphs
    text = _traditional(written(glyphs))
    return [(c, place) for c, (_, place) in zip(text, glyphs, strict=True)]


def hesitate(
    glyphs: list[Glyph], noise: Random, whole: Sequence[tuple[int, int]] = ()
) -> list[Glyph]:
    """Puts fillers where a clause begins or between words, from behind."""
    if not glyphs:
        return glyphs
    text = written(glyphs)
    begins = [0, *(i for i in range(1, len(text)) if text[i - 1] in ENDS)]
    between = [i for i in _word_ends(text) if i < len(text)]
    most = max(1, min(FILLERS[1], len(text) // CHARACTERS_A_FILLER))
    fillers = []
    for _ in range(noise.randint(FILLERS[0], most)):
        within = between and noise.random() < BETWEEN_WORDS
        place = noise.choice(between if within else begins)
        fillers.append((place, noise.choice(WITHIN if within else OPENING)))
    glyphs = list(glyphs)
    for place, filler in sorted(fillers, reverse=True):
        if not any(start < place < end for start, end in whole):
            glyphs[place:place] = [(c, -1) for c in filler]
    return glyphs


def repeat(glyphs: list[Glyph], noise: Random) -> list[Glyph]:
    if not glyphs or noise.random() >= REPEATED:
        return glyphs
    i = noise.choice(_clause_ends(glyphs))
    if glyphs[i][0].isalnum() and not HAN.match(glyphs[i][0]):
        return glyphs
    return [*glyphs[:i], *[glyphs[i]] * noise.randint(*REPEATS), *glyphs[i + 1 :]]


def decorate(glyphs: list[Glyph], noise: Random) -> list[Glyph]:
    if not glyphs or noise.random() >= EMOJI:
        return glyphs
    i = noise.choice(_clause_ends(glyphs)) + 1
    pictures = "".join(noise.choices(PICTURES, k=noise.randint(1, 3)))
    return [*glyphs[:i], *((c, -1) for c in pictures), *glyphs[i:]]


def drop_marks(glyphs: list[Glyph], noise: Random) -> list[Glyph]:
    if noise.random() >= UNPUNCTUATED:
        return glyphs
    if noise.random() < BLANKS:
        return [(" " if c in MARKS else c, place) for c, place in glyphs]
    return [(c, place) for c, place in glyphs if c not in MARKS]


def widen(glyphs: list[Glyph], noise: Random) -> list[Glyph]:
    if noise.random() >= FULL_WIDTH:
        return glyphs
    return [(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c, place) for c, place in glyphs]


def _clause_ends(glyphs: Sequence[Glyph]) -> list[int]:
    """Places of the characters that end a clause: its mark, and the character before it."""
    marks = [i for i, (c, _) in enumerate(glyphs) if c in ENDS and c != "\n"]
    return [*marks, *(i - 1 for i in marks if i), len(glyphs) - 1]


def _spans(text: str, address: str, parts: Sequence[Sequence[str]]) -> list[tuple[int, int]]:
    """Where the address stands in ``text``, and then its parts, one after another within it."""
    start = at = text.index(address)
    spans = [(start, start + len(address))]
    for name, said in parts:
        at = text.find(said, at, spans[0][1])
        if at < 0:
            raise Unaligned(f"{name} {said!r} does not stand in the address")
        spans.append((at, at + len(said)))
        at += len(said)
    return spans


def _cut(glyphs: Sequence[Glyph], start: int, end: int) -> Sequence[Glyph]:
    inside = [i for i, (_, place) in enumerate(glyphs) if start <= place < end]
    return glyphs[inside[0] : inside[-1] + 1] if inside else []


@cache
def _frequency() -> Mapping[str, int]:
    """How often the common characters stand in the words of jieba's dictionary."""
    counts: dict[str, int] = defaultdict(int)
    for word, count in _words():
        for character in word:
            if HAN.match(character):
                counts[character] += count
    common = sorted(counts, key=lambda c: (-counts[c], c))[:COMMON]
    return {character: counts[character] for character in common}


@cache
def _by_sound() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = defaultdict(list)
    for character in _frequency():
        for syllable in syllables(character)[:1]:
            found[syllable].append(character)
    return {syllable: tuple(characters) for syllable, characters in found.items()}


def _words() -> Iterator[tuple[str, int]]:
    import jieba

    with jieba.get_dict_file() as lines:
        for line in lines:
            word, count, *_ = line.decode("utf-8").split(" ")
            yield word, int(count)


def _word_ends(text: str) -> list[int]:
    import jieba

    return [end for _, _, end in jieba.tokenize(text, HMM=False)]


@cache
def _converter() -> Any:
    from opencc import OpenCC

    return OpenCC("s2t")


def _traditional(text: str) -> str:
    whole = _converter().convert(text)
    if len(whole) == len(text):
        return str(whole)
    return "".join(t if len(t := _converter().convert(c)) == 1 else c for c in text)
