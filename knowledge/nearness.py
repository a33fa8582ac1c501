"""A FAISS index over vectors: every one is compared, or, beyond ``EXACT``, those in near lists.

The lists lie around centroids that were learnt once for an encoder and a size of pool; a text's
list is kept by its content like its vector, so that a change of one text sorts one text.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from knowledge.encoder import Vectors
from knowledge.kept import CHUNK, Kept, Keys, Numbers, Segment

EXACT = 120_000
"""So many vectors are compared one by one, in some 4 ms; of more, as many at the least."""

LOOKED_INTO = 0.2
"""The least share of the lists that is looked into where every text may be shown; of texts of
which only some may, so much more that as many are compared."""

LEARNT_FROM = 40
"""Vectors a list, from which the centroids are learnt."""

ROUNDS = 8

Progress = Callable[[str], None]
Mask = NDArray[np.bool_]


class Rows:
    """Vectors kept by content, as many as there are positions, float32 when read."""

    def __init__(self, kept: Kept, positions: Numbers, keys: Keys) -> None:
        self.kept, self.positions, self.keys = kept, positions, keys

    def __len__(self) -> int:
        return len(self.positions)

    def at(self, places: slice) -> Vectors:
        rows = self.kept.rows(self.positions[places], "vector")
        return np.ascontiguousarray(rows, dtype=np.float32)

    def chunks(self) -> Iterator[tuple[slice, Vectors]]:
        for start in range(0, len(self), CHUNK):
            places = slice(start, start + CHUNK)
            yield places, self.at(places)


def build(
    rows: Rows,
    dimension: int,
    folder: Path | None = None,
    progress: Progress = lambda line: None,
) -> Any:
    """An index over the rows, by their numbers.

    Args:
        folder: where centroids and lists are kept; nowhere by default.
    """
    if len(rows) <= EXACT:
        flat = faiss.IndexScalarQuantizer(
            dimension, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT
        )
        for _, vectors in rows.chunks():
            flat.add(vectors)
        return flat
    faiss.omp_set_num_threads(os.cpu_count() or 1)
    count = lists_for(len(rows))
    if folder is not None:
        folder = folder / f"lists-{count}"
        folder.mkdir(parents=True, exist_ok=True)
    centroids = _centroids(rows, count, dimension, folder, progress)
    assigned = _assigned(rows, centroids, Kept(folder), progress)
    index: Any = faiss.IndexIVFScalarQuantizer(
        centroids, dimension, count, faiss.ScalarQuantizer.QT_fp16,
        faiss.METRIC_INNER_PRODUCT, False,
    )  # fmt: skip
    index.is_trained = True
    _fill(index, rows, assigned)
    index.make_direct_map()
    return index


def _fill(index: Any, rows: Rows, assigned: Numbers) -> None:
    """Puts the rows into their lists; they are kept just as the index has them, 16 bits each."""
    order = np.argsort(assigned, kind="stable")
    for start in range(0, len(order), CHUNK):
        ids = order[start : start + CHUNK]
        codes = rows.kept.rows(rows.positions[ids], "vector").view(np.uint8)
        lists, begins = np.unique(assigned[ids], return_index=True)
        ends = np.append(begins[1:], len(ids)).tolist()
        for number, begin, end in zip(lists.tolist(), begins.tolist(), ends, strict=True):
            some = (faiss.swig_ptr(ids[begin:end]), faiss.swig_ptr(codes[begin:end]))
            index.invlists.add_entries(number, end - begin, *some)
    index.ntotal = len(order)


def load(path: Path) -> Any:
    """Lists stay on disk until they are looked into.

    Raises:
        OSError: it is missing or no index.
    """
    try:
        index: Any = faiss.read_index(str(path), faiss.IO_FLAG_MMAP)
    except RuntimeError as error:
        raise OSError(f"{path.name}: {error}") from error
    if hasattr(index, "nlist"):
        index.make_direct_map()
        # By default 32 threads read ahead for every search: as long as the search itself.
        lists: Any = faiss.downcast_InvertedLists(index.invlists)
        lists.prefetch_nthread = 0
    return index


def near(index: Any, vector: Vectors, wanted: int, shown: "Shown | None" = None) -> Numbers:
    """Numbers of the vectors nearest to one of shape (1, dimension), at most so many."""
    sorted_into = getattr(index, "nlist", 0)
    share = 1.0 if shown is None else shown.share
    parameters: Any = faiss.SearchParametersIVF() if sorted_into else faiss.SearchParameters()
    if sorted_into:
        least = max(LOOKED_INTO, EXACT / index.ntotal)
        parameters.nprobe = int(np.ceil(sorted_into * min(least / max(share, 1e-9), 1)))
    if share < 1 and shown is not None:
        parameters.sel = shown.selector
    faiss.omp_set_num_threads(1)  # threads of its own would wait for each other on a busy machine
    found: Numbers = index.search(vector, wanted, params=parameters)[1][0]
    return found[found >= 0]


class Shown:
    """Which vectors take part in a search.

    Args:
        mask: shape (vectors,).
    """

    def __init__(self, mask: Mask) -> None:
        self.mask = mask
        self.share = float(mask.mean()) if len(mask) else 0.0
        self._bits = np.packbits(mask, bitorder="little")
        self.selector: Any = faiss.IDSelectorBitmap(self._bits)  # type: ignore[call-arg, arg-type]


def lists_for(size: int) -> int:
    """A power of two around six times the root, so that it seldom changes as a pool grows."""
    return int(2 ** round(np.log2(8 * np.sqrt(size)) - 0.5))


def _centroids(
    rows: Rows, count: int, dimension: int, folder: Path | None, progress: Progress
) -> Any:
    """A FAISS index over the centroids, learnt where they are not kept yet."""
    index = faiss.IndexFlatIP(dimension)
    path = folder and folder / "centroids.npy"
    if path is not None and path.exists():
        index.add(np.load(path))
        return index
    progress(f"sorting {len(rows)} texts into {count} lists")
    step = max(1, len(rows) // (LEARNT_FROM * count))
    means: Any = faiss.Kmeans(
        dimension, count, niter=ROUNDS, spherical=True, seed=7,
        min_points_per_centroid=1, max_points_per_centroid=2 * LEARNT_FROM,
    )  # fmt: skip
    sample = Rows(rows.kept, rows.positions[::step], rows.keys[::step])
    means.train(sample.at(slice(None)))
    if path is not None:
        fresh = path.with_name(f".centroids.{os.getpid()}.npy")
        np.save(fresh, means.centroids)
        os.replace(fresh, path)
    index.add(means.centroids)
    return index


def _assigned(rows: Rows, centroids: Any, kept: Kept, progress: Progress) -> Numbers:
    """The list of every row."""
    new = kept.missing(rows.keys)
    for start in range(0, len(new), CHUNK):
        some = new[start : start + CHUNK]
        vectors = Rows(rows.kept, rows.positions[some], rows.keys[some]).at(slice(None))
        lists = centroids.search(vectors, 1)[1][:, 0].astype(np.int32)
        kept.add(Segment(rows.keys[some], {"list": lists}))
        progress(f"sorted {min(start + CHUNK, len(new))} of {len(new)} new texts")
    positions = kept.find(rows.keys)
    found: Numbers = kept.rows(positions, "list").astype(np.int64)
    kept.tidy(positions)
    return found
