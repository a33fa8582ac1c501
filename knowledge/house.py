"""The house list: questions that must be answered, and sayings that must not be."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

HOUSE = Path(__file__).with_name("house.yml")


class HouseError(Exception):
    """The house list cannot be used; the message names file, place and fault."""


@dataclass(frozen=True, slots=True)
class MustAnswer:
    """A question and the id of the entry that answers it."""

    question: str
    entry: str


@dataclass(frozen=True, slots=True)
class House:
    must_answer: tuple[MustAnswer, ...] = ()
    off_topic: tuple[str, ...] = ()


def read_house(path: Path = HOUSE) -> House:
    """The house list in a YAML file, Linli's own by default.

    Raises:
        HouseError: it cannot be read, or a line is not as it should be.
    """
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise HouseError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise HouseError(f"{path}: is not UTF-8 text") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f", line {mark.line + 1}" if mark else ""
        raise HouseError(f"{path}{place}: is not YAML") from error
    if content is None:
        return House()
    if not isinstance(content, dict):
        raise HouseError(f"{path}: must have must_answer and off_topic")
    if unknown := sorted(set(map(str, content)) - {"must_answer", "off_topic"}):
        raise HouseError(f"{path}: {unknown[0]}: there is no such part")
    rows, sayings = (_list(path, content, name) for name in ("must_answer", "off_topic"))
    return House(
        tuple(_must_answer(path, number, row) for number, row in enumerate(rows, 1)),
        tuple(_text(path, f"off_topic, number {n}", saying) for n, saying in enumerate(sayings, 1)),
    )


def _list(path: Path, content: dict[str, Any], name: str) -> list[Any]:
    found = content.get(name) or []
    if not isinstance(found, list):
        raise HouseError(f"{path}: {name} must be a list")
    return found


def _must_answer(path: Path, number: int, row: Any) -> MustAnswer:
    place = f"must_answer, number {number}"
    if not isinstance(row, dict) or set(row) != {"question", "entry"}:
        raise HouseError(f"{path}: {place}: needs question and entry, and nothing else")
    return MustAnswer(_text(path, place, row["question"]), _text(path, place, row["entry"]))


def _text(path: Path, place: str, value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise HouseError(f"{path}: {place}: must be a text")
    return value.strip()
