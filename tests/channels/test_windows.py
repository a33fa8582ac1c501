import logging
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from limits import parse
from limits.errors import StorageError
from prometheus_client import REGISTRY

from bot.engine import free_port
from channels import windows as windows_module
from channels.windows import (
    REDIS_AGAIN_AFTER,
    Counts,
    OwnWindows,
    RedisWindows,
    SharedWindows,
    seconds_to_wait,
)
from tests.channels.redis_server import running_redis

pytestmark = pytest.mark.anyio

THREE = parse("3/minute")


class Watch:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 2, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine must not make a Redis that is there one that is away."""
    monkeypatch.setattr(windows_module, "REDIS_WITHIN", 60)


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def own(watch: Watch) -> OwnWindows:
    return OwnWindows(watch)


async def test_as_many_as_the_limit_allows_pass_and_no_more(own: OwnWindows) -> None:
    assert [await own.take(THREE, "a") for _ in range(4)] == [0, 0, 0, 60]
    assert await own.take(THREE, "b") == 0


async def test_who_waits_as_long_as_told_passes(own: OwnWindows, watch: Watch) -> None:
    watch.pass_by(50)
    for _ in range(3):
        assert await own.take(THREE, "a") == 0
    wait = await own.take(THREE, "a")
    watch.pass_by(wait)
    again = await own.take(THREE, "a")
    watch.pass_by(again + 0.001)
    assert await own.take(THREE, "a") == 0


@given(st.integers(1, 50), st.integers(0, 60), st.integers(0, 60), st.floats(0.01, 60))
def test_after_the_wait_one_more_is_allowed(
    amount: int, previous: int, current: int, left: float
) -> None:
    limit = parse(f"{amount}/minute")
    counts = Counts(min(previous, amount), min(current, amount), left)
    wait = seconds_to_wait(limit, counts)
    assert 0 <= wait <= left or wait == 0.001
    if 0 < wait < left:
        later = counts._replace(left=left - wait - 1e-6)
        assert seconds_to_wait(limit, later) == 0


@given(st.lists(st.floats(0, 90), min_size=1, max_size=40))
async def test_no_minute_lets_more_than_twice_the_limit_pass(
    pauses: list[float],
) -> None:
    watch = Watch()
    own = OwnWindows(watch)
    passed = []
    for pause in pauses:
        watch.pass_by(pause)
        if not await own.take(THREE, "a"):
            passed.append(watch.now)
    for moment in passed:
        within = [m for m in passed if timedelta() <= m - moment < timedelta(seconds=60)]
        assert len(within) <= 2 * THREE.amount


async def test_what_was_refused_does_not_count(own: OwnWindows, watch: Watch) -> None:
    for _ in range(50):
        await own.take(THREE, "a")
    watch.pass_by(120)
    assert await own.take(THREE, "a") == 0


async def test_windows_are_bounded_and_the_longest_silent_is_forgotten(watch: Watch) -> None:
    own = OwnWindows(watch, at_most=2)
    for _ in range(3):
        await own.take(THREE, "a")
    await own.take(THREE, "b")
    assert await own.take(THREE, "a") > 0
    await own.take(THREE, "c")
    assert len(own.windows) == 2
    assert await own.take(THREE, "a") > 0


@pytest.fixture
async def redis(tmp_path: Path) -> AsyncIterator[RedisWindows]:
    with running_redis(tmp_path) as url:
        windows = RedisWindows(url)
        yield windows
        await windows.close()


async def test_two_processes_count_together_in_redis(tmp_path: Path) -> None:
    with running_redis(tmp_path) as url:
        one, other = RedisWindows(url), RedisWindows(url)
        assert await one.take(THREE, "a") == 0
        assert await other.take(THREE, "a") == 0
        assert await one.take(THREE, "a") == 0
        assert 0 < await other.take(THREE, "a") <= 60
        assert await other.take(THREE, "b") == 0
        await one.close()
        await other.close()


async def test_keys_in_redis_are_under_our_name_and_expire(redis: RedisWindows) -> None:
    await redis.take(THREE, "a")
    client = redis.storage.bridge.get_connection()  # type: ignore[attr-defined]
    [key] = await client.keys("*")
    assert key.startswith(b"linli:rates")
    assert 0 < await client.ttl(key) <= 120


async def test_a_redis_that_is_not_there_is_an_error_of_its_own() -> None:
    windows = RedisWindows(f"redis://127.0.0.1:{free_port()}/0")
    with pytest.raises((StorageError, TimeoutError, OSError)):
        await windows.take(THREE, "a")
    await windows.close()


async def test_without_redis_it_is_counted_here_and_said_once(
    own: OwnWindows, watch: Watch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    windows = SharedWindows(RedisWindows(f"redis://x:geheim@127.0.0.1:{free_port()}"), own, watch)
    waits = []
    for _ in range(4):
        waits.append(await windows.take(THREE, "a"))
        watch.pass_by(REDIS_AGAIN_AFTER.total_seconds() / 3)
    assert waits[:3] == [0, 0, 0]
    assert waits[3] > 0
    assert REGISTRY.get_sample_value("linli_redis_answers") == 0
    [record] = caplog.records
    assert "redis does not answer" in record.getMessage()
    assert "geheim" not in caplog.text
    await windows.close()


async def test_a_redis_that_comes_back_counts_again(
    own: OwnWindows, watch: Watch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    port = free_port()
    windows = SharedWindows(RedisWindows(f"redis://127.0.0.1:{port}"), own, watch)
    assert await windows.take(THREE, "a") == 0
    with running_redis(tmp_path, port):
        assert await windows.take(THREE, "a") == 0
        assert REGISTRY.get_sample_value("linli_redis_answers") == 0
        watch.pass_by(REDIS_AGAIN_AFTER.total_seconds())
        assert await windows.take(THREE, "a") == 0
        assert REGISTRY.get_sample_value("linli_redis_answers") == 1
        await windows.close()
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]
