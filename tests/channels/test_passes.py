import asyncio
from datetime import timedelta

import pytest

from channels.passes import EARLY, RENEWING, Fresh, Passes
from tests.channels.house import House, until

pytestmark = pytest.mark.anyio


class Platform:
    """Gives out tokens that hold for two hours, and counts them."""

    def __init__(self) -> None:
        self.given = 0
        self.go = asyncio.Event()
        self.go.set()
        self.broken = False

    async def renew(self, another: bool) -> Fresh:
        self.given += 1
        number = self.given
        await self.go.wait()
        if self.broken:
            raise ConnectionError
        return Fresh(f"token-{number}", timedelta(hours=2))


def passes(house: House, platform: Platform, owner: str = "p1") -> Passes:
    house.stop_time()
    return Passes(
        "wechat:a",
        platform.renew,
        house.sessions,
        vault=house.vault,
        clock=house.clock,
        owner=owner,
    )


async def test_many_processes_that_want_one_at_once_fetch_one(house: House) -> None:
    platform = Platform()
    platform.go.clear()
    several = [passes(house, platform, f"p{n}") for n in range(6)]
    asking = [asyncio.create_task(one.token()) for one in several]
    await asyncio.sleep(0.1)  # for the others to ask too
    platform.go.set()
    tokens = await asyncio.gather(*asking)
    assert set(tokens) == {"token-1"}
    assert platform.given == 1


async def test_a_token_is_renewed_before_it_expires_and_serves_meanwhile(house: House) -> None:
    platform = Platform()
    one, other = passes(house, platform, "p1"), passes(house, platform, "p2")
    assert await one.token() == "token-1"
    house.now += timedelta(hours=2) - EARLY + timedelta(seconds=1)
    platform.go.clear()
    renewing = asyncio.create_task(one.token())
    await until(lambda: platform.given == 2)
    assert await other.token() == "token-1"
    platform.go.set()
    assert await renewing == "token-2"
    assert await other.token() == "token-2"


async def test_a_refused_token_is_given_out_no_more(house: House) -> None:
    platform = Platform()
    one = passes(house, platform)
    assert await one.token(refused=await one.token()) == "token-2"
    assert await one.token() == "token-2"


async def test_two_that_were_refused_the_same_token_fetch_one_new_one(house: House) -> None:
    platform = Platform()
    both = [passes(house, platform, owner) for owner in ("p1", "p2")]
    old = await both[0].token()
    tokens = await asyncio.gather(*(one.token(refused=old) for one in both))
    assert tokens == ["token-2", "token-2"]


async def test_a_platform_that_gives_out_a_refused_token_is_asked_for_another(
    house: House,
) -> None:
    asked: list[bool] = []

    async def renew(another: bool) -> Fresh:
        asked.append(another)
        return Fresh("second" if another else "first", timedelta(hours=2))

    one = passes(house, Platform())
    one.renew = renew
    assert await one.token() == "first"
    assert await one.token(refused="first") == "second"
    assert asked == [False, False, True]


async def test_a_failed_renewal_leaves_the_way_free(house: House) -> None:
    platform = Platform()
    platform.broken = True
    one = passes(house, platform)
    with pytest.raises(ConnectionError):
        await one.token()
    assert house.rows("passes", "account")[0]["renewed"] is None
    platform.broken = False
    assert await one.token() == "token-2"
    assert house.rows("passes", "account")[0]["renewed"] is not None


async def test_a_renewal_of_a_process_that_died_is_taken_over(house: House) -> None:
    platform = Platform()
    dead, living = passes(house, platform, "dead"), passes(house, platform, "p2")
    assert dead.begin_renewal()
    assert not living.begin_renewal()
    house.now += RENEWING
    assert await living.token() == "token-1"


async def test_a_token_is_not_in_plain_text_on_the_disk(house: House) -> None:
    await passes(house, Platform()).token()
    assert "token-1" not in repr(house.rows("passes", "account"))
