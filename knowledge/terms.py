"""Terms by 64 bits of a hash, so that no vocabulary of strings has to be held."""

from collections.abc import Iterable
from functools import lru_cache
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

Hashes = NDArray[np.uint64]


@lru_cache(maxsize=1 << 18)
def hashed(term: str) -> int:
    """The same for the same term, on every machine."""
    digest = blake2b(term.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little")


def hashes(terms: Iterable[str]) -> Hashes:
    return np.array([hashed(term) for term in terms], dtype=np.uint64)
