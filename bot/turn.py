"""Whose turn it is to write into an SQLite database, among threads and among processes."""

import fcntl
import os
import threading
import weakref
from pathlib import Path


class Turn:
    """One writer at a time.

    SQLite's own waiting is sleeping, longer each time, up to 100 ms: eight residents at once then
    spend more time asleep than at work, and one of two busy processes hardly gets a turn (2.9 s
    were seen). Here threads wait at a lock and processes at one on a file beside the database,
    where the system wakes them; the lock of a killed process falls open.

    Args:
        database: path of the database; None where it lies in memory.
        wait: seconds that a thread waits for those of its own process.
    """

    def __init__(self, database: Path | None, wait: float) -> None:
        self.path = database.with_name(f"{database.name}-turn") if database else None
        self.wait = wait
        self.lock = threading.Lock()
        self.file: int | None = None

    def take(self) -> bool:
        """Whether it was to be had; SQLite's own waiting has the last word anyway."""
        if not self.lock.acquire(timeout=self.wait):
            return False
        try:
            if self.path is not None:
                fcntl.flock(self.opened(self.path), fcntl.LOCK_EX)
        except BaseException:
            self.lock.release()
            raise
        return True

    def give_back(self) -> None:
        if self.file is not None:
            fcntl.flock(self.file, fcntl.LOCK_UN)
        self.lock.release()

    def opened(self, path: Path) -> int:
        if self.file is None:
            self.file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            weakref.finalize(self, os.close, self.file)
        return self.file
