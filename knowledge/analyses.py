"""The terms of texts as numbers with counts, kept by content."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import nlu
from knowledge import analysis
from knowledge.analysis import analyse, fingerprint
from knowledge.kept import Kept, Keys, Numbers, Segment
from knowledge.postings import MOST
from knowledge.terms import Hashes, hashed


@dataclass(frozen=True, slots=True)
class Counted:
    """Terms of consecutive texts; those of text ``n`` lie between ``starts[n]`` and the next.

    ``wording`` and ``matter`` are how often a term occurs there, ``content`` whether it is one of
    the content words, see ``knowledge.analysis``.
    """

    starts: Numbers
    terms: NDArray[np.int32]
    wording: NDArray[np.uint8]
    matter: NDArray[np.uint8]
    content: NDArray[np.bool_]


class Analyses:
    """Analyses of texts, in a folder or in memory.

    Attributes:
        terms: hashes of the terms, by their numbers.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.kept = Kept(folder)
        known = [(segment.extra or {})["terms"] for segment in self.kept.segments]
        self.terms: Hashes = np.concatenate([np.zeros(0, dtype=np.uint64), *known])
        self._order = np.argsort(self.terms)

    def learn(self, texts: Sequence[str], keys: Keys) -> None:
        """Analyses what is new, and keeps it."""
        new = self.kept.missing(keys)
        if len(new):
            self._add([texts[number] for number in new.tolist()], keys[new])

    def counted(self, positions: Numbers) -> Counted:
        starts, columns = self.kept.ragged(positions)
        return Counted(starts, **columns)

    def _add(self, texts: Sequence[str], keys: Keys) -> None:
        lengths = list[int]()
        terms, said, about, content = list[int](), list[int](), list[int](), list[bool]()
        for text in texts:
            analysed = analyse(text)
            counted, matter = Counter(analysed.wording), Counter(analysed.matter)
            words = set(analysed.content)
            different = counted.keys() | matter.keys() | words
            lengths.append(len(different))
            terms += map(hashed, different)
            said += [min(counted[term], MOST) for term in different]
            about += [min(matter[term], MOST) for term in different]
            content += [term in words for term in different]
        numbers, fresh = self._numbered(np.array(terms, dtype=np.uint64))
        self.kept.add(
            Segment(
                keys,
                {
                    "terms": numbers.astype(np.int32),
                    "wording": np.array(said, dtype=np.uint8),
                    "matter": np.array(about, dtype=np.uint8),
                    "content": np.array(content, dtype=bool),
                },
                np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
                {"terms": fresh},
            )
        )

    def _numbered(self, terms: Hashes) -> tuple[NDArray[Any], Hashes]:
        """Numbers of terms, and those that had none before."""
        fresh = np.setdiff1d(terms, self.terms)
        self.terms = np.concatenate([self.terms, fresh])
        self._order = np.argsort(self.terms)
        places = np.searchsorted(self.terms, terms, sorter=self._order)
        return self._order[places], fresh


@cache
def binding() -> str:
    """Changes whenever texts may be analysed in another way."""
    digest = hashlib.sha256(fingerprint().encode())
    reading = sorted(Path(nlu.__file__).parent.glob("*.py"))
    for path in (Path(analysis.__file__), *reading):
        digest.update(path.read_bytes())
    return digest.hexdigest()
