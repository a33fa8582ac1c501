"""WeChat's API for official accounts: what its errcodes mean, and its token."""

from datetime import timedelta
from typing import Any

import httpx

from channels.client import Codes, content
from channels.passes import Fresh, Renew

CODES = Codes(
    waits={
        45009: timedelta(hours=1),
        45011: timedelta(minutes=1),
        45047: timedelta(hours=48),
        45015: timedelta(hours=48),
        -1: timedelta(seconds=5),
    },
    refusals={
        40003: "no such person",
        43004: "has left the account",
        48001: "the account has no right to this",
        48002: "the person takes no messages",
        50002: "the person's account is limited",
    },
    setup={40164: "the server's address is missing in the console's IP whitelist"},
)
"""Those that ask to wait: daily and minute limits of the API, the person's allowance used up or
their window closed (until they write again), the platform busy."""


def renewal(http: httpx.AsyncClient, app_id: str, secret: str) -> Renew:
    """Asks for the stable token (稳定版接口): asked twice, WeChat gives out the same one."""

    async def renew(another: bool) -> Fresh:
        body: dict[str, Any] = {
            "grant_type": "client_credential",
            "appid": app_id,
            "secret": secret,
        }
        if another:
            body["force_refresh"] = True
        answer = CODES.check(content(await http.post("/cgi-bin/stable_token", json=body)))
        return Fresh(str(answer["access_token"]), timedelta(seconds=int(answer["expires_in"])))

    return renew
