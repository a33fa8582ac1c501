"""When and where each of many entries stands, for choosing by day and place at once."""

from collections.abc import Collection, Iterable, Mapping
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
        rows = [
            (
                entry.effective.toordinal(),
                entry.expires.toordinal() if entry.expires else FOR_EVER,
                entry.region,
            )
            for entry in entries
        ]
        effective, expires = (np.array([row[n] for row in rows], dtype=np.int32) for n in (0, 1))
        names, regions = np.unique(np.array([row[2] for row in rows], np.str_), return_inverse=True)
        return cls(effective, expires, regions.astype(np.int32), names)

    def changed(self, places: NDArray[np.int64], fresh: Mapping[int, Entry]) -> "Scope":
        """That of other entries, of which some are the same.

        Args:
            places: where each stands here, -1 for those that do not.
            fresh: these, by number.
        """
        new, numbers, kept = Scope.of(fresh.values()), list(fresh), places >= 0
        effective, expires = np.zeros((2, len(places)), dtype=np.int32)
        effective[kept], effective[numbers] = self.effective[places[kept]], new.effective
        expires[kept], expires[numbers] = self.expires[places[kept]], new.expires
        every = np.concatenate([self.names, new.names])
        regions = np.zeros(len(places), dtype=np.int64)
        regions[kept] = self.regions[places[kept]]
        regions[numbers] = new.regions + len(self.names)
        used, regions = np.unique(regions, return_inverse=True)
        names, same = np.unique(every[used], return_inverse=True)
        return Scope(effective, expires, same[regions].astype(np.int32), names)

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
