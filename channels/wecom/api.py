"""WeCom's API: what its errcodes mean (全局错误码), and its token."""

from datetime import timedelta

import httpx

from channels.client import Codes, content
from channels.passes import Fresh, Renew

UNTIL_THEY_WRITE = timedelta(hours=48)
"""A word of theirs brings what waits forward (``channels.recipients``)."""

WRONG_STATE = 95018
"""send msg session status invalid: a servicer holds the session, or it has ended."""

BAD_TOKEN = 95007
"""The token of a callback is not, or no longer, valid."""

CODES = Codes(
    waits={
        -1: timedelta(seconds=5),
        45009: timedelta(minutes=1),
        45033: timedelta(seconds=5),
        95001: UNTIL_THEY_WRITE,
        95002: UNTIL_THEY_WRITE,
    },
    refusals={
        40003: "no such member",
        60111: "no such member",
        81013: "no such member within the application's reach (可见范围)",
    },
    setup={
        40001: "secret is wrong (应用管理 → Secret)",
        40013: "corp_id is wrong (我的企业 → 企业ID)",
        40056: "agent_id is wrong (应用管理 → AgentId)",
        40091: "secret is wrong (应用管理 → Secret)",
        48002: "the application has no right to this (微信客服 → 可调用接口的应用)",
        60011: "the application has no right to this (可见范围)",
        60020: "this server's address is missing in the application's trusted ones (企业可信IP)",
        95000: "the customer-service account is not one the application manages",
        95004: "the customer-service account is no more",
        95017: "the API is switched off for customer service",
        301002: "agent_id and secret belong to different applications",
    },
)
"""Waits: busy, frequency (频率限制), too many at once, five messages sent, 48 hours over."""


def renewal(http: httpx.AsyncClient, corp_id: str, secret: str) -> Renew:
    """Asks for the application's token; asked again while it holds, WeCom gives out the same one,
    and there is no asking for another."""

    async def renew(another: bool) -> Fresh:
        asked = {"corpid": corp_id, "corpsecret": secret}
        answer = CODES.check(content(await http.get("/cgi-bin/gettoken", params=asked)))
        return Fresh(str(answer["access_token"]), timedelta(seconds=int(answer["expires_in"])))

    return renew
