"""How a text is cut into the terms that search compares.

Runs of one to three characters make sure that nothing written is lost, misspelt words included;
jieba's words, with synonyms folded together and stop words left out, carry what is meant.
"""

import hashlib
import logging
import re
import threading
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path

import jieba

import nlu
from nlu.text import normalise

LATELY = 4096
"""So many texts are remembered: what is indexed is counted first and encoded then."""

_CHARACTERS = re.compile(r"[a-z0-9]+|[\u3400-\u9fff]")
_SYNONYMS = Path(__file__).with_name("synonyms.txt")
_STOPWORDS = Path(__file__).with_name("stopwords.txt")
_QUESTION_WORDS = Path(__file__).with_name("question_words.txt")
_LEXICON = Path(nlu.__file__).parent / "lexicon" / "community.txt"
_loading = threading.Lock()


@dataclass(frozen=True, slots=True)
class Analysed:
    """The terms of a text.

    ``runs``, one to three characters long, and words are how it is said; ``wording`` is both.
    ``matter`` has no trigrams, nor the bigrams of question words and stop words: what it is about.
    ``content`` are the words alone that are neither. ``sense``, characters, bigrams and words, is
    for the encoder. Words are marked with ``=``, so that a word never counts as the bigram
    spelt alike. ``asks`` tells whether there is a question word or a question mark.
    """

    runs: list[str]
    wording: list[str]
    matter: list[str]
    content: list[str]
    sense: list[str]
    asks: bool


@lru_cache(maxsize=LATELY)
def analyse(text: str) -> Analysed:
    """The terms of a text; nobody changes the lists, which are handed out again."""
    text = normalise(text).lower()
    synonyms, stopwords, question_words = _synonyms(), _stopwords(), _question_words()
    words, content, kept, run = list[str](), list[str](), list[str](), list[str]()
    asks = "?" in text or "？" in text
    for word in _segmenter().cut(text, HMM=False):
        characters = _CHARACTERS.findall(word)
        folded = synonyms.get(word, word)
        if not characters or word in stopwords or folded in question_words:
            kept += _bigrams(run)
            run = []
        else:
            run += characters
            content.append("=" + folded)
        if characters and word not in stopwords:
            words.append("=" + folded)
            asks = asks or folded in question_words
    kept += _bigrams(run)
    characters = _CHARACTERS.findall(text)
    bigrams = _bigrams(characters)
    runs = [*characters, *bigrams, *_trigrams(characters)]
    return Analysed(
        runs=runs,
        wording=[*runs, *words],
        matter=[*characters, *kept, *words],
        content=content,
        sense=[*characters, *bigrams, *words],
        asks=asks,
    )


def wording(text: str) -> list[str]:
    return analyse(text).wording


def matter(text: str) -> list[str]:
    return analyse(text).matter


def sense(text: str) -> list[str]:
    return analyse(text).sense


def plain(text: str) -> list[str]:
    """Characters and bigrams only, without any list of words."""
    characters = _CHARACTERS.findall(normalise(text).lower())
    return [*characters, *_bigrams(characters)]


def segmented(text: str) -> list[str]:
    """The words of a text as they stand in it."""
    return [word for word in _segmenter().cut(text, HMM=False) if word.strip()]


def synonyms_of(word: str) -> tuple[str, ...]:
    """Other words for the same, in a fixed order."""
    first = _synonyms().get(word)
    return tuple(other for other in _alike().get(first, ()) if other != word) if first else ()


@cache
def fingerprint() -> str:
    """A hash of the word lists; an index built with other lists must be built again."""
    digest = hashlib.sha256(b"2")
    for path in (_SYNONYMS, _QUESTION_WORDS, _STOPWORDS, _LEXICON):
        digest.update(path.read_bytes() if path.exists() else b"-")
    return digest.hexdigest()


def _bigrams(characters: list[str]) -> list[str]:
    return [a + b for a, b in pairwise(characters)]


def _trigrams(characters: list[str]) -> list[str]:
    return [a + b + c for a, b, c in zip(characters, characters[1:], characters[2:], strict=False)]


def _lines(path: Path) -> list[list[str]]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line.split() for line in lines if line.strip() and not line.startswith("#")]


@cache
def _synonyms() -> dict[str, str]:
    lines = [*_lines(_QUESTION_WORDS), *_lines(_SYNONYMS)]
    return {word: line[0] for line in lines for word in line}


@cache
def _alike() -> dict[str, tuple[str, ...]]:
    return {line[0]: tuple(line) for line in _lines(_SYNONYMS)}


@cache
def _stopwords() -> frozenset[str]:
    return frozenset(word for line in _lines(_STOPWORDS) for word in line)


@cache
def _question_words() -> frozenset[str]:
    return frozenset(line[0] for line in _lines(_QUESTION_WORDS))


def _segmenter() -> jieba.Tokenizer:
    with _loading:
        return _load_segmenter()


@cache
def _load_segmenter() -> jieba.Tokenizer:
    """A jieba of our own, with more words; the dictionary is read once for it and nlu together."""
    jieba.setLogLevel(logging.WARNING)
    jieba.initialize()
    segmenter = jieba.Tokenizer()
    segmenter.FREQ, segmenter.total = dict(jieba.dt.FREQ), jieba.dt.total
    segmenter.initialized = True
    for line in _lines(_LEXICON) if _LEXICON.exists() else ():
        segmenter.add_word(line[0])
    for word in _synonyms():
        if len(word) > 1:
            segmenter.add_word(word)
    return segmenter
