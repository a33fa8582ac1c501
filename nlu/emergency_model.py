"""The second reader of emergencies: two linear models over features of a text.

One tells how likely there is an emergency (logistic regression), the other which kind
(multinomial, learnt from emergencies only). Their weights are in ``emergencies/model.json.gz``,
learnt by ``python -m nlu.emergency_training``; reading them needs no package but numpy.
"""

import gzip
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import exp
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlu.emergency_features import Features
from nlu.emergency_kinds import EmergencyKind

MODEL = Path(__file__).with_name("emergencies") / "model.json.gz"
KINDS = tuple(EmergencyKind)
SCALE = 10
"""Weights are kept as whole tenths."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Weights:
    """``values`` has a row for each of ``names`` and a column for each class."""

    names: tuple[str, ...]
    values: Floats
    bias: Floats


@dataclass(frozen=True, slots=True)
class Model:
    """``kinds`` has a row for each feature of ``rows`` and a column for each of ``KINDS``."""

    urgent: Mapping[str, float]
    bias: float
    rows: Mapping[str, int]
    kinds: Floats
    kinds_bias: Floats
    enough: float
    """From this probability on it is an emergency."""
    sure: frozenset[str]
    """Lines of the table that none of the quiet examples meets: each alarms by itself."""

    def probability(self, seen: Collection[str]) -> float:
        """How likely a text with these features tells of an emergency that happens."""
        weigh = self.urgent.get
        score = sum([weigh(name, 0.0) for name in seen])
        return 1 / (1 + exp(-self.bias - score / max(1, len(seen)) ** 0.5))

    def kind(self, seen: Collection[str]) -> EmergencyKind:
        """The likeliest kind of the emergency in a text with these features."""
        rows = [row for name in seen if (row := self.rows.get(name)) is not None]
        scores = self.kinds_bias + self.kinds[rows].sum(axis=0) / max(1, len(seen)) ** 0.5
        return KINDS[int(scores.argmax())]

    def telling(self, seen: Features) -> int | None:
        """The place of the run that speaks most for an emergency; None where none is known."""
        told = [
            (weight, place)
            for name, place in seen.items()
            if place >= 0 and (weight := self.urgent.get(name)) is not None
        ]
        return max(told)[1] if told else None


@cache
def the_model() -> Model:
    """The model that comes with the program; read once, a tenth of a second."""
    return read_model(MODEL.read_bytes())


def read_model(packed: bytes) -> Model:
    """The model that ``pack_model`` packed."""
    content: dict[str, Any] = json.loads(gzip.decompress(packed))
    urgent, kinds = content["urgent"], content["kinds"]
    width = len(KINDS)
    columns = [KINDS.index(EmergencyKind(name)) for name in kinds["classes"]]
    values = np.zeros((len(kinds["names"]), width))
    values[:, columns] = np.array(kinds["weights"], dtype=np.float64).reshape(-1, width) / SCALE
    bias = np.zeros(width)
    bias[columns] = kinds["bias"]
    return Model(
        urgent=dict(zip(urgent["names"], (w / SCALE for w in urgent["weights"]), strict=True)),
        bias=urgent["bias"][0],
        rows={name: row for row, name in enumerate(kinds["names"])},
        kinds=values,
        kinds_bias=bias,
        enough=content["enough"],
        sure=frozenset(content["sure"]),
    )


def pack_model(urgent: Weights, kinds: Weights, *, enough: float, sure: Collection[str]) -> bytes:
    """A model as bytes, the same for the same weights; features that weigh nothing are left out.

    Args:
        urgent: one column.
        kinds: a column for each of ``KINDS``.
        enough, sure: see ``Model``.
    """
    content = {
        "enough": round(enough, 3),
        "sure": sorted(sure),
        "urgent": packed(urgent),
        "kinds": packed(kinds) | {"classes": [kind.value for kind in KINDS]},
    }
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return gzip.compress(text.encode("utf-8"), compresslevel=9, mtime=0)


def packed(weights: Weights) -> dict[str, Sequence[Any]]:
    tenths = np.rint(weights.values * SCALE).astype(int)
    kept = np.flatnonzero(tenths.any(axis=1))
    return {
        "bias": [round(float(part), 4) for part in weights.bias],
        "names": [weights.names[row] for row in kept],
        "weights": tenths[kept].ravel().tolist(),
    }
