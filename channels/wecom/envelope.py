"""Is it from WeCom, and what does it say. Every callback is encrypted and signed over its body."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import xmltodict
from wechatpy.enterprise.crypto import WeChatCrypto

from channels.sealed import MALFORMED, Forged, Malformed, check_age, fields_of, unseal
from channels.wecom.account import Account

Fields = Mapping[str, Any]
"""A callback's fields, their names in lower case: WeCom writes OpenKfId, open_kfid, OpenKfid."""


def open_echo(account: Account, query: Mapping[str, str], now: datetime) -> str:
    """What WeCom wants to hear when the address is set up.

    Raises:
        Forged: it is not from WeCom, or from some time ago.
    """
    check_age(query, now)
    return decrypt(account, query, query.get("echostr", "")).decode("utf-8", "replace")


def open_envelope(account: Account, query: Mapping[str, str], body: bytes, now: datetime) -> Fields:
    """The message in a request.

    Raises:
        Forged: it is not from WeCom, or from some time ago.
        Malformed: it cannot be read.
    """
    check_age(query, now)
    try:
        sealed = str(lowered(fields_of(body))["encrypt"])
    except (*MALFORMED, Malformed) as error:
        # Nothing that could have been signed.
        raise Forged(type(error).__name__) from error
    opened = decrypt(account, query, sealed)
    try:
        fields = lowered(fields_of(opened))
        for name in ("msgtype", "createtime"):
            if not isinstance(fields[name], str):
                raise Malformed(name)
        int(fields["createtime"])
    except MALFORMED as error:
        raise Malformed(type(error).__name__) from error
    return fields


def lowered(value: Mapping[str, Any]) -> dict[str, Any]:
    """The names in lower case, however deep they stand."""
    return {
        str(name).lower(): lowered(inner) if isinstance(inner, Mapping) else inner
        for name, inner in value.items()
    }


def decrypt(account: Account, query: Mapping[str, str], sealed: str) -> bytes:
    try:
        return unseal(crypto(account), account.token.get_secret_value(), query, sealed)
    except MALFORMED as error:
        raise Forged(type(error).__name__) from error


def seal(
    account: Account, fields: Mapping[str, str], query: Mapping[str, str], now: datetime
) -> str:
    """A reply in its envelope."""
    xml = xmltodict.unparse({"xml": dict(fields)}, full_document=False)
    at, nonce = str(int(now.timestamp())), query.get("nonce", "")
    return str(crypto(account).encrypt_message(xml, nonce, at))


def crypto(account: Account) -> WeChatCrypto:
    """wechatpy's; what is encrypted ends with the enterprise's id."""
    token, key = account.token.get_secret_value(), account.aes_key.get_secret_value()
    return WeChatCrypto(token, key, account.corp_id)
