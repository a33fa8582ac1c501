"""Whose turn it is in a conversation, in Redis, where several Rasas answer for one service.

Rasa's own store in Redis holds the conversation's name, keeps a turn whose Rasa has died for a
minute, looks once a second, and fails every message while Redis is away.
"""

import hashlib
import json
import logging
import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any, TypeVar

import redis
from rasa.core.lock import TicketLock
from rasa.core.lock_store import InMemoryLockStore
from rasa.utils.endpoints import EndpointConfig

logger = logging.getLogger(__name__)

T = TypeVar("T")

LIFETIME = 3.0
"""Seconds a turn may take; the service has answered without Rasa by then."""

LOOKS_EVERY = 0.05
WITHIN = 0.3
"""Seconds for one call of Redis."""

AGAIN_AFTER = 10.0
"""Seconds before a Redis that did not answer is asked again; turns are kept here meanwhile."""


class SharedLockStore(InMemoryLockStore):
    """Args:
    endpoint_config: its ``url`` is Redis' address.
    """

    def __init__(self, endpoint_config: EndpointConfig) -> None:
        super().__init__()
        self.redis = redis.Redis.from_url(
            str(endpoint_config.url), socket_timeout=WITHIN, socket_connect_timeout=WITHIN
        )
        self.ask_at = 0.0
        self.answers = True

    def lock(
        self,
        conversation_id: str,
        lock_lifetime: float = LIFETIME,
        wait_time_in_seconds: float = LOOKS_EVERY,
    ) -> AbstractAsyncContextManager[TicketLock]:
        return super().lock(conversation_id, lock_lifetime, wait_time_in_seconds)

    def get_lock(self, conversation_id: str) -> TicketLock | None:
        def get() -> TicketLock | None:
            kept: Any = self.redis.get(key_of(conversation_id))
            if kept is None:
                return None
            lock = TicketLock.from_dict(json.loads(kept))
            lock.conversation_id = conversation_id
            return lock

        return self.shared(get, lambda: super(SharedLockStore, self).get_lock(conversation_id))

    def save_lock(self, lock: TicketLock) -> None:
        def save() -> None:
            nameless = TicketLock("", lock.tickets).dumps()
            self.redis.set(key_of(lock.conversation_id), nameless, px=int(LIFETIME * 2000))

        self.shared(save, lambda: super(SharedLockStore, self).save_lock(lock))

    def delete_lock(self, conversation_id: str) -> None:
        def delete() -> None:
            self.redis.delete(key_of(conversation_id))

        self.shared(delete, lambda: super(SharedLockStore, self).delete_lock(conversation_id))

    def shared(self, there: Callable[[], T], here: Callable[[], T]) -> T:
        """What Redis says; while it is away, what this process knows."""
        if time.monotonic() < self.ask_at:
            return here()
        try:
            found = there()
        except redis.RedisError as error:
            self.ask_at = time.monotonic() + AGAIN_AFTER
            self.note(False, f"does not answer ({type(error).__name__}): turns are kept here")
            return here()
        self.note(True, "answers again: turns are kept there")
        return found

    def note(self, answers: bool, meaning: str) -> None:
        if answers != self.answers:
            self.answers = answers
            logger.warning("redis %s", meaning)


def key_of(conversation: str) -> str:
    return f"linli:turns:{hashlib.sha256(conversation.encode()).hexdigest()}"
