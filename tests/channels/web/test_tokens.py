from datetime import UTC, datetime, timedelta

import pytest
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st

from actions.vault import Vault
from channels.web.chat import Message
from channels.web.tokens import Held, Tokens, is_ours, name_of
from nlu.clock import Clock
from tests.channels.house import House

KEY = Fernet.generate_key()
LASTS = timedelta(days=30)


@pytest.fixture
def tokens(house: House) -> Tokens:
    return Tokens(Vault(KEY), house.clock, LASTS)


def test_a_token_opens_its_conversation(tokens: Tokens) -> None:
    token = tokens.new()
    assert tokens.held(token) == Held(name_of(token))
    assert is_ours(token)
    assert is_ours(name_of(token))


def test_no_two_conversations_have_one_name(tokens: Tokens) -> None:
    assert len({name_of(tokens.new()) for _ in range(1000)}) == 1000


def test_a_token_is_an_id_that_the_interface_takes(tokens: Tokens) -> None:
    assert Message.model_validate({"conversation_id": tokens.new()}).conversation_id


@pytest.mark.parametrize("day", [0, 29])
def test_it_holds_as_long_as_the_setting_says(tokens: Tokens, house: House, day: int) -> None:
    token = tokens.new()
    house.now += timedelta(days=day)
    held = tokens.held(token)
    assert held is not None
    assert timedelta(days=day) <= held.age < timedelta(days=day + 1)


def test_it_does_not_hold_for_ever(tokens: Tokens, house: House) -> None:
    token = tokens.new()
    house.now += LASTS + timedelta(days=1)
    assert tokens.held(token) is None


def test_a_day_cannot_be_written_anew_without_the_key(tokens: Tokens, house: House) -> None:
    version, random, day, signature = tokens.new().split(".")
    house.now += LASTS + timedelta(days=1)
    assert tokens.held(f"{version}.{random}.{int(day) + 31}.{signature}") is None


def test_the_name_alone_opens_nothing(tokens: Tokens) -> None:
    assert tokens.held(name_of(tokens.new())) is None


def test_another_vault_signs_nothing_that_opens_here(tokens: Tokens, house: House) -> None:
    stranger = Tokens(Vault(Fernet.generate_key()), house.clock, LASTS)
    assert tokens.held(stranger.token(name_of(tokens.new()))) is None


def test_after_a_rotation_of_the_key_who_came_before_is_still_known(
    tokens: Tokens, house: House
) -> None:
    token = tokens.new()
    rotated = Tokens(Vault(Fernet.generate_key(), KEY), house.clock, LASTS)
    assert rotated.held(token) == Held(name_of(token))
    assert tokens.held(rotated.new()) is None


@given(st.data())
def test_a_token_that_was_changed_anywhere_opens_nothing(data: st.DataObject) -> None:
    tokens = Tokens(Vault(KEY), fixed_clock(), LASTS)
    token = tokens.new()
    place = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.characters(codec="utf-8").filter(lambda c: c != token[place]))
    changed = token[:place] + other + token[place + 1 :]
    assert tokens.held(changed) is None


@given(st.text())
def test_whatever_is_shown_it_is_a_token_or_it_is_not(shown: str) -> None:
    assert Tokens(Vault(KEY), fixed_clock(), LASTS).held(shown) is None


def fixed_clock() -> Clock:
    return lambda: datetime(2026, 3, 2, tzinfo=UTC)
