"""WeChat's API for official accounts, as far as it is needed; asynchronous, with timeouts."""

import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import httpx

from channels.courier import NotNow, Undeliverable
from channels.passes import Fresh, Passes, Renew

logger = logging.getLogger(__name__)

WITHIN = 5.0
"""Seconds for one call."""

TOKEN_REFUSED = frozenset({40001, 40014, 42001})
"""Invalid, malformed, expired: a new token is fetched and the call made once more."""

WAITS: Mapping[int, timedelta] = {
    45009: timedelta(hours=1),
    45011: timedelta(minutes=1),
    45047: timedelta(hours=48),
    45015: timedelta(hours=48),
    -1: timedelta(seconds=5),
}
"""Codes that ask to wait: daily and minute limits of the API, the person's allowance used up or
their window closed (until they write again), the platform busy."""

REFUSALS: Mapping[int, str] = {
    40003: "no such person",
    43004: "has left the account",
    48001: "the account has no right to this",
    48002: "the person takes no messages",
    50002: "the person's account is limited",
}


class ApiError(Exception):
    """WeChat said no; ``code`` is its errcode."""

    def __init__(self, code: int) -> None:
        super().__init__(f"errcode {code}")
        self.code = code


class Api:
    """Calls with the account's token, which is renewed when WeChat refuses it.

    Args:
        http: with WeChat's address, or that of its stand-in, as base.
    """

    def __init__(self, http: httpx.AsyncClient, passes: Passes) -> None:
        self.http = http
        self.passes = passes

    async def call(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """The answer of a POST.

        Raises:
            NotNow, Undeliverable: as WeChat's code means it.
            ApiError: any other code.
            httpx.HTTPError: the network, or a status that is none of success.
        """
        token = await self.passes.token()
        answer = await self.once(path, body, token)
        if answer.get("errcode") in TOKEN_REFUSED:
            token = await self.passes.token(refused=token)
            answer = await self.once(path, body, token)
        return checked(answer)

    async def once(self, path: str, body: Mapping[str, Any], token: str) -> dict[str, Any]:
        answer = await self.http.post(path, params={"access_token": token}, json=body)
        return content(answer)

    async def media(self, media_id: str) -> bytes:
        """A picture that somebody sent; WeChat keeps it for three days.

        Raises:
            As ``call`` does.
        """
        token = await self.passes.token()
        answer = await self.get_media(media_id, token)
        if is_json(answer) and answer.json().get("errcode") in TOKEN_REFUSED:
            token = await self.passes.token(refused=token)
            answer = await self.get_media(media_id, token)
        if is_json(answer):
            checked(content(answer))
            raise ApiError(0)
        answer.raise_for_status()
        return answer.content

    async def get_media(self, media_id: str, token: str) -> httpx.Response:
        asked = {"access_token": token, "media_id": media_id}
        return await self.http.get("/cgi-bin/media/get", params=asked)


def content(answer: httpx.Response) -> dict[str, Any]:
    if answer.status_code == 429:
        raise NotNow("HTTP 429", timedelta(seconds=retry_after(answer)))
    answer.raise_for_status()
    given = answer.json()
    return given if isinstance(given, dict) else {"errcode": -1}


def checked(answer: dict[str, Any]) -> dict[str, Any]:
    code = int(answer.get("errcode") or 0)
    if code in WAITS:
        raise NotNow(f"errcode {code}", WAITS[code])
    if code in REFUSALS:
        raise Undeliverable(f"errcode {code}: {REFUSALS[code]}")
    if code:
        raise ApiError(code)
    return answer


def is_json(answer: httpx.Response) -> bool:
    kind = str(answer.headers.get("content-type", ""))
    return kind.startswith(("application/json", "text/plain"))


def retry_after(answer: httpx.Response) -> float:
    given = answer.headers.get("retry-after", "")
    return min(float(given), 3600.0) if given.isascii() and given.isdigit() else 30.0


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
        answer = checked(content(await http.post("/cgi-bin/stable_token", json=body)))
        return Fresh(str(answer["access_token"]), timedelta(seconds=int(answer["expires_in"])))

    return renew
