"""Cross-validation of the category classifier, without the rest of Rasa around it.

Reads ``{"data": folder of examples, "known": categories, "folds": [[[text, category], …], …]}``
from standard input, and prints for each fold the three likeliest categories of each of its rows,
``[[[[name, chance], …], …], …]``, as a model thinks that was taught the examples of known
categories and the rows of all the other folds; a line a fold.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Collection, Sequence
from pathlib import Path

from nlu.components.category_examples import Examples, read_examples
from nlu.components.category_model import learn

BEST = 3
Ranking = list[tuple[str, float]]


def ranked(own: Examples, rows: Sequence[tuple[str, str]], asked: Sequence[str]) -> list[Ranking]:
    """What a model taught the project's own examples and a city's rows makes of the asked."""
    model = learn(
        [*own.texts, *(text for text, _ in rows)],
        [*own.labels, *(label for _, label in rows)],
        [*own.of_city, *(True for _ in rows)],
    )
    names = model.scorer.classes
    return [
        [(str(names[place]), float(chances[place])) for place in chances.argsort()[::-1][:BEST]]
        for chances in model.chances(asked)
    ]


def of_known(own: Examples, known: Collection[str]) -> Examples:
    kept = [row for row in zip(*own, strict=True) if row[1] in known]
    return Examples(*map(list, zip(*kept, strict=True))) if kept else Examples([], [], [])


def main() -> None:
    given = json.load(sys.stdin)
    own = of_known(read_examples(Path(given["data"])), given["known"])
    for fold in given["folds"]:
        others = [row for other in given["folds"] if other is not fold for row in other]
        sys.stdout.write(json.dumps(ranked(own, others, [text for text, _ in fold])) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
