"""Learns the second reader of emergencies: ``python -m nlu.emergency_training [EXTRA.jsonl]``.

Needs scipy. A city adds its own messages as rows ``{"text": …, "emergency": kind | null}``. What is
printed comes from three-fold cross-validation: no example is judged by a model that has seen it,
its roughened copy or another frame around the same words. The threshold is chosen there too.
"""

import json
import sys
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from nlu.emergency import LETTER
from nlu.emergency_examples import Example, examples
from nlu.emergency_features import features
from nlu.emergency_kinds import EmergencyKind
from nlu.emergency_model import KINDS, MODEL, Floats, Weights, pack_model
from nlu.emergency_table import HELP, SIGNS, read, sign_in

FOLDS = 3
SEEN_IN = 4
"""Examples in which a feature must occur to be learnt."""
SPREAD = 6.0
"""Standard deviation of the weights before anything is known of them."""
ROUNDS = 120
FALSE = 0.025
"""Share of the quiet examples without a sure sign that may alarm. Most of them are made to sound
like emergencies, and half are roughened; what residents write is far from them."""
SHOWN = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
"""Thresholds of which the cross-validation tells."""


@dataclass(frozen=True, slots=True)
class Seen:
    """An example as the model sees it."""

    features: tuple[str, ...]
    kind: EmergencyKind | None
    line: str | None
    fold: int


def train(extra: Sequence[Example], tell: Callable[[str], None]) -> bytes:
    """The packed model, the same for the same examples."""
    seen = [one for each in examples(extra) if (one := see(each))]
    tell(f"{len(seen)} examples, {sum(s.kind is not None for s in seen)} of emergencies")
    sure = sure_lines(seen)
    probabilities = cross_validated(seen)
    enough = threshold(seen, probabilities, sure)
    tell(f"{len(sure)} sure signs; enough: {enough:.3f}")
    for line in scores(seen, probabilities, enough, sure):
        tell(line)
    return pack_model(learn_urgent(seen), learn_kinds(seen), enough=enough, sure=sure)


def see(example: Example) -> Seen | None:
    """None for an emergency of which neither example nor table tells the kind."""
    reading = read(example.text, letter=len(example.text) > LETTER)
    found = sign_in(reading)
    if example.kind == "" and found is None:
        return None
    kind = EmergencyKind(example.kind) if example.kind else None
    if example.kind == "" and found:
        kind = found.kind
    fold = crc32(example.group.encode()) % FOLDS
    return Seen(tuple(features(reading, found)), kind, found.line if found else None, fold)


def cross_validated(seen: Sequence[Seen]) -> Floats:
    """For each example, the probability of an emergency by a model that has not seen it."""
    probabilities = np.zeros(len(seen))
    for fold in range(FOLDS):
        learnt = learn_urgent([one for one in seen if one.fold != fold])
        kept = [place for place, one in enumerate(seen) if one.fold == fold]
        matrix = matrix_of([seen[place] for place in kept], learnt.names)
        probabilities[kept] = 1 / (1 + np.exp(-(matrix @ learnt.values + learnt.bias)[:, 0]))
    return probabilities


def sure_lines(seen: Sequence[Seen]) -> frozenset[str]:
    """The lines of the table that no quiet example meets."""
    every = {line for lines in (*SIGNS.values(), HELP) for line in lines}
    return frozenset(every - {one.line for one in seen if one.kind is None and one.line})


def threshold(seen: Sequence[Seen], probabilities: Floats, sure: Collection[str]) -> float:
    """The least probability that keeps to ``FALSE``."""
    asked = [one.kind is None and one.line not in sure for one in seen]
    return float(np.quantile(probabilities[asked], 1 - FALSE))


def scores(
    seen: Sequence[Seen], probabilities: Floats, enough: float, sure: Collection[str]
) -> Iterator[str]:
    """Shares found of emergencies, and alarmed at of the quiet, by threshold and by the table."""
    signed = np.array([one.line is not None for one in seen])
    surely = np.array([one.line in sure for one in seen])
    urgent = np.array([one.kind is not None for one in seen])
    yield f"table alone: found {signed[urgent].mean():.4f}, false {signed[~urgent].mean():.4f}"
    for least in sorted({*SHOWN, enough}):
        alarms = surely | (probabilities >= least)
        found, false = alarms[urgent].mean(), alarms[~urgent].mean()
        yield f"from {least:.3f} on: found {found:.4f}, false {false:.4f}"


def learn_urgent(seen: Sequence[Seen]) -> Weights:
    """Whether there is an emergency; one column."""
    found = fit(seen, [int(one.kind is not None) for one in seen], 2)
    return Weights(
        found.names, found.values[:, 1:] - found.values[:, :1], found.bias[1:] - found.bias[:1]
    )


def learn_kinds(seen: Sequence[Seen]) -> Weights:
    """Which kind it is, from the emergencies alone; a column for each of ``KINDS``."""
    urgent = [one for one in seen if one.kind is not None]
    return fit(
        urgent, [KINDS.index(one.kind) for one in urgent if one.kind is not None], len(KINDS)
    )


def fit(seen: Sequence[Seen], classes: Sequence[int], width: int) -> Weights:
    """Multinomial logistic regression with a normal prior on the weights (L-BFGS)."""
    counted = Counter(name for one in seen for name in one.features)
    names = tuple(sorted(name for name, count in counted.items() if count >= SEEN_IN))
    matrix = matrix_of(seen, names)
    right = np.zeros((len(seen), width))
    right[np.arange(len(seen)), classes] = 1
    shape = (len(names) + 1, width)

    def loss(flat: Floats) -> tuple[float, Floats]:
        both = flat.reshape(shape)
        found = softmax(matrix @ both[:-1] + both[-1])
        likelihood = np.log(found[right > 0] + 1e-300).sum()
        off = found - right
        slope = np.vstack([matrix.T @ off + both[:-1] / SPREAD**2, off.sum(axis=0)])
        return float((both[:-1] ** 2).sum() / (2 * SPREAD**2) - likelihood), slope.ravel()

    best = minimize(
        loss, np.zeros(shape).ravel(), jac=True, method="L-BFGS-B", options={"maxiter": ROUNDS}
    )
    both = best.x.reshape(shape)
    return Weights(names, both[:-1], both[-1])


def matrix_of(seen: Sequence[Seen], names: Sequence[str]) -> Any:
    """A sparse row for each example; its features count the less, the more there are."""
    places = {name: place for place, name in enumerate(names)}
    columns = [[places[name] for name in one.features if name in places] for one in seen]
    ends = np.cumsum([0, *map(len, columns)])
    values = np.repeat([len(one.features) ** -0.5 for one in seen], [len(c) for c in columns])
    flat = [column for row in columns for column in row]
    return csr_matrix((values, flat, ends), shape=(len(seen), len(names)))


def softmax(scores: Floats) -> Floats:
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    result: Floats = powers / powers.sum(axis=1, keepdims=True)
    return result


def extra_examples(path: Path) -> list[Example]:
    """Rows ``{"text": …, "emergency": kind | null}``.

    Raises:
        ValueError: a row is not such a row; the message names the file and the line.
    """
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            row = json.loads(line)
            text, kind = row["text"], row["emergency"]
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError(f'{path}, row {number}: not {{"text", "emergency"}}') from error
        if not isinstance(text, str) or (
            kind is not None and kind not in {known.value for known in KINDS}
        ):
            raise ValueError(f"{path}, row {number}: “{kind}” is no kind of emergency")
        found.append(Example(text, kind, text))
    return found


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main(arguments: Sequence[str]) -> None:
    try:
        extra = [row for path in arguments for row in extra_examples(Path(path))]
    except (OSError, ValueError) as error:
        sys.exit(f"linli: emergency_training: {error}")
    MODEL.write_bytes(train(extra, say))


if __name__ == "__main__":
    main(sys.argv[1:])
