"""Encoders turn texts into vectors whose inner product says how alike their meanings are.

The built-in one is a sentence-transformers ``StaticEmbedding``: a text is the mean of the rows of
its terms, a row being found by hashing, so that terms never seen in training have one as well.
A mean of rows needs no PyTorch, so answering reads the rows with numpy alone; PyTorch and
sentence-transformers are loaded for training and for other models only.
"""

import json
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file

from knowledge.analysis import fingerprint, sense

Vectors = NDArray[np.float32]
"""Shape (texts, dimension); every row has length 1, or 0 where a text says nothing."""

BUCKETS = 65536
DIMENSION = 256
CARD = "linli-encoder.json"
LEARNT = "learnt.safetensors"


class EncoderError(Exception):
    """An encoder cannot be loaded; the message says what to do about it."""


class Encoder(Protocol):
    """What search needs of an encoder."""

    @property
    def name(self) -> str:
        """Changes whenever the vectors change; snapshots are bound to it."""

    @property
    def source(self) -> str:
        """Where it can be loaded from again: a folder, or a model's name; empty for nowhere."""

    @property
    def instruction(self) -> str:
        """Put before every query; empty for none."""

    @property
    def dimension(self) -> int: ...

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Vectors of things that may be found."""

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Vectors of what is looked for; differs where a model wants an instruction."""


class StaticEncoder:
    """The mean of the rows of a text's terms, by numpy.

    Args:
        rows: shape (buckets, dimension).
        name: see ``Encoder.name``.
    """

    instruction = ""

    def __init__(self, rows: Vectors, name: str, source: str = "") -> None:
        self.rows = rows
        self.name = name
        self.source = source

    @property
    def dimension(self) -> int:
        return int(self.rows.shape[1])

    def encode(self, texts: Sequence[str]) -> Vectors:
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for vector, text in zip(vectors, texts, strict=True):
            if numbers := buckets(text, len(self.rows)):
                vector[:] = self.rows[numbers].mean(axis=0)
        return unit_length(vectors)

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        return self.encode(texts)


class AdaptedEncoder(StaticEncoder):
    """The built-in encoder as it was beside what became of it, which speaks for queries of its own.

    A text has both vectors, one after the other. A query has only the one it is compared by, so
    what is asked about other things is found as before.

    Args:
        rows: shape (buckets, 2 × dimension before), the rows as they were and as they became.
        own: how far each row is peculiar to what was learnt, shape (buckets,).
        least: a query is one of its own where its rows are so peculiar on average.
    """

    def __init__(
        self, rows: Vectors, own: Vectors, least: float, name: str, source: str = ""
    ) -> None:
        super().__init__(rows, name, source)
        self.own, self.least = own, least

    def encode(self, texts: Sequence[str]) -> Vectors:
        return np.hstack(self._both(texts)) / np.float32(np.sqrt(2))

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        before, since = self._both(texts)
        numbers = [buckets(text, len(self.rows)) for text in texts]
        told = np.array([peculiarity(found, self.own) >= self.least for found in numbers])[:, None]
        return np.hstack([before * ~told, since * told]) * np.float32(np.sqrt(2))

    def _both(self, texts: Sequence[str]) -> tuple[Vectors, Vectors]:
        before, since = np.split(super().encode(texts), 2, axis=1)
        return unit_length(before), unit_length(since)


class SentenceTransformerEncoder:
    """Any sentence-transformers model, by name or local path.

    Args:
        instruction: put before every query, as the model's card asks; empty for none.
        name: see ``Encoder.name``; the model's own by default.

    Raises:
        EncoderError: the model cannot be loaded.
    """

    def __init__(self, model: str, instruction: str = "", name: str = "") -> None:
        try:
            from sentence_transformers import SentenceTransformer

            self.model: Any = SentenceTransformer(model, device="cpu")
        except Exception as error:
            raise EncoderError(
                f"encoder {model!r} cannot be loaded ({_first_line(error)}). Download it on a "
                "machine with network (or through a mirror, HF_ENDPOINT), and give the path of the "
                "folder, or go back to the built-in encoder by leaving the setting empty"
            ) from error
        name = name or model
        self.name = f"{name}|{instruction}" if instruction else name
        self.source = model
        self.instruction = instruction

    @property
    def dimension(self) -> int:
        return int(self.model.get_embedding_dimension())

    def encode(self, texts: Sequence[str]) -> Vectors:
        return unit_length(
            self.model.encode(list(texts), show_progress_bar=False, convert_to_numpy=True)
        )

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        return self.encode([self.instruction + text for text in texts])


def load_encoder(model: str | Path, instruction: str = "") -> Encoder:
    """The encoder saved in a folder by Linli's training, or any sentence-transformers model.

    Raises:
        EncoderError: there is no such model, it is damaged, or it was trained on other word lists.
    """
    folder = Path(model)
    if not (folder / CARD).exists():
        return SentenceTransformerEncoder(str(model), instruction)
    mend = "Train it again with `linli knowledge publish`"
    try:
        card = json.loads((folder / CARD).read_text(encoding="utf-8"))
        if card.get("adapted"):
            return SentenceTransformerEncoder(str(folder), instruction, card["name"])
        rows = load_file(folder / "model.safetensors")["embedding.weight"]
        learnt = load_file(folder / LEARNT) if card.get("learnt") else None
    except (OSError, ValueError, KeyError, SafetensorError) as error:
        raise EncoderError(
            f"encoder in {folder} is damaged ({_first_line(error)}). {mend}"
        ) from error
    if card.get("analysis") != fingerprint():
        raise EncoderError(f"encoder in {folder} was trained on other word lists. {mend}")
    if learnt is not None:
        return AdaptedEncoder(
            rows, learnt["own"], float(learnt["least"][0]), card["name"], str(folder)
        )
    return StaticEncoder(rows, card["name"], str(folder))


def peculiarity(numbers: Sequence[int], own: Vectors) -> float:
    """Of a text's rows on average; 0 where it has none."""
    return float(own[numbers].mean()) if numbers else 0.0


def buckets(text: str, count: int = BUCKETS) -> list[int]:
    """The rows of a text's terms; the same on every machine."""
    return [zlib.crc32(term.encode()) % count for term in sense(text)]


def random_rows(seed: int = 0, count: int = BUCKETS, dimension: int = DIMENSION) -> Vectors:
    """Rows before training: nearly orthogonal, so shared terms already make texts alike."""
    rows = np.random.default_rng(seed).standard_normal((count, dimension), dtype=np.float32)
    return np.asarray(rows / np.sqrt(dimension), dtype=np.float32)


def unit_length(vectors: NDArray[np.float32]) -> Vectors:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-12), dtype=np.float32)


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
