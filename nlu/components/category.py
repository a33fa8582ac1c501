"""The category of a report: a text classifier as a component of Rasa's pipeline.

The model is ``nlu.components.category_model``. Trained on files of its own
(``nlu/data/categories``), not on the intents' examples, since what a message is about and what
its writer wants are two questions.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import joblib
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nlu.components.category_examples import read_examples
from nlu.components.category_model import CategoryModel, learn

CATEGORY = "category"


@DefaultV1Recipe.register([DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER], is_trainable=True)
class CategoryClassifier(GraphComponent):
    """Adds ``category``: the three likeliest first-level classes, each ``{name, confidence}``."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {"data": "nlu/data/categories", "top": 3}

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        digest = hashlib.sha256()
        for path in sorted(Path(config.get("data", "nlu/data/categories")).glob("*.yml")):
            digest.update(path.read_bytes())
        return digest.hexdigest()

    def __init__(
        self,
        config: dict[str, Any],
        storage: ModelStorage,
        resource: Resource,
        model: CategoryModel | None = None,
    ) -> None:
        self.config = config
        self.storage = storage
        self.resource = resource
        self.model = model

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> CategoryClassifier:
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        self.model = learn(*read_examples(Path(self.config["data"])))
        with self.storage.write_to(self.resource) as folder:
            joblib.dump(self.model, folder / "category.joblib")
        return self.resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> CategoryClassifier:
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, joblib.load(folder / "category.joblib"))

    def process(self, messages: list[Message]) -> list[Message]:
        if self.model is None:
            return messages
        for message in messages:
            text = message.get(TEXT)
            if text:
                message.set(CATEGORY, self.rank(text), add_to_output=True)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        return training_data

    def rank(self, text: str) -> list[dict[str, Any]]:
        """The likeliest categories, best first: ``[{"name": str, "confidence": float}, …]``."""
        assert self.model is not None  # noqa: S101  # process() has looked
        chances = self.model.chances([text])[0]
        best = chances.argsort()[::-1][: self.config["top"]]
        return [
            {"name": str(self.model.scorer.classes[i]), "confidence": float(chances[i])}
            for i in best
        ]
