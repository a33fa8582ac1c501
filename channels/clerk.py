"""Writes into the inbox what several messages need, in one transaction where that is cheaper.

SQLite lets one writer in at a time, and processes that wait for it sleep: under a storm the way to
the database is longer than the writing. So whatever waits is written at once, each change in a
savepoint of its own. PostgreSQL lets writers in side by side; there each has its own transaction.
"""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

from sqlalchemy.orm import Session, sessionmaker

T = TypeVar("T")

TOGETHER = 32
"""Changes in one transaction at most, so that nobody waits long for the others."""

STILL_SO = 0.9
"""How much of the delay of one change is expected of the next, however quick that one was."""

WRITERS = 4
READERS = 4


@dataclass(frozen=True, slots=True)
class Job:
    change: Callable[[Session], Any]
    done: "Future[Any]"


class Clerk:
    """Runs changes and looks in threads of its own, so that they never wait for an answer.

    ``delay``: seconds that a change takes at present, from the wish to the commit.

    Args:
        reading: sessions that write nothing.
    """

    def __init__(self, sessions: sessionmaker[Session], reading: sessionmaker[Session]) -> None:
        self.sessions = sessions
        self.reading = reading
        bind = sessions.kw["bind"]
        alone = bind.dialect.name == "sqlite"
        self.together = TOGETHER if alone else 1
        self.writers = ThreadPoolExecutor(1 if alone else WRITERS, "inbox-writer")
        self.readers = ThreadPoolExecutor(READERS, "inbox-reader")
        self.jobs: SimpleQueue[Job] = SimpleQueue()
        self.delay = 0.0
        self.wished: dict[Future[Any], float] = {}

    async def change(self, change: Callable[..., T], *arguments: object) -> T:
        """What ``change(session, *arguments)`` gives, once it is written for good.

        Raises:
            Whatever the change raises; what it had written is undone.
        """
        wished = time.perf_counter()
        job = Job(partial(with_session, change, arguments), Future())
        self.wished[job.done] = wished
        job.done.add_done_callback(lambda done: self.wished.pop(done, None))
        self.jobs.put(job)
        self.writers.submit(self.work)
        changed: T = await asyncio.wrap_future(job.done)
        self.delay = max(time.perf_counter() - wished, self.delay * STILL_SO)
        return changed

    @property
    def behind(self) -> float:
        """Seconds that the oldest change has been waiting; 0 where nothing is to be written."""
        oldest = min(self.wished.copy().values(), default=None)
        return 0.0 if oldest is None else time.perf_counter() - oldest

    async def read(self, look: Callable[..., T], *arguments: object) -> T:
        """What ``look(session, *arguments)`` gives, without keeping anybody from writing."""

        def run() -> T:
            with self.reading() as session:
                return look(session, *arguments)

        return await asyncio.get_running_loop().run_in_executor(self.readers, run)

    def work(self) -> None:
        """Write what waits; nothing may be left, since every job asks for this once."""
        jobs = [job for job in self.take() if job.done.set_running_or_notify_cancel()]
        if not jobs:
            return
        try:
            with self.sessions.begin() as session:
                ended = [write(job, session, alone=len(jobs) == 1) for job in jobs]
        except BaseException as broken:
            for job in jobs:
                job.done.set_exception(broken)
            return
        for job, (result, fault) in zip(jobs, ended, strict=True):
            if fault is None:
                job.done.set_result(result)
            else:
                job.done.set_exception(fault)

    def take(self) -> list[Job]:
        jobs: list[Job] = []
        while len(jobs) < self.together:
            try:
                jobs.append(self.jobs.get_nowait())
            except Empty:
                break
        return jobs


def write(job: Job, session: Session, *, alone: bool) -> tuple[Any, Exception | None]:
    """What comes of a change, or what it broke on; alone it may break the transaction."""
    if alone:
        return job.change(session), None
    try:
        with session.begin_nested():
            result = job.change(session)
    except Exception as fault:
        return None, fault
    finally:
        session.expunge_all()
    return result, None


def with_session(change: Callable[..., T], arguments: tuple[object, ...], session: Session) -> T:
    return change(session, *arguments)
