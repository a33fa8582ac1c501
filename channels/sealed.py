"""Is it from the platform, and what does it say: signatures, encryption and XML of Tencent's.

wechatpy 1.8.18 does the cryptography. Wrapped here is what it leaves open: it compares signatures
with ``!=``, looks at no age, and raises whatever comes up on what the platform never sends.
"""

import binascii
import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol
from xml.parsers.expat import ExpatError

import xmltodict
from wechatpy.exceptions import WeChatException

FRESH = timedelta(minutes=5)
"""How far a signature's timestamp may lie from now; the last repeat comes after 15 s."""

MALFORMED = (
    ExpatError, ValueError, TypeError, KeyError, AttributeError, AssertionError, IndexError,
    OverflowError, RecursionError, binascii.Error,
)  # fmt: skip
"""What wechatpy, xmltodict and the cipher raise on what the platform never sends."""


class Forged(Exception):
    """The signature is wrong, missing, or too old."""


class Malformed(Exception):
    """It is signed, and cannot be read all the same."""


class Crypto(Protocol):
    """wechatpy's, of official accounts or of WeCom."""

    def decrypt_message(
        self, msg: dict[str, Any], signature: str, timestamp: str, nonce: str
    ) -> str | bytes: ...


def check_signature(given: str, token: str, query: Mapping[str, str], *sealed: str) -> None:
    """Whether a signature fits the timestamp and nonce in the address, and what is sealed.

    Raises:
        Forged: it does not.
    """
    expected = signature(token, *stamp(query), *sealed)
    if not hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode()):
        raise Forged("signature")


def stamp(query: Mapping[str, str]) -> tuple[str, str]:
    return query.get("timestamp", ""), query.get("nonce", "")


def signature(*parts: str) -> str:
    """SHA-1 over the parts in order, as the platform's documentation prescribes."""
    return hashlib.sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()


def check_age(query: Mapping[str, str], now: datetime) -> None:
    """Whether a request was signed just now, and was not recorded to be played again later.

    Raises:
        Forged: it was not.
    """
    timestamp = query.get("timestamp", "")
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        raise Forged("timestamp")
    if abs(now.timestamp() - int(timestamp)) > FRESH.total_seconds():
        raise Forged("age")


def unseal(crypto: Crypto, token: str, query: Mapping[str, str], sealed: str) -> bytes:
    """What is encrypted, when its own signature (``msg_signature``) is right.

    Raises:
        Forged: it is not, or it is for somebody else.
    """
    check_signature(query.get("msg_signature", ""), token, query, sealed)
    expected = signature(token, *stamp(query), sealed)
    try:
        opened = crypto.decrypt_message({"Encrypt": sealed}, expected, *stamp(query))
    except WeChatException as error:
        raise Forged(type(error).__name__) from error
    return opened.encode() if isinstance(opened, str) else bytes(opened)


def fields_of(body: bytes) -> dict[str, Any]:
    """The fields of ``<xml>``.

    Raises:
        Malformed, or any of ``MALFORMED``: there are none.
    """
    fields = xmltodict.parse(body)["xml"]
    if not isinstance(fields, dict):
        raise Malformed("no fields")
    return fields
