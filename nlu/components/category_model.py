"""What a report is about: a linear model with probabilities one can believe.

Character n-grams of one to three, TF-IDF; a linear support vector machine and a complement naive
Bayes (Rennie and others, Tackling the Poor Assumptions of Naive Bayes Text Classifiers, ICML
2003), their scores added: the one draws the borders, the other knows the rare words. Measured
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
STRICTNESS = 0.3
WEIGHT_OF_BAYES = 2.0
DISAGREEMENT = 0.08
"""The share of messages that clerks file elsewhere whatever the model: nobody is ever surer than
the rest. A BERT fine-tuned on 8,289 residents' messages agrees with the clerks on 0.914 of them."""


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

    def chances(self, texts: Sequence[str]) -> np.ndarray:
        """A row a text, a column a class of ``scorer.classes``; every row adds up to 1."""
        likely = softmax(self.temperature * self.scorer.scores(texts), axis=1)
        return np.asarray(likely * (1 - DISAGREEMENT) + DISAGREEMENT / likely.shape[1])


def learn(texts: Sequence[str], labels: Sequence[str]) -> CategoryModel:
    """The model of ``texts`` with their classes, of which there are two or more."""
    wanted = np.array(labels)
    return CategoryModel(taught(texts, wanted), fitted_temperature(texts, wanted))


def taught(texts: Sequence[str], wanted: np.ndarray) -> Scorer:
    features = TfidfVectorizer(
        analyzer="char", ngram_range=(1, 3), min_df=2, sublinear_tf=True, dtype=np.float32
    )
    rows = csr_matrix(features.fit_transform(texts))
    machine = LinearSVC(C=STRICTNESS, random_state=0).fit(rows, wanted)
    bayes = ComplementNB().fit(rows, wanted).feature_log_prob_
    bayes = bayes - bayes.mean(axis=0)
    borders, offsets = machine.coef_, machine.intercept_
    if len(machine.classes_) == 2:
        borders, offsets = np.vstack([-borders, borders]), np.hstack([-offsets, offsets])
    scale = WEIGHT_OF_BAYES * (rows @ borders.T).std() / max((rows @ bayes.T).std(), 1e-9)
    # By feature, so that a message reads in place the few rows it needs.
    weights = np.ascontiguousarray((borders + scale * bayes).T, dtype=np.float32)
    return Scorer(features, machine.classes_, weights, offsets)


def fitted_temperature(texts: Sequence[str], wanted: np.ndarray) -> float:
    """The temperature that makes messages likeliest which the scorer was not taught."""
    classes = np.unique(wanted)
    folds = folds_of(wanted)
    scores = np.zeros((len(wanted), len(classes)))
    seen = np.zeros(len(wanted), dtype=bool)
    for fold in range(FOLDS):
        held, kept = np.flatnonzero(folds == fold), np.flatnonzero(folds != fold)
        if held.size and len(np.unique(wanted[kept])) == len(classes):
            scorer = taught(picked(texts, kept), wanted[kept])
            scores[held] = scorer.scores(picked(texts, held))
            seen[held] = True
    if not seen.any():
        return 1.0
    scores, right = scores[seen], np.searchsorted(classes, wanted[seen])

    def unlikeliness(logarithm: float) -> float:
        warm = np.exp(logarithm) * scores
        return float((logsumexp(warm, axis=1) - warm[np.arange(len(right)), right]).mean())

    return float(np.exp(minimize_scalar(unlikeliness, bounds=(-3, 5), method="bounded").x))


def picked(texts: Sequence[str], places: np.ndarray) -> list[str]:
    return [texts[int(place)] for place in places]


def folds_of(wanted: np.ndarray) -> np.ndarray:
    """A fold for every message, so that each class is spread over all of them."""
    folds = np.zeros(len(wanted), dtype=int)
    chance = np.random.default_rng(0)
    for name in np.unique(wanted):
        of_name = np.flatnonzero(wanted == name)
        folds[chance.permutation(of_name)] = np.arange(of_name.size) % FOLDS
    return folds
