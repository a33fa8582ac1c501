"""Sealing of contact data at rest, keyed fingerprints to find it again, and signatures."""

import base64
import hashlib
import hmac
import os
import secrets
import unicodedata
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class Unreadable(ValueError):
    """A sealed text that none of the vault's keys opens, or a file that holds no key."""


class Vault:
    """Seals with the newest key and opens with any.

    Args:
        key: 32 bytes in URL-safe base64, as ``Fernet.generate_key`` gives them.
        older: keys once in use, newest first.

    Raises:
        Unreadable: a key is not such a key.
    """

    def __init__(self, key: bytes, *older: bytes) -> None:
        try:
            self.ciphers = MultiFernet([Fernet(k) for k in (key, *older)])
        except ValueError as fault:
            raise Unreadable("a vault key must be 32 bytes in URL-safe base64") from fault
        self.pepper = tuple(derive(k, b"linli phone fingerprint") for k in (key, *older))
        self.signing = tuple(derive(k, b"linli signature") for k in (key, *older))

    def seal(self, text: str) -> str:
        """A token that says nothing of ``text``, not even whether it was sealed before."""
        return self.ciphers.encrypt(text.encode()).decode()

    def open(self, token: str) -> str:
        """What was sealed.

        Raises:
            Unreadable: sealed with another key, or tampered with.
        """
        try:
            return self.ciphers.decrypt(token.encode()).decode()
        except InvalidToken as fault:
            raise Unreadable("sealed with a key this vault does not have") from fault

    def reseal(self, token: str) -> str:
        """The same text under the newest key."""
        return self.ciphers.rotate(token.encode()).decode()

    def fingerprint(self, phone: str) -> str:
        """64 hexadecimal digits (HMAC-SHA256) by which a phone is looked up.

        Full width, blanks, hyphens and the country code 86 make no difference.
        """
        return self.fingerprints(phone)[0]

    def fingerprints(self, phone: str) -> tuple[str, ...]:
        """The fingerprint under every key, newest first, to find rows of before a rotation."""
        plain = plain_phone(phone).encode()
        return tuple(hmac.new(p, plain, hashlib.sha256).hexdigest() for p in self.pepper)

    def pseudonym(self, text: str) -> str:
        """32 hexadecimal digits (HMAC-SHA256) that stand for a person's name on a channel.

        By the oldest key, so that a rotation leaves conversations where they are.
        """
        return hmac.new(self.pepper[-1], text.encode(), hashlib.sha256).hexdigest()[:32]

    def sign(self, text: str) -> str:
        """22 characters of URL-safe base64 (128 bits of HMAC-SHA256) that only this vault makes."""
        return signature(self.signing[0], text)

    def signed(self, text: str, given: str) -> bool:
        """Whether ``given`` is the signature of ``text`` by any of the keys; in constant time."""
        expected = [signature(key, text) for key in self.signing]
        return any([hmac.compare_digest(e.encode(), given.encode()) for e in expected])


def derive(key: bytes, end: bytes) -> bytes:
    """A key for one end only (HKDF, RFC 5869), so that one secret never serves two."""
    return HKDF(SHA256(), length=32, salt=None, info=end).derive(key)


def signature(key: bytes, text: str) -> str:
    digest = hmac.new(key, text.encode(), hashlib.sha256).digest()[:16]
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def plain_phone(phone: str) -> str:
    digits = "".join(c for c in unicodedata.normalize("NFKC", phone) if c.isdecimal())
    digits = digits.removeprefix("00")
    return digits.removeprefix("86") if len(digits) == 13 else digits


def load_or_create(path: Path) -> Vault:
    """The vault of a key file: one key a line, newest first.

    A missing file is made with a fresh key, readable by its owner only. Several processes may
    do so at once: one of them wins and all get its key.

    Raises:
        Unreadable: the file holds no key, or something else.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        place(path, [Fernet.generate_key()])
    return read(path)


def rotate(path: Path) -> Vault:
    """Puts a fresh key before those of the file; what the older ones sealed still opens.

    Raises:
        Unreadable: the file holds no key, or something else.
    """
    read(path)
    fresh = draft(path, [Fernet.generate_key(), *path.read_bytes().split()])
    fresh.replace(path)
    return read(path)


def read(path: Path) -> Vault:
    keys = path.read_bytes().split()
    if not keys:
        raise Unreadable(f"{path.name}: holds no key")
    try:
        return Vault(*keys)
    except Unreadable as fault:
        raise Unreadable(f"{path.name}: {fault}") from fault


def place(path: Path, keys: list[bytes]) -> None:
    """Writes the whole file or nothing; one that is there already stays."""
    fresh = draft(path, keys)
    try:
        os.link(fresh, path)
    except FileExistsError:
        pass
    finally:
        fresh.unlink()


def draft(path: Path, keys: list[bytes]) -> Path:
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(b"\n".join(keys) + b"\n")
        file.flush()
        os.fsync(file.fileno())
    return fresh
