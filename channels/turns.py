"""Whose turn it is: messages that wait until those before them in their conversation are answered.

What ends in this process is told at once; for what ends elsewhere, or is left by a process that
died, there is one look into the inbox for all that wait, however many.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Sequence

LOOKS_EVERY = 0.1
"""Seconds between looks, while anybody waits."""


class Turns:
    """Lets messages wait.

    Args:
        look: of these messages, those that need not wait any longer.
    """

    def __init__(self, look: Callable[[Sequence[int]], Awaitable[Collection[int]]]) -> None:
        self.look = look
        self.waiting: defaultdict[str, dict[int, asyncio.Event]] = defaultdict(dict)
        self.watch: asyncio.Task[None] | None = None

    async def wait(self, inbound: int, conversation: str) -> None:
        """Until the message's turn may have come."""
        told = self.waiting[conversation][inbound] = asyncio.Event()
        if self.watch is None:
            self.watch = asyncio.create_task(self.keep_looking())
        try:
            await told.wait()
        finally:
            del self.waiting[conversation][inbound]
            if not self.waiting[conversation]:
                del self.waiting[conversation]

    def end(self, conversation: str) -> None:
        """A message of the conversation has been answered here; the next one may go on."""
        waiting = self.waiting.get(conversation)
        if waiting:
            waiting[min(waiting)].set()

    async def keep_looking(self) -> None:
        try:
            while self.waiting:
                await asyncio.sleep(LOOKS_EVERY)
                asked = {
                    inbound: told for w in self.waiting.values() for inbound, told in w.items()
                }
                for inbound in await self.look(sorted(asked)):
                    asked[inbound].set()
        finally:
            self.watch = None
