"""Labels for each character of a text: what part of an address it belongs to, if any.

A linear-chain conditional random field (Lafferty, McCallum, Pereira 2001). Its weights are in
``addresses/model.json.gz``, learnt by ``python -m nlu.address_training`` from made sentences;
reading them needs no package but numpy.
"""

import gzip
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, chain, repeat
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlu.address_features import features
from nlu.pauses import fluent

MODEL = Path(__file__).with_name("addresses") / "model.json.gz"

LEVELS = (
    "province",
    "city",
    "district",
    "street",
    "community",
    "road",
    "number",
    "landmark",
    "building",
    "unit",
    "floor",
    "room",
    "place",
)
"""Large to small. ``street`` is a town or subdistrict, ``community`` an estate or village,
``landmark`` a shop, firm or public building, ``place`` is relative to the rest (东门, 对面)."""

EXTRA = "extra"
"""Within an address, but no part of it: marks, repetitions, errands."""

OUTSIDE = "O"
SCALE = 100
"""Weights are kept as whole hundredths."""

NEVER = -1e4
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Tagged:
    """A piece of an address; ``label`` is a level or ``EXTRA``."""

    label: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Model:
    """``weights`` has a row for each feature of ``rows`` and one of zeros for all others."""

    labels: tuple[str, ...]
    rows: Mapping[str, int]
    weights: Floats
    transitions: Floats  # from, to
    starts: Floats

    def best(self, seen: Sequence[Sequence[str]]) -> list[str]:
        """The likeliest labels for characters with these features."""
        if not seen:
            return []
        rows = [*map(self.rows.get, chain.from_iterable(seen), repeat(len(self.rows)))]
        firsts = [*accumulate(map(len, seen[:-1]), initial=0)]
        paths = np.add.reduceat(self.weights.take(rows, axis=0), firsts, axis=0)
        paths[0] += self.starts
        before = paths[0]
        for path in paths[1:]:
            path += np.maximum.reduce(before[:, None] + self.transitions, axis=0)
            before = path
        label = int(before.argmax())
        labels = [self.labels[label]]
        for path in paths[-2::-1]:
            label = int((path + self.transitions[:, label]).argmax())
            labels.append(self.labels[label])
        return labels[::-1]


@cache
def the_model() -> Model:
    """The model that comes with the program; read once, a fifth of a second."""
    return read_model(MODEL.read_bytes())


def read_model(packed: bytes) -> Model:
    """The model that ``pack_model`` packed."""
    content: dict[str, Any] = json.loads(gzip.decompress(packed))
    labels: list[str] = content["labels"]
    names: dict[str, list[int]] = content["features"]
    weights = np.zeros((len(names) + 1, len(labels)), dtype=np.float32)
    for row, pairs in enumerate(names.values()):
        weights[row, pairs[::2]] = pairs[1::2]
    transitions = np.array(content["transitions"], dtype=np.float32)
    starts = np.zeros(len(labels), dtype=np.float32)
    for j, label in enumerate(labels):
        if label[0] == "I":
            level = label[1:]
            forbidden = [i for i, other in enumerate(labels) if other[1:] != level]
            transitions[forbidden, j] = NEVER * SCALE
            starts[j] = NEVER * SCALE
    return Model(
        labels=tuple(labels),
        rows={name: row for row, name in enumerate(names)},
        weights=weights / np.float32(SCALE),
        transitions=transitions / np.float32(SCALE),
        starts=starts / np.float32(SCALE),
    )


def pack_model(
    labels: Sequence[str],
    transitions: Mapping[tuple[str, str], float],
    weights: Mapping[tuple[str, str], float],
) -> bytes:
    """A model as bytes, the same for the same weights.

    Args:
        labels: ``O``, ``B-level`` and ``I-level``.
        transitions: weight by label and the next one; 0 where there is none.
        weights: weight by feature and label. Those under half a hundredth are left out.
    """
    places = {label: place for place, label in enumerate(labels)}
    names: dict[str, list[int]] = {}
    for (name, label), weight in sorted(weights.items()):
        if round(weight * SCALE):
            names.setdefault(name, []).extend((places[label], round(weight * SCALE)))
    content = {
        "labels": list(labels),
        "transitions": [
            [round(transitions.get((a, b), 0.0) * SCALE) for b in labels] for a in labels
        ],
        "features": names,
    }
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return gzip.compress(text.encode("utf-8"), compresslevel=9, mtime=0)


def tag(text: str) -> list[Tagged]:
    """The pieces of addresses in ``text``, in order. Where one ends at the next's start, both
    belong to one address. A pause within a piece is part of it; one between two is an extra."""
    said = fluent(text)
    tagged: list[Tagged] = []
    last = ""
    for label, place in zip(the_model().best(features(said)), said.places, strict=True):
        if label[0] == "I":
            tagged[-1] = Tagged(tagged[-1].label, tagged[-1].start, place + 1)
        elif label[0] == "B":
            if last not in ("", OUTSIDE) and tagged[-1].end < place:
                tagged.append(Tagged(EXTRA, tagged[-1].end, place))
            tagged.append(Tagged(label[2:], place, place + 1))
        last = label
    return tagged
