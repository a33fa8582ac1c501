"""Whose turn it is to write into an SQLite database, among threads and among processes."""

import fcntl
import os
import threading
import weakref
from collections import deque
from pathlib import Path


class Turn:
    """One writer at a time, in the order in which they came.

    SQLite's own waiting is sleeping, longer each time, up to 100 ms: eight residents at once then
    spend more time asleep than at work, and one of two busy processes hardly gets a turn (2.9 s
    were seen). Here threads hand the turn on to one another, and processes wait at two files
    beside the database: who waits at the first is next, so that a busy process cannot take turn
    after turn before another. The locks of a killed process fall open.

    Args:
        database: path of the database; None where it lies in memory.
        wait: seconds that a thread waits for those of its own process.
    """

    def __init__(self, database: Path | None, wait: float) -> None:
        self.paths = (
            tuple(database.with_name(f"{database.name}-{name}") for name in ("next", "turn"))
            if database
            else ()
        )
        self.wait = wait
        self.guard = threading.Lock()
        self.taken = False
        self.queue: deque[threading.Lock] = deque()
        self.files: tuple[int, ...] = ()

    def take(self) -> bool:
        """Whether it was to be had; SQLite's own waiting has the last word anyway."""
        if not self.line_up():
            return False
        try:
            for waits, ahead in self.gates():
                fcntl.flock(waits, fcntl.LOCK_EX)
                if ahead is not None:
                    fcntl.flock(ahead, fcntl.LOCK_UN)
        except BaseException:
            self.give_back()
            raise
        return True

    def line_up(self) -> bool:
        """Wait behind the threads that came before."""
        with self.guard:
            if not self.taken:
                self.taken = True
                return True
            baton = threading.Lock()
            baton.acquire()
            self.queue.append(baton)
        if baton.acquire(timeout=self.wait):
            return True
        with self.guard:
            if baton in self.queue:
                self.queue.remove(baton)
                return False
        return True  # it was handed over at this very moment

    def give_back(self) -> None:
        for file in self.files:
            fcntl.flock(file, fcntl.LOCK_UN)
        with self.guard:
            if self.queue:
                self.queue.popleft().release()
            else:
                self.taken = False

    def gates(self) -> tuple[tuple[int, int | None], ...]:
        """The files to be locked in order, each with the one that is let go once it is."""
        if self.paths and not self.files:
            self.files = tuple(
                os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600) for path in self.paths
            )
            for file in self.files:
                weakref.finalize(self, os.close, file)
        return tuple(zip(self.files, (None, *self.files), strict=False))
