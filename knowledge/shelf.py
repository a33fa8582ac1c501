"""The current snapshot as a running service holds it."""

import logging
import threading
from pathlib import Path

from knowledge.encoder import Encoder, EncoderError
from knowledge.manifest import SnapshotError, read_manifest
from knowledge.pointer import current_id
from knowledge.search import Searcher
from knowledge.snapshot import open_snapshot

log = logging.getLogger(__name__)


class Shelf:
    """Changes over to another snapshot when the pointer has moved, without a pause.

    Whoever comes first opens it; everybody else goes on in the one before until it is open. One
    that cannot be opened is left alone, and the one before answers on, unless the pointer has
    moved on meanwhile: then that one is opened. A search that has begun goes on in the snapshot
    it began in. The one before is kept for going back at once.

    Args:
        encoder: already loaded; used while it is the snapshots' own.
    """

    def __init__(self, home: Path, encoder: Encoder | None = None) -> None:
        self._home = home
        self._encoder = encoder
        self._opening = threading.Lock()
        self._opened: tuple[str, Searcher] | None = None
        self._before: tuple[str, Searcher] | None = None
        self._failed: str | None = None

    def searcher(self) -> Searcher:
        """Of the current snapshot.

        Raises:
            SnapshotError: nothing can be opened, and nothing was open before.
            EncoderError: likewise, for want of the encoder.
        """
        wanted, opened = current_id(self._home), self._opened
        if opened is not None:
            if wanted is None or wanted in (opened[0], self._failed):
                return opened[1]
            if not self._opening.acquire(blocking=False):
                return opened[1]
        else:
            self._opening.acquire()
        try:
            return self._change_over()
        finally:
            self._opening.release()

    def _change_over(self) -> Searcher:
        wanted, opened = current_id(self._home), self._opened
        while opened is None or wanted not in (None, opened[0]):
            try:
                found = self._open(wanted)
            except (SnapshotError, EncoderError, OSError) as error:
                tried, wanted = wanted, current_id(self._home)
                if wanted != tried:  # it may have been removed while it was being opened
                    continue
                if opened is None:
                    raise
                log.error("snapshot %s is not taken: %s", wanted, error)
                self._failed = wanted
                return opened[1]
            self._before, self._opened, self._failed = opened, found, None
            self._encoder = found[1].encoder
            return found[1]
        return opened[1]

    def _open(self, wanted: str | None) -> tuple[str, Searcher]:
        if wanted is None:
            raise SnapshotError(
                f"nothing is published in {self._home}; run `linli knowledge publish`"
            )
        if self._before is not None and self._before[0] == wanted:
            return self._before
        return wanted, open_snapshot(self._home, read_manifest(self._home, wanted), self._encoder)
