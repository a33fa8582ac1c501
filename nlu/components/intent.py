"""What a message wants (意图): a linear text classifier as a component of Rasa's pipeline.

Character n-grams of one to three, TF-IDF, a linear support vector machine for each intent against
the others, and a softmax with one temperature, fitted on messages the machine was not trained on,
so that the confidences say how often it is right. Measured alternatives: docs/understanding.md.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import joblib
import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier as Classifier
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_matrix
from scipy.special import logsumexp, softmax
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.svm import LinearSVC

TICKET = re.compile(r"(?:[Ll]{2} ?)?20\d{6} ?[-－–—]? ?\d{4,6} ?[-－–—]? ?\d?(?!\d)")
TELEPHONE = re.compile(
    r"(?<![\d*-])(?:1[3-9]\d[ -]?[\d*]{4}[ -]?[\d*]{4}"
    r"|0[\d*]{2,3}[ -]?[\d*]{4} ?[\d*]{3,4}|[\d*]{7,})(?![\d*])"
)
NUMBER = re.compile(r"\d+")
BREAKS = re.compile(r"[，,。.、；;：:\s]+")
TELLING = 3
"""Digits of a hotline (119), which is read as it stands; of most numbers only the length is."""
FOLDS = 3
LIKELIEST = 10
"""Intents that a message's ranking holds."""


@dataclass(frozen=True, slots=True)
class Trained:
    """``temperature`` multiplies the scores; ``machine`` keeps its coefficients by feature."""

    features: TfidfVectorizer
    machine: LinearSVC
    temperature: float

    def chances(self, texts: Sequence[str]) -> np.ndarray:
        """A row a text, a column an intent in the order of ``machine.classes_``."""
        scores = decisions(self.machine, self.features.transform([outline(t) for t in texts]))
        return np.asarray(softmax(self.temperature * scores, axis=1))


@DefaultV1Recipe.register([DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER], is_trainable=True)
class IntentClassifier(GraphComponent, Classifier):
    """Sets ``intent`` and ``intent_ranking``, each intent ``{name, confidence}``."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """``C``: how far single examples are followed; ``balance``: 1 for classes that weigh the
        same, 0 for examples that do."""
        return {"C": 1.0, "balance": 0.75}

    def __init__(
        self,
        config: dict[str, Any],
        storage: ModelStorage,
        resource: Resource,
        trained: Trained | None = None,
    ) -> None:
        self.config = config
        self.storage = storage
        self.resource = resource
        self.trained = trained

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> IntentClassifier:
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Learns from all examples that have an intent.

        Raises:
            ValueError: they are of fewer than two intents.
        """
        examples = [e for e in training_data.intent_examples if e.get(TEXT) and e.get(INTENT)]
        self.trained = learn(
            [e.get(TEXT) for e in examples],
            [e.get(INTENT) for e in examples],
            self.config["C"],
            self.config["balance"],
        )
        with self.storage.write_to(self.resource) as folder:
            joblib.dump(self.trained, folder / "intent.joblib")
        return self.resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> IntentClassifier:
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, joblib.load(folder / "intent.joblib"))

    def process(self, messages: list[Message]) -> list[Message]:
        if self.trained is None:
            return messages
        for message in messages:
            text = message.get(TEXT)
            if text:
                ranking = rank(self.trained, text)
                message.set(INTENT, ranking[0], add_to_output=True)
                message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        return training_data


def rank(trained: Trained, text: str) -> list[dict[str, Any]]:
    """The likeliest intents, best first: ``[{"name": str, "confidence": float}, …]``."""
    chances = trained.chances([text])[0]
    best = chances.argsort()[::-1][:LIKELIEST]
    return [
        {"name": str(trained.machine.classes_[i]), "confidence": float(chances[i])} for i in best
    ]


def learn(
    texts: Sequence[str], intents: Sequence[str], strictness: float, balance: float
) -> Trained:
    """Features, machine and temperature from messages and what they want.

    Raises:
        ValueError: fewer than two intents.
    """
    wanted = np.array(intents)
    if len(set(intents)) < 2:
        raise ValueError("there are no examples of two intents or more")
    features = TfidfVectorizer(
        analyzer="char",
        ngram_range=(1, 3),
        sublinear_tf=True,
        lowercase=False,
        dtype=np.float32,
    )
    rows = features.fit_transform([outline(text) for text in texts])
    machine = taught(rows, wanted, strictness, balance)
    temperature = fitted_temperature(rows, wanted, machine.classes_, strictness, balance)
    # Kept by feature, and single, a message reads few of the coefficients and copies none.
    machine.coef_ = np.asfortranarray(machine.coef_, dtype=np.float32)
    return Trained(features, machine, temperature)


def outline(text: str) -> str:
    """The text as its features see it: marked ends, lower case, numbers by their kind or length."""
    text = TELEPHONE.sub("☎", TICKET.sub("№", text))
    text = NUMBER.sub(lambda found: shape_of(found[0]), text).lower()
    return f"^{BREAKS.sub(' ', text).strip()}$"


def shape_of(number: str) -> str:
    return number if len(number) in {1, TELLING} else "0" * min(len(number), TELLING + 2)


def taught(rows: csr_matrix, wanted: np.ndarray, strictness: float, balance: float) -> LinearSVC:
    sizes = Counter(wanted.tolist())
    weights = {name: (len(wanted) / len(sizes) / size) ** balance for name, size in sizes.items()}
    return LinearSVC(C=strictness, class_weight=weights, random_state=0).fit(rows, wanted)


def fitted_temperature(
    rows: csr_matrix, wanted: np.ndarray, names: np.ndarray, strictness: float, balance: float
) -> float:
    """The temperature that makes held-out examples likeliest."""
    folds = folds_of(wanted)
    scores = np.full((len(wanted), len(names)), -1.0)
    for fold in range(FOLDS):
        held, kept = np.flatnonzero(folds == fold), np.flatnonzero(folds != fold)
        if held.size and len(set(wanted[kept])) > 1:
            machine = taught(rows[kept], wanted[kept], strictness, balance)
            columns = np.searchsorted(names, machine.classes_)
            scores[np.ix_(held, columns)] = decisions(machine, rows[held])
    right = scores[np.arange(len(wanted)), np.searchsorted(names, wanted)]

    def unlikeliness(logarithm: float) -> float:
        temperature = np.exp(logarithm)
        surprise = logsumexp(temperature * scores, axis=1) - temperature * right
        return float(surprise.mean())

    return float(np.exp(minimize_scalar(unlikeliness, bounds=(-2, 4), method="bounded").x))


def folds_of(wanted: np.ndarray) -> np.ndarray:
    """A fold for every example, so that each intent is spread over all of them."""
    folds = np.zeros(len(wanted), dtype=int)
    chance = np.random.default_rng(0)
    for name in sorted(set(wanted)):
        of_name = np.flatnonzero(wanted == name)
        folds[chance.permutation(of_name)] = np.arange(of_name.size) % FOLDS
    return folds


def decisions(machine: LinearSVC, rows: csr_matrix) -> np.ndarray:
    """A row a message, a column an intent, also where there are only two."""
    scores = machine.decision_function(rows)
    return np.column_stack([-scores, scores]) if scores.ndim == 1 else scores
