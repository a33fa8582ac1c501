"""Learns the address tagger's weights: ``python -m nlu.address_training``.

Needs the package python-crfsuite, which nothing else does. The sentences are made by
``nlu.address_grammar``; the words around the addresses, and the messages without any, are the
project's own training examples.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import jieba
import yaml

from nlu.address import SENTENCE
from nlu.address_features import features
from nlu.address_grammar import Grammar, Piece
from nlu.address_tagger import MODEL, OUTSIDE, pack_model
from nlu.pauses import Fluent, fluent
from nlu.roughening import Glyph, rough, written
from nlu.text import legible

EXAMPLES = Path(__file__).with_name("data")
SENTENCES, SEED = 30_000, 20261123
ROUGH, HESITANT = 1 / 2, 1 / 4
"""Shares of the sentences that are made rough, and that hesitate within an address."""
HESITATION = ("那个", "这个", "那个", "这个", "啊", "啊", "额", "哎", "呀", "就是", "然后")
LONGEST_EXAMPLE = 120
SETTINGS = {"c1": 0.15, "c2": 0.01, "max_iterations": 60, "feature.minfreq": 3}
MARKED_ADDRESS = re.compile(r"\]\(address\)")
MARKED = re.compile(r"\[([^\]]*)\][({][^)}]*[)}]")
NUMBERED = re.compile(
    r"[0-9A-Za-z一二三四五六七八九十]+(?:号(?![线码])|[栋幢座弄]|单元)|"
    r"(?<![\d-])\d{1,3}-\d{1,2}-\d{3,4}(?![\d-])"
)
NAME_ENDS = frozenset((*"路街巷镇乡村县市区苑园弄里庄城桥湾", "街道", "小区", "社区"))
NO_NAMES = frozenset(
    "这那某本各全农城山乡我你他她们的在到上下进出过马公铁道半走让大小新老旧是去有把被从和跟与及或"
    "个条里外同整几两一每该此没不别逛扫修堵占挡拦认带问指超入离靠临沿铺绕着了"
)
ORDINARY_TAGS = frozenset("nvrmadtfilpsqjb")
"""Tags of jieba's dictionary, by their first letter."""


def train(sentences: int = SENTENCES, seed: int = SEED) -> bytes:
    """The packed model.

    Raises:
        ModuleNotFoundError: python-crfsuite is not installed.
    """
    crfsuite: Any = import_module("pycrfsuite")
    trainer = crfsuite.Trainer(verbose=False, params=SETTINGS)
    grammar = Grammar(examples_without_addresses(), seed)
    for number in range(sentences):
        text, labels = labelled(grammar.sentence())
        noise = Random(f"{seed} {number}")  # noqa: S311
        for said, right in as_read(made_rough(text, labels, noise), labels):
            trainer.append(features(said), right)
    with TemporaryDirectory() as folder:
        path = str(Path(folder, "model"))
        trainer.train(path)
        tagger = crfsuite.Tagger()
        tagger.open(path)
        learnt = tagger.info()
        tagger.close()
    return pack_model(sorted(learnt.labels), learnt.transitions, learnt.state_features)


def made_rough(text: str, labels: Sequence[str], noise: Random) -> list[Glyph]:
    """``text`` as it may be typed in haste or dictated, or as it is."""
    glyphs = [*zip(text, range(len(text)), strict=True)]
    if noise.random() < ROUGH:
        glyphs = rough(text, noise)
    if noise.random() < HESITANT:
        inside = [
            i
            for i, (_, place) in enumerate(glyphs)
            if place > 0 and OUTSIDE not in labels[place - 1 : place + 1]
        ]
        if inside:
            at = noise.choice(inside)
            glyphs[at:at] = [(c, -1) for c in noise.choice(HESITATION)]
    return glyphs


def as_read(glyphs: Sequence[Glyph], labels: Sequence[str]) -> Iterator[tuple[Fluent, list[str]]]:
    """Each sentence as the tagger is given it, with the label of each of its characters."""
    read = legible(written(glyphs))
    right: list[str] = []
    last, level = -1, ""
    for place in (glyphs[i][1] for i in read.places[:-1]):
        if place < 0:
            right.append(OUTSIDE)
            continue
        label = labels[place]
        goes_on = place == last or (label[0] == "I" and level == label[2:])
        last, level = place, label[2:]
        right.append(f"{'I' if goes_on else 'B'}-{level}" if level else OUTSIDE)
    for sentence in SENTENCE.finditer(read.text):
        said = fluent(sentence.group())
        if said.text:
            yield said, [right[sentence.start() + i] for i in said.places]


def labelled(pieces: Sequence[Piece]) -> tuple[str, list[str]]:
    """The text, and for each character its label: O, B-level or I-level."""
    labels: list[str] = []
    for label, text in pieces:
        if label is None:
            labels += [OUTSIDE] * len(text)
        else:
            labels += [f"B-{label}", *[f"I-{label}"] * (len(text) - 1)]
    return "".join(text for _, text in pieces), labels


def examples_without_addresses() -> list[str]:
    """The training examples in which nothing looks like an address, cut after a few lines."""
    return [
        MARKED.sub(r"\1", text)[:LONGEST_EXAMPLE]
        for text in examples()
        if not may_name_a_place(text)
    ]


def may_name_a_place(text: str) -> bool:
    """Whether an address is marked, a number said, or a name put before a suffix (云溪+路)."""
    if MARKED_ADDRESS.search(text) or NUMBERED.search(text):
        return True
    tags = dictionary_tags()
    words = [*"。", *jieba.lcut(text, HMM=False)]
    return any(
        (word in NAME_ENDS and may_be_a_name(before, tags))
        or (tags.get(word) in {None, "ns"} and len(word) > 1 and word[-1] in NAME_ENDS)
        for before, word in pairwise(words)
    )


def may_be_a_name(word: str, tags: Mapping[str, str]) -> bool:
    if len(word) == 1:
        return "\u4e00" <= word <= "\u9fff" and word not in NO_NAMES
    return tags.get(word) not in ORDINARY_TAGS


@cache
def dictionary_tags() -> Mapping[str, str]:
    with jieba.get_dict_file() as lines:
        entries = (line.decode("utf-8").split() for line in lines)
        return {entry[0]: entry[2][0] if entry[2] != "ns" else "ns" for entry in entries}


def examples() -> Iterator[str]:
    for path in sorted(EXAMPLES.rglob("*.yml")):
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        for block in content.get("nlu") or [content]:
            yield from texts_of(block.get("examples") or [])


def texts_of(block: Any) -> Iterator[str]:
    """Of Rasa's own list in a text, or of lists by second-level category."""
    if isinstance(block, str):
        yield from (line[2:] for line in block.splitlines() if line.startswith("- "))
    elif isinstance(block, dict):
        for part in block.values():
            yield from texts_of(part)
    else:
        yield from map(str, block)


def main() -> None:
    MODEL.write_bytes(train())


if __name__ == "__main__":
    main()
