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
import yaml
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nlu.components.category_model import CategoryModel, learn

CATEGORY = "category"


def read_examples(folder: Path) -> tuple[list[str], list[str]]:
    """Messages and their first-level categories from every YAML file of a folder.

    Raises:
        ValueError: a file is not a table of category and examples, or fewer than two categories
            are found.
    """
    texts: list[str] = []
    labels: list[str] = []
    for path in sorted(folder.glob("*.yml")):
        category, messages = read_file(path)
        texts.extend(messages)
        labels.extend([category] * len(messages))
    if len(set(labels)) < 2:
        raise ValueError(f"{folder}: no examples of two categories or more")
    return texts, labels


def read_file(path: Path) -> tuple[str, list[str]]:
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        raise ValueError(f"{path}: not readable as YAML") from error
    if not isinstance(content, dict) or not {"category", "examples"} <= content.keys():
        raise ValueError(f"{path}: needs the keys 'category' and 'examples'")
    examples = content["examples"]
    if not isinstance(examples, dict) or not all(isinstance(v, list) for v in examples.values()):
        raise ValueError(f"{path}: 'examples' must be lists of messages under names")
    return str(content["category"]), [str(m) for messages in examples.values() for m in messages]


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
        texts, labels = read_examples(Path(self.config["data"]))
        self.model = learn(texts, labels)
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
