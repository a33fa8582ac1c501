"""What a report is about: a linear model with probabilities one can believe.

Character n-grams of one to three, TF-IDF, a title counting several times; a linear support vector
machine and a complement naive Bayes (Rennie and others, Tackling the Poor Assumptions of Naive
Bayes Text Classifiers, ICML 2003), their scores added: the one draws the borders, the other knows
the rare words. Bayes helps where messages are written otherwise than the examples, and harms where
they are written alike; so a city's own rows, where there are enough, decide on its share. Measured
alternatives: docs/understanding.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_matrix
from scipy.special import logsumexp, softmax
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.naive_bayes import ComplementNB
from sklearn.svm import LinearSVC

FOLDS = 5
STRICTNESS = 1.0
TITLE_COUNTS = 3
LONGEST_TITLE = 40
"""Characters of a first line that may still be a title."""
WEIGHT_OF_BAYES = 1.0
SHARES_OF_BAYES = (0.0, 0.25, 0.5, 1.0)
"""What a city's own rows choose from."""
WEIGHT_OF_ROWS = 3.0
"""A city's own row against an example of the project's."""
ENOUGH = 200
"""Of a city's own rows, to judge by them alone."""
DISAGREEMENT = 0.08
"""The share of messages that clerks file elsewhere whatever the model: nobody is ever surer than
the rest. A BERT fine-tuned on 8,289 residents' messages agrees with the clerks on 0.914 of them.
The project's examples do not show it; a city's own rows do, so it is not added to theirs."""


@dataclass(frozen=True, slots=True)
class Scorer:
    """Scores of a text for each class; ``weights`` is features × classes."""

    features: TfidfVectorizer
    classes: np.ndarray
    weights: np.ndarray
    offsets: np.ndarray

    def scores(self, texts: Sequence[str]) -> np.ndarray:
        """A row a text, a column a class."""
        return np.asarray(self.features.transform(texts) @ self.weights + self.offsets)


@dataclass(frozen=True, slots=True)
class CategoryModel:
    scorer: Scorer
    temperature: float
    disagreement: float

    def chances(self, texts: Sequence[str]) -> np.ndarray:
        """A row a text, a column a class of ``scorer.classes``; every row adds up to 1."""
        likely = softmax(self.temperature * self.scorer.scores(texts), axis=1)
        return np.asarray(likely * (1 - self.disagreement) + self.disagreement / likely.shape[1])


@dataclass(frozen=True, slots=True)
class Teaching:
    """What was learnt, not yet added up: ``borders`` and ``bayes`` are classes × features."""

    features: TfidfVectorizer
    classes: np.ndarray
    borders: np.ndarray
    offsets: np.ndarray
    bayes: np.ndarray

    def mixed(self, share: float) -> Scorer:
        # By feature, so that a message reads in place the few rows it needs.
        weights = np.ascontiguousarray((self.borders + share * self.bayes).T, dtype=np.float32)
        return Scorer(self.features, self.classes, weights, self.offsets)


def learn(
    texts: Sequence[str], labels: Sequence[str], of_city: Sequence[bool] | None = None
) -> CategoryModel:
    """The model of ``texts`` with their classes, of which there are two or more.

    Args:
        of_city: for every text, whether it is a city's own row; none is by default.
    """
    wanted = np.array(labels)
    city = np.array(of_city if of_city is not None else [False] * len(texts), dtype=bool)
    share, temperature = fitted(texts, wanted, city)
    disagreement = 0.0 if judged_by_city(city) else DISAGREEMENT
    return CategoryModel(taught(texts, wanted, city).mixed(share), temperature, disagreement)


def judged_by_city(city: np.ndarray) -> bool:
    return bool(city.sum() >= ENOUGH)


def taught(texts: Sequence[str], wanted: np.ndarray, city: np.ndarray) -> Teaching:
    features = TfidfVectorizer(
        analyzer="char",
        preprocessor=with_heavy_title,
        ngram_range=(1, 3),
        sublinear_tf=True,
        dtype=np.float32,
    )
    rows = csr_matrix(features.fit_transform(texts))
    weights = np.where(city, WEIGHT_OF_ROWS, 1.0)
    machine = LinearSVC(C=STRICTNESS, random_state=0).fit(rows, wanted, sample_weight=weights)
    bayes = ComplementNB().fit(rows, wanted, sample_weight=weights).feature_log_prob_
    bayes = bayes - bayes.mean(axis=0)
    borders, offsets = machine.coef_, machine.intercept_
    if len(machine.classes_) == 2:
        borders, offsets = np.vstack([-borders, borders]), np.hstack([-offsets, offsets])
    scale = (rows @ borders.T).std() / max((rows @ bayes.T).std(), 1e-9)
    return Teaching(features, machine.classes_, borders, offsets, scale * bayes)


def with_heavy_title(text: str) -> str:
    """In small letters, a first line that looks like a title repeated."""
    title, line_end, rest = text.lower().partition("\n")
    if not rest or len(title) > LONGEST_TITLE:
        return title + line_end + rest
    return f"{title}\n" * TITLE_COUNTS + rest


def fitted(texts: Sequence[str], wanted: np.ndarray, city: np.ndarray) -> tuple[float, float]:
    """The share of Bayes and the temperature that make messages likeliest which were not taught.

    Those messages are the city's own rows where there are enough, and else all of them; but then
    the share stays what it is, since examples of one hand are too much alike to choose it.
    """
    classes = np.unique(wanted)
    by_city = judged_by_city(city)
    shares = SHARES_OF_BAYES if by_city else (WEIGHT_OF_BAYES,)
    folds = folds_of(wanted, city)
    scores = {share: np.zeros((len(wanted), len(classes))) for share in shares}
    asked = np.zeros(len(wanted), dtype=bool)
    for fold in range(FOLDS):
        held, kept = np.flatnonzero(folds == fold), np.flatnonzero(folds != fold)
        held = held[city[held]] if by_city else held
        if held.size and len(np.unique(wanted[kept])) == len(classes):
            teaching = taught(picked(texts, kept), wanted[kept], city[kept])
            for share in shares:
                scores[share][held] = teaching.mixed(share).scores(picked(texts, held))
            asked[held] = True
    if not asked.any():
        return WEIGHT_OF_BAYES, 1.0
    right = np.searchsorted(classes, wanted[asked])
    found = [(*warmed(scores[share][asked], right), share) for share in shares]
    _, temperature, share = min(found)
    return share, temperature


def warmed(scores: np.ndarray, right: np.ndarray) -> tuple[float, float]:
    """How unlikely the right classes are at best, and the temperature for that."""

    def unlikeliness(logarithm: float) -> float:
        warm = np.exp(logarithm) * scores
        return float((logsumexp(warm, axis=1) - warm[np.arange(len(right)), right]).mean())

    best = minimize_scalar(unlikeliness, bounds=(-3, 5), method="bounded")
    return float(best.fun), float(np.exp(best.x))


def picked(texts: Sequence[str], places: np.ndarray) -> list[str]:
    return [texts[int(place)] for place in places]


def folds_of(wanted: np.ndarray, city: np.ndarray) -> np.ndarray:
    """A fold for every message; each class, of either source, is spread over all of them."""
    folds = np.zeros(len(wanted), dtype=int)
    chance = np.random.default_rng(0)
    for name in np.unique(wanted):
        for source in (False, True):
            alike = np.flatnonzero((wanted == name) & (city == source))
            folds[chance.permutation(alike)] = np.arange(alike.size) % FOLDS
    return folds
