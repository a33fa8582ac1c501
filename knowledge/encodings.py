"""Vectors of texts, kept by content for each encoder."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from knowledge.encoder import Encoder
from knowledge.kept import Kept, Keys, Segment

BATCH = 1024


class Encodings:
    """Vectors of one encoder, in a folder or in memory; 16 bits a number."""

    def __init__(self, encoder: Encoder, folder: Path | None = None) -> None:
        self.encoder = encoder
        self.kept = Kept(folder)

    def learn(self, texts: Sequence[str], keys: Keys) -> None:
        """Encodes what is new, and keeps it: a slow model that is broken off goes on from there."""
        new = self.kept.missing(keys)
        vectors = np.empty((len(new), self.encoder.dimension), dtype=np.float16)
        for start in range(0, len(new), BATCH):
            batch = [texts[number] for number in new[start : start + BATCH].tolist()]
            vectors[start : start + BATCH] = self.encoder.encode(batch)
        if len(new):
            self.kept.add(Segment(keys[new], {"vector": vectors}))
