"""How likely words are, alone and after one another.

Costs are natural logarithms of probabilities, their sign turned: from jieba's dictionary and the
project's own texts (``nlu.usage``), half and half.
"""

import logging
import threading
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from math import inf, log

import jieba

from nlu.sounds import syllables
from nlu.usage import Usage, usage

OWN = 0.5
PAIRED = 0.6
"""The weight of the words before and after beside the word alone."""
DISCOUNT = 3
"""Added to how often a word stands, before the share of what follows it is taken."""
UNKNOWN = 17.0
FREQUENT = 20
"""In jieba's dictionary; rarer words tell nothing of how frequent characters are."""
LEAST = 1e-7


class Costs(dict[str, float]):
    """What words cost, worked out when first asked for; infinite for what is no word."""

    def __init__(self, dictionary: Mapping[str, int], total: int, own: Mapping[str, int]) -> None:
        super().__init__()
        self.dictionary, self.total = dictionary, total
        self.own, self.own_total = own, sum(own.values())

    def __missing__(self, word: str) -> float:
        likely = self.likelihood(word)
        cost = -log(likely) if likely else UNKNOWN if len(word) == 1 else inf
        if likely or word in self.dictionary:
            self[word] = cost
        return cost

    def likelihood(self, word: str) -> float:
        general = self.dictionary.get(word, 0) / self.total
        return (1 - OWN) * general + OWN * self.own.get(word, 0) / self.own_total


@dataclass(frozen=True, slots=True)
class Likelihood:
    """``dictionary`` has jieba's words and what they begin with, ``begun`` the same of our own.

    ``frequencies`` are those of characters, ``crowds`` their sums by syllable.
    """

    costs: Costs
    own: Usage
    dictionary: Mapping[str, int]
    begun: frozenset[str]
    frequencies: Mapping[str, float]
    crowds: Mapping[str, float]

    def cut(self, run: str) -> tuple[list[str], float]:
        """The likeliest words of a run of characters, each for itself, and what they cost."""
        costs, dictionary, begun, n = self.costs, self.dictionary, self.begun, len(run)
        best, ends = [0.0] * (n + 1), [0] * n
        for i in range(n - 1, -1, -1):
            j = i + 1
            piece = run[i]
            end, least = j, costs[piece] + best[j]
            while j < n and (piece in dictionary or piece in begun):
                j += 1
                piece = run[i:j]
                cost = costs[piece] + best[j]
                if cost < least:
                    end, least = j, cost
            best[i], ends[i] = least, end
        words, i = list[str](), 0
        while i < n:
            words.append(run[i : ends[i]])
            i = ends[i]
        return words, best[0]

    def of_chain(self, words: Sequence[str]) -> float:
        """What all words but the first cost, each after the one before."""
        return sum(self.after(one, other) for one, other in pairwise(words))

    def after(self, before: str, word: str) -> float:
        pair = self.own.pairs.get((before, word))
        if not pair:
            return self.costs[word]
        follows = pair / (self.own.words.get(before, pair) + DISCOUNT)
        return -log((1 - PAIRED) * self.costs.likelihood(word) + PAIRED * follows)

    def rarity(self, character: str) -> float:
        """How unlikely a character is among all of its syllable."""
        crowd = sum(self.crowds.get(syllable, 0.0) for syllable in syllables(character)[:1])
        if not crowd:
            return UNKNOWN
        return -log(max(self.frequencies.get(character, 0.0), LEAST) / crowd)


_loading = threading.Lock()


def likelihood() -> Likelihood:
    """The one of this process; the first call reads jieba's dictionary, about a second."""
    with _loading:
        return _likelihood()


@cache
def _likelihood() -> Likelihood:
    jieba.setLogLevel(logging.WARNING)  # it tells of its dictionary on standard error
    jieba.initialize()
    own, dictionary, total = usage(), jieba.dt.FREQ, jieba.dt.total
    begun = {word[:n] for word in own.words for n in range(1, len(word) + 1)}
    frequencies: dict[str, float] = defaultdict(float)
    for words, least, whole in (
        (dictionary, FREQUENT, total),
        (own.words, 0, sum(own.words.values())),
    ):
        for word, count in words.items():
            if count > least:
                for character in word:
                    frequencies[character] += count / whole
    crowds: dict[str, float] = defaultdict(float)
    for character, frequency in frequencies.items():
        for syllable in syllables(character)[:1]:
            crowds[syllable] += frequency
    return Likelihood(
        Costs(dictionary, total, own.words), own, dictionary, frozenset(begun), frequencies, crowds
    )
