"""Is it from WeChat, and what does it say."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from wechatpy.crypto import WeChatCrypto
from wechatpy.messages import BaseMessage
from wechatpy.parser import parse_message

from channels.sealed import (
    MALFORMED,
    Forged,
    Malformed,
    check_age,
    check_signature,
    fields_of,
    unseal,
)
from channels.wechat.account import Account


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
    check_signature(query.get("signature", ""), account.token.get_secret_value(), query)
    check_age(query, now)


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
            body = decrypt(account, query, str(outer["Encrypt"]))
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


def decrypt(account: Account, query: Mapping[str, str], sealed: str) -> bytes:
    if not account.aes_key.get_secret_value():
        raise Forged("no key")
    return unseal(crypto(account), account.token.get_secret_value(), query, sealed)


def seal(account: Account, xml: str, query: Mapping[str, str], now: datetime) -> str:
    """A reply in the envelope that WeChat wants where messages are encrypted."""
    at, nonce = str(int(now.timestamp())), query.get("nonce", "")
    return str(crypto(account).encrypt_message(xml, nonce, at))


def crypto(account: Account) -> WeChatCrypto:
    key, token = account.aes_key.get_secret_value(), account.token.get_secret_value()
    return WeChatCrypto(token, key, account.app_id)
