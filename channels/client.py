"""The API of a platform of Tencent's: calls under an access token, answers with an errcode."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx
from sqlalchemy.orm import Session, sessionmaker

from actions.vault import Vault
from channels.courier import NotNow, Undeliverable
from channels.passes import Passes, Renew
from nlu.clock import Clock

logger = logging.getLogger(__name__)

WITHIN = 5.0
"""Seconds for one call."""

TOKEN_REFUSED = frozenset({40001, 40014, 42001})
"""Invalid, malformed, expired: a new token is fetched and the call made once more."""

MENDED_WITHIN = timedelta(minutes=10)
"""How soon something is tried again that a deployer has to set right first."""


@dataclass(frozen=True, slots=True)
class Codes:
    """What the errcodes of a platform mean.

    ``waits``: for how long to wait. ``refusals``: it will never be. ``setup``: something in the
    platform's console has to be set right, and then it will be.
    """

    waits: Mapping[int, timedelta]
    refusals: Mapping[int, str]
    setup: Mapping[int, str] = field(default_factory=dict)

    def check(self, answer: dict[str, Any]) -> dict[str, Any]:
        """The answer of a call that went well.

        Raises:
            NotNow, Undeliverable: as the code means it.
            ApiError: any other code.
        """
        code = int(answer.get("errcode") or 0)
        if code in self.waits:
            raise NotNow(f"errcode {code}", self.waits[code])
        if code in self.setup:
            logger.error("errcode %d: %s", code, self.setup[code])
            raise NotNow(f"errcode {code}: {self.setup[code]}", MENDED_WITHIN)
        if code in self.refusals:
            raise Undeliverable(f"errcode {code}: {self.refusals[code]}")
        if code:
            raise ApiError(code)
        return answer


class ApiError(Exception):
    """The platform said no; ``code`` is its errcode."""

    def __init__(self, code: int) -> None:
        super().__init__(f"errcode {code}")
        self.code = code


class Client:
    """Calls with the account's token, which is renewed when the platform refuses it.

    Args:
        http: with the platform's address, or that of its stand-in, as base.
    """

    def __init__(self, http: httpx.AsyncClient, passes: Passes, codes: Codes) -> None:
        self.http = http
        self.passes = passes
        self.codes = codes

    async def call(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """The answer of a POST.

        Raises:
            NotNow, Undeliverable: as the code means it.
            ApiError: any other code.
            httpx.HTTPError: the network, or a status that is none of success.
        """
        token = await self.passes.token()
        answer = await self.once(path, body, token)
        if answer.get("errcode") in TOKEN_REFUSED:
            token = await self.passes.token(refused=token)
            answer = await self.once(path, body, token)
        return self.codes.check(answer)

    async def once(self, path: str, body: Mapping[str, Any], token: str) -> dict[str, Any]:
        answer = await self.http.post(path, params={"access_token": token}, json=body)
        return content(answer)

    async def media(self, media_id: str) -> bytes:
        """A picture that somebody sent; the platform keeps it for three days.

        Raises:
            As ``call`` does.
        """
        token = await self.passes.token()
        answer = await self.get_media(media_id, token)
        if is_json(answer) and answer.json().get("errcode") in TOKEN_REFUSED:
            token = await self.passes.token(refused=token)
            answer = await self.get_media(media_id, token)
        if is_json(answer):
            self.codes.check(content(answer))
            raise ApiError(0)
        answer.raise_for_status()
        return answer.content

    async def get_media(self, media_id: str, token: str) -> httpx.Response:
        asked = {"access_token": token, "media_id": media_id}
        return await self.http.get("/cgi-bin/media/get", params=asked)


def clients_of(
    channel: str,
    renewals: Mapping[str, Renew],
    codes: Codes,
    http: httpx.AsyncClient,
    sessions: sessionmaker[Session],
    *,
    vault: Vault,
    clock: Clock,
    owner: str,
) -> dict[str, Client]:
    """A client for every account, by its name.

    Args:
        renewals: by name, how the account asks for its token.
    """

    def pass_of(name: str, renew: Renew) -> Passes:
        account = f"{channel}:{name}"
        return Passes(account, renew, sessions, vault=vault, clock=clock, owner=owner)

    return {name: Client(http, pass_of(name, renew), codes) for name, renew in renewals.items()}


def content(answer: httpx.Response) -> dict[str, Any]:
    """The fields of an answer.

    Raises:
        NotNow: HTTP 429.
        httpx.HTTPStatusError: any other status that is none of success.
    """
    if answer.status_code == 429:
        raise NotNow("HTTP 429", timedelta(seconds=retry_after(answer)))
    answer.raise_for_status()
    given = answer.json()
    return given if isinstance(given, dict) else {"errcode": -1}


def is_json(answer: httpx.Response) -> bool:
    kind = str(answer.headers.get("content-type", ""))
    return kind.startswith(("application/json", "text/plain"))


def retry_after(answer: httpx.Response) -> float:
    given = answer.headers.get("retry-after", "")
    return min(float(given), 3600.0) if given.isascii() and given.isdigit() else 30.0
