"""Is it from WeChat, and what does it say: signatures, encryption, XML.

wechatpy 1.8.18 does the cryptography and the parsing. Wrapped here is what it leaves open: it
compares signatures with ``!=``, looks at no age and no repetition, and raises whatever comes up
on malformed XML.
"""

import binascii
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from xml.parsers.expat import ExpatError

import xmltodict
from wechatpy.crypto import WeChatCrypto
from wechatpy.exceptions import WeChatException
from wechatpy.messages import BaseMessage
from wechatpy.parser import parse_message

from channels.wechat.account import Account

FRESH = timedelta(minutes=5)
"""How far a signature's timestamp may lie from now; WeChat's last repeat comes after 15 s."""

MALFORMED = (
    ExpatError, ValueError, TypeError, KeyError, AttributeError, AssertionError, IndexError,
    OverflowError, RecursionError, binascii.Error,
)  # fmt: skip
"""What wechatpy, xmltodict and the cipher raise on what WeChat never sends."""


class Forged(Exception):
    """The signature is wrong, missing, or too old."""


class Malformed(Exception):
    """It is signed, and cannot be read all the same."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A message as wechatpy reads it, and whether the reply must be encrypted."""

    message: BaseMessage
    encrypted: bool


def check(account: Account, query: Mapping[str, str], now: datetime) -> None:
    """Whether a request comes from WeChat, by the signature in its address.

    Raises:
        Forged: it does not, or was recorded and is played again later.
    """
    parts = (query.get("timestamp", ""), query.get("nonce", ""))
    expected = signature(account.token.get_secret_value(), *parts)
    if not equal(query.get("signature", ""), expected):
        raise Forged("signature")
    check_age(parts[0], now)


def check_age(timestamp: str, now: datetime) -> None:
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        raise Forged("timestamp")
    if abs(now.timestamp() - int(timestamp)) > FRESH.total_seconds():
        raise Forged("age")


def signature(*parts: str) -> str:
    """SHA-1 over the parts in order, as the platform's documentation prescribes."""
    return hashlib.sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()


def equal(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode())


def open_envelope(account: Account, query: Mapping[str, str], body: bytes) -> Opened:
    """The message in a request that has passed ``check``.

    Raises:
        Forged: its inner signature is wrong, or it is plain where only encrypted ones are taken.
        Malformed: it cannot be read.
    """
    try:
        outer = fields_of(body)
        encrypted = "Encrypt" in outer
        if encrypted:
            body = decrypt(account, query, outer)
        elif account.encrypted_only:
            raise Forged("plain")
        message = parse_message(body)
        if message is None or not message.source or not message.target:
            raise Malformed("nobody")
        int(message._data.get("MsgId") or 0)
        int(message._data["CreateTime"])
    except MALFORMED as error:
        raise Malformed(type(error).__name__) from error
    return Opened(message, encrypted)


def fields_of(body: bytes) -> dict[str, Any]:
    fields = xmltodict.parse(body)["xml"]
    if not isinstance(fields, dict):
        raise Malformed("no fields")
    return fields


def decrypt(account: Account, query: Mapping[str, str], outer: Mapping[str, Any]) -> bytes:
    key = account.aes_key.get_secret_value()
    if not key:
        raise Forged("no key")
    sealed, token = str(outer["Encrypt"]), account.token.get_secret_value()
    parts = (query.get("timestamp", ""), query.get("nonce", ""))
    expected = signature(token, *parts, sealed)
    if not equal(query.get("msg_signature", ""), expected):
        raise Forged("msg_signature")
    try:
        opened = crypto(account).decrypt_message(dict(outer), expected, *parts)
    except WeChatException as error:
        raise Forged(type(error).__name__) from error
    return opened.encode() if isinstance(opened, str) else bytes(opened)


def seal(account: Account, xml: str, query: Mapping[str, str], now: datetime) -> str:
    """A reply in the envelope that WeChat wants where messages are encrypted."""
    at, nonce = str(int(now.timestamp())), query.get("nonce", "")
    return str(crypto(account).encrypt_message(xml, nonce, at))


def crypto(account: Account) -> WeChatCrypto:
    key, token = account.aes_key.get_secret_value(), account.token.get_secret_value()
    return WeChatCrypto(token, key, account.app_id)
