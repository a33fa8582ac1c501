"""docs/http.md has every route, and what goes in and comes out of the chat API."""

from collections.abc import Iterator
from dataclasses import fields
from datetime import timedelta
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from cryptography.fernet import Fernet
from fastapi.routing import APIRoute
from sqlalchemy.orm import sessionmaker

from actions.reply import Citation, PhoneNumber, Reply, TicketCard
from actions.vault import Vault
from actions.wording import load_wording
from bot.service import Service, build_app
from bot.settings import Settings
from channels.attachments import Attachments
from channels.telegram.routes import telegram_routes
from channels.web.channel import build_web
from channels.web.chat import Message, Point
from channels.wechat.routes import wechat_routes
from channels.wecom.collector import Collector
from channels.wecom.routes import wecom_routes
from nlu.clock import system_clock
from tests.docs.pages import page, sections

FACTS = {"community": "云溪街道", "phone": "示例", "office_hours": "示例"}


def routes(holder: Any) -> Iterator[APIRoute]:
    """Routes of an application or router, those of routers within it too."""
    for route in holder.routes:
        if isinstance(route, APIRoute):
            yield route
        else:
            yield from routes(route.original_router)


def told(route: APIRoute) -> set[str]:
    """As the page heads it; HEAD goes without saying where there is GET."""
    return {f"`{method} {route.path}`" for method in (route.methods or set()) - {"HEAD"}}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Every route of the program, built with just what building it needs."""
    home: Path = tmp_path_factory.mktemp("home")
    parts = SimpleNamespace(
        settings=Settings(home=home),
        gateway=None,
        web=build_web(
            sessionmaker(),
            sessionmaker(),
            attachments=Attachments(home, 1),
            vault=Vault(Fernet.generate_key()),
            clock=system_clock,
            lasts=timedelta(days=1),
        ),
        desk=None,
        wechat=SimpleNamespace(routes=partial(wechat_routes, accounts={}, page="")),
        wecom=SimpleNamespace(
            routes=lambda gateway: wecom_routes(gateway, {}, cast(Collector, None), within=4)
        ),
        executor=None,
        token="",
        vault=SimpleNamespace(pseudonym=str),
        telegram=SimpleNamespace(routes=lambda gateway: telegram_routes(None, "")),
        means=SimpleNamespace(wording=load_wording(FACTS)),
    )
    app = build_app(cast(Service, parts))
    return {heading for route in routes(app) for heading in told(route)}


def test_every_route_has_a_section_and_none_is_told_of_that_is_gone(served: set[str]) -> None:
    assert "`POST /api/chat/messages`" in served
    assert {title for title in sections(page("http.md")) if title.startswith("`")} == served


@pytest.mark.parametrize("name", [*Message.model_fields, *Point.model_fields])
def test_every_field_of_a_message_is_told(name: str) -> None:
    asked = sections(page("http.md"))["`POST /api/chat/messages`"].partition("回复：")[0]
    assert f"`{name}`" in asked or f'"{name}"' in asked


@pytest.mark.parametrize(
    "name",
    [f.name for kind in (Reply, Citation, TicketCard, PhoneNumber) for f in fields(kind)],
)
def test_every_field_of_a_reply_is_told(name: str) -> None:
    answered = sections(page("http.md"))["`POST /api/chat/messages`"].partition("回复：")[2]
    assert f"`{name}`" in answered
