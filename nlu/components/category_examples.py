"""Messages of known category: YAML files, one or more a category.

``category``, the name; ``examples``, lists of messages under names of one's choice, which are
second-level classes in the project's own; ``of_city: true`` where they are a city's own rows.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import yaml


class Examples(NamedTuple):
    """In parallel: messages, their categories, and whether they are a city's own rows."""

    texts: list[str]
    labels: list[str]
    of_city: list[bool]


@dataclass(frozen=True, slots=True)
class ExampleFile:
    category: str
    messages: list[str] = field(repr=False)
    of_city: bool


def read_examples(folder: Path) -> Examples:
    """Those of every YAML file of a folder.

    Raises:
        ValueError: a file is not a table of category and examples, or fewer than two categories
            are found.
    """
    found = Examples([], [], [])
    for path in sorted(folder.glob("*.yml")):
        file = read_file(path)
        found.texts.extend(file.messages)
        found.labels.extend([file.category] * len(file.messages))
        found.of_city.extend([file.of_city] * len(file.messages))
    if len(set(found.labels)) < 2:
        raise ValueError(f"{folder}: no examples of two categories or more")
    return found


def read_file(path: Path) -> ExampleFile:
    """The examples of one file.

    Raises:
        ValueError: it is not a table of category and examples.
    """
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        raise ValueError(f"{path}: not readable as YAML") from error
    if not isinstance(content, dict) or not {"category", "examples"} <= content.keys():
        raise ValueError(f"{path}: needs the keys 'category' and 'examples'")
    examples = content["examples"]
    if not isinstance(examples, dict) or not all(isinstance(v, list) for v in examples.values()):
        raise ValueError(f"{path}: 'examples' must be lists of messages under names")
    messages = [str(message) for under in examples.values() for message in under]
    return ExampleFile(str(content["category"]), messages, content.get("of_city") is True)
