"""What the address tagger sees of each character of a text.

The characters around it and how they sound, the word of jieba's dictionary it lies in and those
beside, names of divisions, the nearest suffix of a name to the left and right (小区, 路, 号 …),
what stands before and after a number, and where the speaker paused (``nlu.pauses``).
Digits count as 0, letters as A, and blanks as _.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import jieba

from nlu.address_divisions import known_divisions
from nlu.pauses import Fluent
from nlu.sounds import folded, syllables

SUFFIX_KINDS = {
    "road": "路 街 大道 巷 大街 弄 胡同 公路 线",
    "town": "镇 街道 乡",
    "division": "省 市 区 县",
    "village": "村 社区 庄 新村 屯 居委会 村委会",
    "estate": ("小区 花园 家园 苑 花苑 公寓 新城 园 里 府 庭 城 湾 郡 山庄 国际 大院 宿舍 家属院"),
    "public": (
        "大厦 广场 中心 市场 学校 小学 中学 大学 学院 医院 公园 商城 商场 大楼 银行 车站 工业区 "
        "工业园 开发区 园区 科技园 派出所 局 商务"
    ),
    "firm": "公司 集团 厂 店 酒店 宾馆 超市 商行 部 馆 所 吧 仓库 会所",
    "number": "号 弄",
    "building": "栋 幢 座 号楼 楼 排",
    "unit": "单元 门 梯",
    "floor": "层",
    "room": "室 房 铺",
    "spot": "对面 旁边 门口 附近 楼下 路口 东门 西门 南门 北门 侧 交叉口 边 面 口",
}
SUFFIXES = {word: kind for kind, words in SUFFIX_KINDS.items() for word in words.split()}
NUMERALS = frozenset("零〇一二三四五六七八九十百两")
SIGNS = frozenset("-—_/#")
IN_NUMBERS = frozenset("0A1")
NAMELESS = {"0": "0", "A": "0", "_": "_"}
"""What words are called that begin with a digit, a letter or a blank."""
START, END = "^", "$"
FARTHEST_AHEAD, FARTHEST_BACK = 7, 6
LONGEST_DIVISION = 15
LONGEST_WORD_SEEN = 4


def features(said: Fluent) -> list[list[str]]:
    """The names of what is true of each character."""
    text, pauses = said.text, said.pauses
    kinds = [kind_of(c) for c in text]
    shapes = [kind if kind in "0A_" else c for kind, c in zip(kinds, text, strict=True)]
    sounds = [sound_of(c) for c in text]
    words = words_of(text, kinds)
    marks = divisions_in(text)
    suffixes = suffixes_in(text)
    ahead, behind = nearest_suffixes(suffixes, kinds)
    numbers = numbers_in(text, shapes, kinds)
    around = [START] * 2 + shapes + [END] * 2
    seen: list[list[str]] = []
    for i, word in enumerate(words):
        pp, p, c, n, nn = around[i : i + 5]
        begins, ends = suffixes.begins[i], suffixes.ends[i]
        ended = suffixes.ends[i - 1] if i else START
        names = [
            f"c={c}",
            f"p={p}",
            f"n={n}",
            f"pp={pp}",
            f"nn={nn}",
            f"pc={p}{c}",
            f"cn={c}{n}",
            f"pp2={pp}{p}",
            f"nn2={n}{nn}",
            f"pcn={p}{c}{n}",
            f"cnn={c}{n}{nn}",
            f"ppc={pp}{p}{c}",
            "k=" + "".join(kinds[max(i - 2, 0) : i]).rjust(2, START) + around_kinds(kinds, i),
            f"w={word.place}{word.text}",
            f"pw={word.before}|{word.place}",
            f"nw={word.after}|{word.place}",
            f"wl={word.place}{word.length}",
            f"a={ahead[i]}",
            f"b={behind[i]}",
            f"ab={ahead[i]}{behind[i]}",
            f"aw={ahead[i]}{word.place}",
            f"sb={begins}",
            f"se={ends}",
            f"sp={ended}",
            f"sw={begins}{word.place}",
            f"y={sounds[i]}",
            f"py={sounds[i - 1] if i else START}{sounds[i]}",
            f"yn={sounds[i]}{sounds[i + 1] if i + 1 < len(sounds) else END}",
        ]
        if pauses[i]:
            names += [
                f"q={pauses[i]}",
                f"qw={pauses[i]}{word.place}",
                f"qs={pauses[i]}{ended}",
                f"qc={pauses[i]}{c}",
                f"qa={pauses[i]}{ahead[i]}",
                f"qk={pauses[i]}{kinds[i - 1] if i else START}{kinds[i]}",
            ]
        if pauses[i + 1]:
            names += [f"nq={pauses[i + 1]}", f"nqs={pauses[i + 1]}{ends}"]
        if marks[i]:
            names.append(f"g={marks[i]}")
        if i and marks[i - 1]:
            names.append(f"pg={marks[i - 1]}")
        if i + 1 < len(marks) and marks[i + 1]:
            names.append(f"ng={marks[i + 1]}")
        number = numbers[i]
        if number:
            names += [
                f"d1={number.before}{number.after[:1]}",
                f"d2={number.after[:1]}",
                f"d3={number.after}",
                f"d4={number.before}",
                f"d5={number.length}{number.after[:1]}",
                f"d6={ended}{number.after[:1]}",
                f"d7={behind[i]}{number.after[:1]}",
            ]
        seen.append(names)
    return seen


@cache
def sound_of(character: str) -> str:
    """One name for all characters that are taken for this one; the kind of what has no sound."""
    spoken = syllables(character)
    return folded(spoken[0]) if spoken else kind_of(character)


def around_kinds(kinds: Sequence[str], i: int) -> str:
    return "".join(kinds[i : i + 3]).ljust(3, END)


def kind_of(character: str) -> str:
    """0 digit, 1 Chinese numeral, A Latin letter, H Chinese, a sign itself, _ blank, P other."""
    if "\u4e00" <= character <= "\u9fff":
        return "1" if character in NUMERALS else "H"
    if character.isascii() and character.isalnum():
        return "0" if character.isdigit() else "A"
    if character in SIGNS:
        return character
    return "_" if character.isspace() else "1" if character in NUMERALS else "P"


@dataclass(frozen=True, slots=True)
class Word:
    """The word that a character lies in: ``place`` is B, M, E or S (begin to single)."""

    place: str
    text: str
    length: int
    before: str
    after: str


def words_of(text: str, kinds: Sequence[str]) -> list[Word]:
    """For each character its word, as jieba cuts without guessing."""
    cuts = list(jieba.tokenize(text, HMM=False))
    names = [START, *(NAMELESS.get(kinds[a], w) for w, a, _ in cuts), END]
    words: list[Word] = []
    for k, (_, start, end) in enumerate(cuts, 1):
        length = end - start
        name = names[k] if length <= LONGEST_WORD_SEEN else "*"
        for i in range(start, end):
            place = "S" if length == 1 else "B" if i == start else "E" if i == end - 1 else "M"
            words.append(Word(place, name, length, names[k - 1], names[k + 1]))
    return words


def divisions_in(text: str) -> list[str]:
    """For each character the first letter of the division's level and B, I or E, or nothing."""
    known, beginnings = known_divisions(), division_beginnings()
    marks = [""] * len(text)
    start = 0
    while start < len(text):
        longest = LONGEST_DIVISION if text[start : start + 2] in beginnings else 0
        for end in range(min(start + longest, len(text)), start + 1, -1):
            level = known.get(text[start:end])
            if level:
                marks[start:end] = [f"{level[0]}I"] * (end - start)
                marks[start], marks[end - 1] = f"{level[0]}B", f"{level[0]}E"
                start = end
                break
        else:
            start += 1
    return marks


@cache
def division_beginnings() -> frozenset[str]:
    return frozenset(name[:2] for name in known_divisions())


@dataclass(frozen=True, slots=True)
class Suffixes:
    """For each character the kind of suffix that begins there, and that ends there."""

    begins: list[str]
    ends: list[str]


def suffixes_in(text: str) -> Suffixes:
    begins, ends = [""] * len(text), [""] * len(text)
    for i in range(len(text)):
        for end in (i + 3, i + 2, i + 1):
            kind = SUFFIXES.get(text[i:end]) if end <= len(text) else None
            if kind:
                begins[i] = kind
                ends[end - 1] = kind
                break
    return Suffixes(begins, ends)


def nearest_suffixes(suffixes: Suffixes, kinds: Sequence[str]) -> tuple[list[str], list[str]]:
    """The next suffix ahead and the last one behind, each with its distance, within a clause."""
    count = len(kinds)
    ahead, behind = [""] * count, [""] * count
    near: tuple[str, int] | None = None
    for i in range(count - 1, -1, -1):
        if kinds[i] in "P_":
            near = None
        if near and near[1] - i <= FARTHEST_AHEAD:
            ahead[i] = f"{near[0]}{near[1] - i}"
        if suffixes.begins[i]:
            near = (suffixes.begins[i], i)
    near = None
    for i in range(count):
        if kinds[i] == "P":
            near = None
        behind[i] = f"{near[0]}{min(i - near[1], FARTHEST_BACK)}" if near else START
        if suffixes.ends[i]:
            near = (suffixes.ends[i], i)
    return ahead, behind


@dataclass(frozen=True, slots=True)
class Number:
    """A run of digits, numerals and letters: the character before, the two after, its length."""

    before: str
    after: str
    length: int


def numbers_in(text: str, shapes: Sequence[str], kinds: Sequence[str]) -> list[Number | None]:
    found: list[Number | None] = [None] * len(text)
    for start, end in runs(kinds):
        number = Number(
            shapes[start - 1] if start else START,
            text[end : end + 2] or END,
            min(end - start, FARTHEST_BACK),
        )
        found[start:end] = [number] * (end - start)
    return found


def runs(kinds: Sequence[str]) -> Iterator[tuple[int, int]]:
    start = None
    for i, kind in enumerate([*kinds, END]):
        if kind in IN_NUMBERS:
            start = i if start is None else start
        elif start is not None:
            yield start, i
            start = None
