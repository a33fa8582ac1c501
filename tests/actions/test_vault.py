import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st

from actions.vault import Unreadable, Vault, load_or_create, rotate

OLD, NEW = Fernet.generate_key(), Fernet.generate_key()


@given(text=st.text())
def test_what_is_sealed_opens_and_shows_nothing(text: str) -> None:
    vault = Vault(OLD)
    token = vault.seal(text)
    assert vault.open(token) == text
    assert token != vault.seal(text)


def test_a_token_shows_no_digit_run_of_the_phone() -> None:
    assert "13800000000" not in Vault(OLD).seal("13800000000")


def test_another_key_opens_nothing() -> None:
    with pytest.raises(Unreadable):
        Vault(NEW).open(Vault(OLD).seal("13800000000"))


def test_a_token_tampered_with_does_not_open() -> None:
    token = Vault(OLD).seal("13800000000")
    other = "A" if token[20] != "A" else "B"
    with pytest.raises(Unreadable):
        Vault(OLD).open(token[:20] + other + token[21:])


def test_after_a_rotation_old_tokens_open_and_resealed_ones_need_the_new_key_only() -> None:
    token = Vault(OLD).seal("13800000000")
    both = Vault(NEW, OLD)
    assert both.open(token) == "13800000000"
    assert Vault(NEW).open(both.reseal(token)) == "13800000000"
    assert Vault(OLD).fingerprint("13800000000") in both.fingerprints("13800000000")
    assert both.fingerprint("13800000000") == Vault(NEW).fingerprint("13800000000")


@pytest.mark.parametrize(
    "said",
    [
        "138 0000 0000",
        "138-0000-0000",
        "+86 13800000000",
        "008613800000000",
        "１３８００００００００",
    ],
)
def test_one_phone_has_one_fingerprint_however_written(said: str) -> None:
    vault = Vault(OLD)
    assert vault.fingerprint(said) == vault.fingerprint("13800000000")
    assert vault.fingerprint(said) != vault.fingerprint("13800000001")


def test_a_fingerprint_depends_on_the_key() -> None:
    assert Vault(OLD).fingerprint("13800000000") != Vault(NEW).fingerprint("13800000000")


def test_a_bad_key_is_refused() -> None:
    with pytest.raises(Unreadable):
        Vault(b"secret")


def test_a_key_file_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "vault.key"
    token = load_or_create(path).seal("13800000000")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert load_or_create(path).open(token) == "13800000000"
    assert [p.name for p in path.parent.iterdir()] == ["vault.key"]


def test_all_who_create_at_once_get_the_same_key(tmp_path: Path) -> None:
    path = tmp_path / "vault.key"
    with ThreadPoolExecutor(8) as pool:
        vaults = list(pool.map(lambda _: load_or_create(path), range(16)))
    assert len({vault.fingerprint("13800000000") for vault in vaults}) == 1


def test_a_rotated_file_seals_anew_and_opens_the_old(tmp_path: Path) -> None:
    path = tmp_path / "vault.key"
    before = load_or_create(path)
    after = rotate(path)
    assert after.open(before.seal("13800000000")) == "13800000000"
    with pytest.raises(Unreadable):
        before.open(after.seal("13800000000"))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("content", [b"", b"\n", b"not a key\n"])
def test_a_file_without_a_key_is_named_and_kept(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "vault.key"
    path.write_bytes(content)
    with pytest.raises(Unreadable, match=r"vault\.key"):
        load_or_create(path)
    assert path.read_bytes() == content
