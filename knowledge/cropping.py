"""What a resident might ask of a passage: a few of its words, some of them said otherwise.

Nobody has written questions for a law. So a clause is taken out of a passage, words of it are left
out or exchanged for synonyms, and a question is made of the rest. It is always the same for the
same passage.
"""

import re
import zlib

import numpy as np

from knowledge.analysis import segmented, synonyms_of
from knowledge.entry import Entry

DROPPED, EXCHANGED, NAMED = 0.35, 0.5, 0.2
"""How often a word is left out, one with synonyms is exchanged, the title is named."""

SHORTEST, LONGEST = 6, 24
"""Characters of a clause that something can be asked about."""

LEAST = 4
"""Characters that must be left of it."""

ENDINGS = ("", "吗", "怎么办", "怎么规定的", "怎么处罚", "可以吗", "要多久", "找谁", "有什么要求",
           "是怎么算的", "谁负责", "会怎么样")  # fmt: skip

_CLAUSE = re.compile(r"[，。；：、！？\s（）()《》“”…]+")


def cropped(entry: Entry) -> str:
    """A question about a passage; empty where there is nothing to ask about."""
    clauses = [part for part in _CLAUSE.split(entry.answer) if SHORTEST <= len(part) <= LONGEST]
    if not clauses:
        return ""
    random = np.random.default_rng(zlib.crc32(entry.id.encode("utf-8", "surrogatepass")))
    words = []
    for word in segmented(clauses[random.integers(len(clauses))]):
        if random.random() < DROPPED:
            continue
        others = synonyms_of(word)
        exchanged = others and random.random() < EXCHANGED
        words.append(others[random.integers(len(others))] if exchanged else word)
    if len("".join(words)) < LEAST:
        return ""
    named = random.random() < NAMED
    title = entry.source.title.removeprefix("中华人民共和国") if named else ""
    return title + "".join(words) + ENDINGS[random.integers(len(ENDINGS))]
