"""How often words, and words side by side, stand in the project's own texts.

``usage.txt`` holds the counts of the training examples and the seed knowledge, as gathered by
``python -m nlu.usage nlu/data knowledge/content > nlu/usage.txt``. A line is a word and its count,
or two words and theirs; ``^`` is the beginning of a run of characters, ``0`` any number.
"""

import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from nlu.address_divisions import known_divisions
from nlu.emergency_words import WORDS

USAGE = Path(__file__).with_name("usage.txt")
LEXICON = Path(__file__).with_name("lexicon") / "community.txt"
URGENT = Path(__file__).with_name("urgent_words.txt")
PLACES = Path(__file__).with_name("place_words.txt")
RUN = re.compile(r"[\u4e00-\u9fff0-9]+")
HAN = re.compile(r"[\u4e00-\u9fff]+")
NUMBER = re.compile(r"\d+")
BEGIN = "^"
ANNOTATED = re.compile(r"\[([^\]]*)\]\([^)]*\)")
SELDOM = 2
"""What stands in the texts less often is not told."""
MEASURED = 10
"""How often a word must stand behind a number, for both together to count as a word."""
NUMBERED = (
    *(
        "路0号",
        "街0号",
        "巷0号",
        "弄0号",
        "道0号",
        "里0号",
        "村0号",
        "路0弄",
        "栋0室",
        "号0室",
        "层0室",
    ),
    *("0栋", "0幢", "0室", "0弄", "0座", "0号楼", "0单元", "0单元0"),
)
NUMBERED_COUNT = 50
"""Addresses are too varied to be counted; this many of each shape is an estimate."""
TIMES = (
    *(
        week + day
        for week in ("周", "上周", "这周", "本周", "下周", "每周", "星期", "上星期", "礼拜")
        for day in "一二三四五六日末"
    ),
    *("上午", "中午", "下午", "傍晚", "晚上", "夜里", "半夜", "凌晨", "早上", "清早", "天天"),
    *("昨天", "今天", "前天", "明天", "昨晚", "今晚", "前晚", "每天", "每晚", "每到", "每逢"),
    *("0点", "0点半", "0点多", "0月", "0号", "0日", "0天", "这几天"),
)
LISTED_COUNT = 5
"""The least that a word of the lists counts."""
UNREAD = frozenset({"tests", "id", "version"})
"""Keys whose values say nothing of how people write, or are kept to measure with."""


@dataclass(frozen=True, slots=True)
class Usage:
    words: dict[str, int]
    pairs: dict[tuple[str, str], int]


@cache
def usage() -> Usage:
    """The counts of ``usage.txt``, and of numbers with what they number as single words."""
    words: dict[str, int] = {}
    pairs: dict[tuple[str, str], int] = {}
    for line in USAGE.read_text(encoding="utf-8").splitlines():
        *said, count = line.split(" ")
        if len(said) == 1:
            words[said[0]] = int(count)
        else:
            pairs[said[0], said[1]] = int(count)
    for (one, other), n in pairs.items():
        if one == "0" and n >= MEASURED and len(other) < 3:
            words["0" + other] = n
    for listed, least in (
        (NUMBERED, NUMBERED_COUNT),
        (TIMES, NUMBERED_COUNT),
        (lexicon(), LISTED_COUNT),
        (urgent(), LISTED_COUNT),
        (_listed(PLACES), LISTED_COUNT),
        (_divisions(), LISTED_COUNT),
        (_of_emergencies(), SELDOM),
    ):
        for word in listed:
            words[word] = max(words.get(word, 0), least)
    return Usage(words, pairs)


@cache
def lexicon() -> frozenset[str]:
    """The words of the community that stand in ``lexicon/community.txt``."""
    return _listed(LEXICON)


@cache
def urgent() -> frozenset[str]:
    """The words of emergencies that stand in ``urgent_words.txt``, and the longer of the rest."""
    return _listed(URGENT) | {word for word in _of_emergencies() if len(word) > 2}


def _divisions() -> frozenset[str]:
    """Names of provinces, cities and districts; two characters alone say too little of the last."""
    levels = known_divisions()
    return frozenset(name for name, level in levels.items() if len(name) > 2 or level != "district")


@cache
def _of_emergencies() -> frozenset[str]:
    """The words that emergencies are known by, as far as they are written out."""
    words = (word for notation in WORDS.values() for word in notation.split())
    return frozenset(word for word in words if HAN.fullmatch(word) and len(word) > 1)


def _listed(path: Path) -> frozenset[str]:
    lines = (line.split("#")[0] for line in path.read_text(encoding="utf-8").splitlines())
    return frozenset(word for line in lines for word in line.split() if HAN.fullmatch(word))


def gathered(texts: Iterable[str]) -> Usage:
    """Counts of ``texts``, cut into words by jieba with the community's own."""
    import jieba

    cutter = jieba.Tokenizer()
    for word in sorted(lexicon()):
        cutter.add_word(word)
    words: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    for text in texts:
        for run in RUN.findall(ANNOTATED.sub(r"\1", text)):
            said = [*cutter.cut(NUMBER.sub("0", run), HMM=False)]
            words.update(said)
            pairs.update(pairwise([BEGIN, *said]))
    return Usage(
        {word: n for word, n in words.items() if n >= SELDOM},
        {pair: n for pair, n in pairs.items() if n >= SELDOM},
    )


def texts_of(path: Path) -> Iterator[str]:
    """The texts of the YAML files in a folder."""
    import yaml

    for file in sorted(path.rglob("*.yml")):
        yield from _texts(yaml.safe_load(file.read_text(encoding="utf-8")))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            if key not in UNREAD:
                yield from _texts(item)


def lines_of(counts: Usage) -> Iterator[str]:
    """The lines of ``usage.txt``, the most frequent first."""
    for word, n in sorted(counts.words.items(), key=lambda item: (-item[1], item[0])):
        yield f"{word} {n}"
    for (one, other), n in sorted(counts.pairs.items(), key=lambda item: (-item[1], item[0])):
        yield f"{one} {other} {n}"


if __name__ == "__main__":
    found = gathered(text for folder in sys.argv[1:] for text in texts_of(Path(folder)))
    sys.stdout.writelines(f"{line}\n" for line in lines_of(found))
