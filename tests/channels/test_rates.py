from collections.abc import Sequence
from dataclasses import replace

import pytest
from cryptography.fernet import Fernet
from limits import RateLimitItem

from actions.vault import Vault
from actions.wording import Wording, load_wording
from channels.rates import Rates, household_of, networks_of, rates_of
from channels.windows import OwnWindows
from tests.channels.house import FACTS, arrival
from tests.channels.test_windows import Watch

pytestmark = pytest.mark.anyio

WORDING: Wording = load_wording(FACTS)
PROXIES = networks_of(["127.0.0.1", "10.0.0.0/8"])


def rates(watch: Watch, **limits: str) -> Rates:
    given = {by: rates_of(text) for by, text in limits.items()}
    vault = Vault(Fernet.generate_key())
    return Rates(OwnWindows(watch), vault, WORDING, proxies=PROXIES, **given)


async def test_a_resident_who_taps_twice_notices_nothing() -> None:
    limit = rates(Watch(), person="60/minute;600/hour", address="600/minute")
    taps = [arrival("路灯坏了", str(n)) for n in range(30)]
    assert [await limit(tap) for tap in taps] == [None] * 30


async def test_beyond_the_limit_it_says_how_long_to_wait() -> None:
    watch = Watch()
    limit = rates(watch, person="1/minute")
    assert await limit(arrival()) is None
    watch.pass_by(20)
    assert await limit(arrival()) == WORDING.say("limited_seconds", seconds=40)
    assert await limit(arrival(conversation="web:b")) is None


async def test_a_long_wait_is_told_in_minutes() -> None:
    limit = rates(Watch(), person="1/hour")
    await limit(arrival())
    assert await limit(arrival()) == WORDING.say("limited_minutes", minutes=60)


async def test_the_shortest_of_several_limits_is_asked_first() -> None:
    watch = Watch()
    limit = rates(watch, person="3/hour;1/minute")
    said = []
    for _ in range(6):
        said.append(await limit(arrival()))
        watch.pass_by(61)
    assert said[0] is said[1] is None
    assert said[-1] is not None
    assert "分钟" in said[-1].text


async def test_a_new_conversation_from_the_same_address_is_no_way_out() -> None:
    limit = rates(Watch(), person="100/minute", address="2/minute")
    said = [
        await limit(replace(arrival(conversation=f"web:{n}"), origin="203.0.113.9"))
        for n in range(3)
    ]
    assert said[:2] == [None, None]
    assert said[2] is not None
    assert await limit(replace(arrival(), origin="203.0.113.10")) is None


async def test_everybody_together_is_told_that_it_is_busy() -> None:
    limit = rates(Watch(), overall="2/minute")
    said = [await limit(arrival(conversation=f"web:{n}")) for n in range(3)]
    assert said == [None, None, WORDING.say("busy")]


async def test_who_is_beyond_their_own_limit_takes_nothing_from_the_others() -> None:
    limit = rates(Watch(), person="1/minute", overall="2/minute")
    for _ in range(5):
        await limit(arrival())
    assert await limit(arrival(conversation="web:b")) is None


async def test_nothing_counted_names_a_conversation_or_an_address() -> None:
    kept: list[str] = []

    class Noting(OwnWindows):
        async def take(self, limit: RateLimitItem, key: str) -> float:
            kept.append(key)
            return await super().take(limit, key)

    vault = Vault(Fernet.generate_key())
    one = rates_of("1/minute")
    limit = Rates(Noting(Watch()), vault, WORDING, person=one, address=one, overall=one)
    await limit(replace(arrival(conversation="web:secret"), origin="203.0.113.9"))
    assert len(kept) == 3
    assert not any("secret" in key or "203" in key for key in kept)


@pytest.mark.parametrize(
    ("origin", "household"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("127.0.0.1", ""),
        ("10.1.2.3", ""),
        ("::ffff:10.1.2.3", ""),
        ("", ""),
        ("testclient", ""),
    ],
)
def test_a_connection_is_an_address_or_the_first_half_of_one(origin: str, household: str) -> None:
    assert household_of(origin, PROXIES) == household


@pytest.mark.parametrize(
    "text", ["", "x", "0/minute", "60", "60/", "60/minutes;", "-1/hour", "6/eon"]
)
def test_what_is_no_rate_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="must"):
        rates_of(text)


@pytest.mark.parametrize(
    ("text", "amounts"), [("off", []), ("5/second", [5]), ("9/hour; 2/minute", [2, 9])]
)
def test_rates_are_read_the_shortest_first(text: str, amounts: Sequence[int]) -> None:
    assert [limit.amount for limit in rates_of(text)] == list(amounts)
