"""Who may do what: with a conversation's token, or with the key of a trusted client."""

import hmac
from datetime import timedelta
from typing import NamedTuple
from urllib.parse import urlsplit

from fastapi import HTTPException, Request, Response
from pydantic import SecretStr

from channels.web.tokens import Held, Tokens, is_ours, name_of

RENEWED_AFTER = timedelta(days=2)
"""A cookie that is older is written anew when it is used, so that who comes back stays known."""

NOT_THERE = "没有这段对话。"


class Conversation(NamedTuple):
    """Where a message goes: the name in the record, and what its client calls it."""

    name: str
    id: str


class Visitors:
    """Tells who comes.

    Args:
        key: of clients that give their conversations names of their own; None: anybody may write
            under such a name, and nobody may read.
    """

    def __init__(self, tokens: Tokens, key: SecretStr | None = None) -> None:
        self.tokens = tokens
        self.key = key

    def writes_to(self, request: Request, conversation: str | None) -> Conversation:
        """Where a message goes.

        Raises:
            HTTPException: 404, it is somebody else's; 401, the client is none of those trusted.
        """
        if conversation is None:
            token = self.tokens.new()
            return Conversation(name_of(token), token)
        if is_ours(conversation):
            return Conversation(self.held(request, conversation).name, conversation)
        if self.key is not None and not self.is_trusted(request):
            raise HTTPException(401, "要带上接口的口令。", headers={"WWW-Authenticate": "Bearer"})
        return Conversation(conversation, conversation)

    def reads(self, request: Request, conversation: str) -> str:
        """The name of a conversation that may be read.

        Raises:
            HTTPException: 404, somebody else's, or none.
        """
        if is_ours(conversation):
            return self.held(request, conversation).name
        if self.key is None or not self.is_trusted(request):
            raise HTTPException(404, NOT_THERE)
        return conversation

    def held(self, request: Request, conversation: str) -> Held:
        """The conversation of a token: shown as the id itself, as bearer, or in the cookie.

        Raises:
            HTTPException: 404, none of them opens this conversation.
        """
        shown = (conversation, bearer(request), own_cookie(request))
        for token in shown:
            held = self.tokens.held(token)
            if held is not None and held.name == name_of(conversation):
                return held
        raise HTTPException(404, NOT_THERE)

    def is_trusted(self, request: Request) -> bool:
        expected = self.key.get_secret_value() if self.key else ""
        return bool(expected) and hmac.compare_digest(bearer(request).encode(), expected.encode())

    def begin(self, request: Request, response: Response) -> str:
        """Give this browser a conversation of its own; its name.

        Raises:
            HTTPException: 403, another site's page asks for it.
        """
        if not from_own_page(request):
            raise HTTPException(403, "请在对话页上操作。")
        token = self.tokens.new()
        self.remember(request, response, token)
        return name_of(token)

    def leave(self, request: Request, response: Response) -> None:
        """Make this browser forget.

        Raises:
            HTTPException: 403, another site's page asks for it.
        """
        if not from_own_page(request):
            raise HTTPException(403, "请在对话页上操作。")
        response.delete_cookie(
            cookie_name(request), secure=is_safe(request), httponly=True, samesite="strict"
        )

    def renew(self, request: Request, response: Response) -> None:
        """Let the cookie last from today, where it is not of today."""
        held = self.tokens.held(own_cookie(request))
        if held is not None and held.age > RENEWED_AFTER:
            self.remember(request, response, self.tokens.token(held.name))

    def remember(self, request: Request, response: Response, token: str) -> None:
        response.set_cookie(
            cookie_name(request),
            token,
            max_age=int(self.tokens.lasts.total_seconds()),
            secure=is_safe(request),
            httponly=True,
            samesite="strict",
        )


def bearer(request: Request) -> str:
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    return token if kind.lower() == "bearer" else ""


def own_cookie(request: Request) -> str:
    """The cookie's token, for our own page only: a browser adds cookies to anybody's requests."""
    return request.cookies.get(cookie_name(request), "") if from_own_page(request) else ""


def is_safe(request: Request) -> bool:
    return request.url.scheme == "https"


def cookie_name(request: Request) -> str:
    """With the prefix that keeps neighbours of the same domain from planting one of theirs."""
    return "__Host-linli" if is_safe(request) else "linli"


def from_own_page(request: Request) -> bool:
    """Whether no other site's page made the request; browsers before 2023 tell by Origin alone."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in {"same-origin", "none"}
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")
