"""When and where each of many entries stands, for choosing by day and place at once."""

from collections.abc import Collection, Iterable
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge.entry import Entry

FOR_EVER = date.max.toordinal()

Mask = NDArray[np.bool_]


class Scope:
    """Days and regions of entries, in their order.

    Args:
        effective: first days in force, as ordinals; shape (entries,), like the next two.
        expires: last days in force, ``FOR_EVER`` where there is none.
        regions: numbers of names.
        names: of regions.
    """

    def __init__(
        self,
        effective: NDArray[np.int32],
        expires: NDArray[np.int32],
        regions: NDArray[np.int32],
        names: NDArray[np.str_],
    ) -> None:
        self.effective, self.expires = effective, expires
        self.regions, self.names = regions, names

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> "Scope":
        numbers, rows = dict[str, int](), list[tuple[int, int, int]]()
        for entry in entries:
            last = entry.expires.toordinal() if entry.expires else FOR_EVER
            region = numbers.setdefault(entry.region, len(numbers))
            rows.append((entry.effective.toordinal(), last, region))
        columns = np.array(rows, dtype=np.int32).reshape(-1, 3).T
        return cls(columns[0], columns[1], columns[2], np.array(list(numbers), dtype=np.str_))

    def in_force(self, as_of: date, regions: Collection[str]) -> Mask:
        """As ``knowledge.entry.in_force`` says, for all at once."""
        day = as_of.toordinal()
        here = np.isin(self.names, list(regions))
        mask: Mask = (self.effective <= day) & (day <= self.expires)
        return mask & here[self.regions] if len(mask) else mask

    def save(self, path: Path) -> None:
        np.savez(
            path, effective=self.effective, expires=self.expires,
            regions=self.regions, names=self.names,
        )  # fmt: skip

    @classmethod
    def load(cls, path: Path) -> "Scope":
        with np.load(path, allow_pickle=False) as arrays:
            return cls(*(arrays[name] for name in ("effective", "expires", "regions", "names")))
