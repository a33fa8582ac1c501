"""Builds the whole service: the only place that knows everybody."""

import asyncio
import contextlib
import logging
import secrets
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

import uvicorn
from fastapi import FastAPI, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from rasa_sdk.executor import ActionExecutor
from sqlalchemy import Engine as Database
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from actions.case_systems.ledger import Ledger
from actions.catalogue import build_actions
from actions.tickets.outbox import backlog, deliver_due
from actions.turn import Means
from actions.vault import Vault, load_or_create
from bot import logs, metrics
from bot.database import bring_up_to_date, open_engine, open_sessions
from bot.engine import Engine, Supervisor, own_rasa
from bot.means import build_desk, build_means
from bot.observing import traced
from bot.protocol import BoundedProtocol
from bot.responder import Responder
from bot.server import serve
from bot.settings import Settings
from bot.webhook import action_routes
from channels.attachments import Attachments
from channels.courier import Courier, Writer
from channels.depths import note_depths
from channels.errors import add_error_handlers
from channels.gateway import Gateway
from channels.hotline.desk import Desk
from channels.hotline.handover import is_open_for
from channels.hotline.hotline import Hotline
from channels.hotline.lookout import keep_lookout
from channels.hotline.routes import hotline_routes
from channels.limits import WORDS_ONLY, BodyLimit
from channels.rates import Rates, build_rates
from channels.telegram.channel import Telegram, build_telegram
from channels.web.channel import Web, build_web
from channels.web.page import page_routes
from channels.wechat.channel import WeChat, build_wechat
from channels.wecom.channel import WeCom, build_wecom
from knowledge.manifest import SnapshotError
from knowledge.retention import keep_forgetting
from knowledge.shelf import Shelf
from nlu.address import find_addresses
from nlu.clock import Clock, system_clock
from nlu.emergency import find_emergency
from nlu.spans import trace_id
from nlu.text import legible

logger = logging.getLogger(__name__)

SWITCH_EVERY = 0.0005
"""Seconds a worker thread may keep the event loop waiting; Python's own 5 ms add up."""

QUICK_QUESTIONS = (
    "居住证怎么办？",
    "老小区加装电梯要多少人同意？",
    "楼道里停满了电动车",
    "我要反映问题",
    "我的工单",
)


@dataclass(slots=True)
class Service:
    """Everything that runs, put together."""

    settings: Settings
    database: Database
    sessions: sessionmaker[Session]
    vault: Vault
    shelf: Shelf
    means: Means
    engine: Engine
    token: str
    gateway: Gateway
    courier: Courier
    rates: Rates
    attachments: Attachments
    wechat: WeChat
    telegram: Telegram
    web: Web
    desk: Desk
    wecom: WeCom
    ledger: Ledger
    supervisor: Supervisor | None
    executor: ActionExecutor
    started: asyncio.Event = field(default_factory=asyncio.Event)

    async def deliver(self) -> None:
        """Bring tickets to the case system, for ever."""
        while True:
            try:
                await asyncio.to_thread(self.deliver_once)
            except SQLAlchemyError as error:
                logger.error("the outbox cannot be read: %s", type(error).__name__)
            await asyncio.sleep(self.settings.outbox_every.total_seconds())

    def deliver_once(self) -> None:
        done = deliver_due(self.sessions, self.ledger, clock=self.means.clock, vault=self.vault)
        for result in ("delivered", "failed", "dead"):
            metrics.DELIVERIES.labels(result).inc(getattr(done, result))
        with self.sessions() as session:
            for state, count in backlog(session).items():
                metrics.BACKLOG.labels(state.value).set(count)
            note_depths(session, ("web", *self.courier.writers), self.means.clock())

    async def watch_engine(self) -> None:
        """Note when Rasa first was ready, and how it fares."""
        while True:
            ready = await self.engine.is_ready()
            metrics.RASA_READY.set(ready)
            if self.supervisor is not None:
                metrics.RASA_RESTARTS.set(self.supervisor.restarts)
                ready = self.supervisor.ready.is_set()
            if ready:
                self.started.set()
            await asyncio.sleep(5 if self.started.is_set() else 0.2)

    def database_answers(self) -> bool:
        try:
            with self.sessions() as session:
                session.execute(text("SELECT 1"))
        except SQLAlchemyError:
            return False
        return True

    def warm_up(self) -> None:
        """Load what the first message would wait a second for."""
        self.knowledge_is_there()
        words = legible("您好，松涛苑3号楼").text
        find_emergency(words)
        find_addresses(words)

    def knowledge_is_there(self) -> bool:
        try:
            self.shelf.searcher()
        except SnapshotError:
            return False
        return True


def build(settings: Settings, clock: Clock = system_clock) -> Service:
    """Put the service together; nothing runs yet.

    Raises:
        FileNotFoundError: no model has been trained.
        DatabaseFault, WordingError, BadRules, Unreadable: what a setting names cannot be used.
    """
    settings.home.mkdir(parents=True, exist_ok=True)
    vault = load_or_create(settings.home / "keys" / "vault.key")
    database = open_engine(settings.database)
    sessions = open_sessions(database)
    shelf = Shelf(settings.home)
    means = build_means(settings, database, shelf, vault, clock)
    wording = means.wording
    engine, token, supervisor = connect_engine(settings)
    owner = secrets.token_hex(8)
    attachments = Attachments(settings.home / "attachments", settings.image_limit)
    wechat = build_wechat(
        settings.wechat_accounts,
        sessions,
        url=settings.wechat_api_url,
        page=settings.public_url,
        attachments=attachments,
        vault=vault,
        wording=wording,
        clock=clock,
        owner=owner,
    )
    rates = build_rates(
        settings.rates,
        redis=settings.redis_url,
        proxies=settings.trusted_proxies,
        vault=vault,
        wording=wording,
        clock=clock,
    )
    wecom = build_wecom(
        settings.wecom_accounts,
        sessions,
        url=settings.wecom_api_url,
        within=settings.wecom_reply_within.total_seconds(),
        attachments=attachments,
        vault=vault,
        wording=wording,
        clock=clock,
        owner=owner,
    )
    telegram = build_telegram(
        *settings.telegram,
        sessions,
        polls=settings.telegram_polling,
        url=settings.telegram_api_url,
        attachments=attachments,
        vault=vault,
        wording=wording,
        clock=clock,
        owner=owner,
    )
    writers: dict[str, Writer] = {
        "wechat": wechat.writer,
        "wecom": wecom.writer,
        **telegram.writers,
    }
    courier = Courier(
        sessions, writers, vault=vault, clock=clock, owner=owner, joining=("wechat", "wecom")
    )
    web = build_web(
        sessions,
        means.reading,
        attachments=attachments,
        vault=vault,
        clock=clock,
        lasts=settings.conversation_lasts,
        key=settings.chat_key,
        at_once=settings.streams_at_once,
    )
    responder = Responder(engine, means, resume_after=settings.resume_after)
    hotline = Hotline(build_desk(settings, means), responder)
    gateway = Gateway(
        sessions,
        hotline,
        vault=vault,
        wording=wording,
        clock=clock,
        message_limit=settings.message_limit,
        at_most=settings.messages_at_once,
        call_courier=courier.call,
        limit=rates,
        fetchers={"wechat": wechat.fetch, "wecom": wecom.fetch, **telegram.fetchers},
        stop=hotline.stop,
        attended=is_open_for,
        owner=owner,
        reading=means.reading,
    )
    executor = ActionExecutor()
    for action in build_actions(means, note_action):
        executor.register_action(action)
    return Service(
        settings=settings,
        database=database,
        sessions=sessions,
        vault=vault,
        shelf=shelf,
        means=means,
        engine=engine,
        token=token,
        gateway=gateway,
        courier=courier,
        rates=rates,
        attachments=attachments,
        wechat=wechat,
        telegram=telegram,
        web=web,
        desk=hotline.desk,
        wecom=wecom,
        ledger=Ledger(sessions, vault),
        supervisor=supervisor,
        executor=executor,
    )


def connect_engine(settings: Settings) -> tuple[Engine, str, Supervisor | None]:
    """A client of the Rasa that the settings name, or of one of our own with its supervisor."""
    timeout = settings.rasa_answers_within.total_seconds()
    if settings.rasa_url is not None:
        token = settings.rasa_token.get_secret_value() if settings.rasa_token else ""
        return Engine(settings.rasa_url, token, timeout=timeout), token, None
    rasa = own_rasa(settings)
    engine = Engine(rasa.url, rasa.token, timeout=timeout)
    supervisor = Supervisor(rasa.start, engine.is_ready, warm_up=partial(engine.parse, "您好"))
    return engine, rasa.token, supervisor


def note_action(name: str, intent: str, seconds: float) -> None:
    metrics.ACTION_SECONDS.labels(name).observe(seconds)
    metrics.INTENTS.labels(intent or "none").inc()


def build_app(service: Service) -> FastAPI:
    """The one ASGI program: page, API, the route for Rasa's actions, health and metrics."""

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        work = [
            asyncio.create_task(service.deliver()),
            asyncio.create_task(service.watch_engine()),
            asyncio.create_task(
                keep_forgetting(
                    service.sessions, service.means.clock, timedelta(days=service.settings.gap_days)
                )
            ),
            asyncio.create_task(service.gateway.keep_watch()),
            asyncio.create_task(service.courier.run()),
            asyncio.create_task(service.telegram.run(service.gateway)),
            asyncio.create_task(keep_lookout(service.desk, service.courier.call)),
            asyncio.create_task(service.wecom.run(service.gateway)),
        ]
        if service.supervisor is not None:
            work.append(asyncio.create_task(service.supervisor.run()))
        await asyncio.to_thread(service.warm_up)
        yield
        for task in work:
            task.cancel()
        await asyncio.gather(*work, return_exceptions=True)
        await service.engine.close()
        await service.rates.windows.close()
        await service.wechat.close()
        await service.telegram.close()
        await service.wecom.close()
        service.database.dispose()

    app = FastAPI(lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    app.include_router(service.web.routes(service.gateway))
    reply_within = service.settings.wechat_reply_within.total_seconds()
    app.include_router(service.wechat.routes(service.gateway, within=reply_within))
    app.include_router(service.telegram.routes(service.gateway))
    app.include_router(hotline_routes(service.desk, service.settings.desk_token))
    app.include_router(service.wecom.routes(service.gateway))
    wording = service.means.wording
    app.include_router(
        page_routes(
            community=service.settings.community,
            opening=wording.text("greet"),
            questions=QUICK_QUESTIONS,
        )
    )
    app.include_router(action_routes(service.executor, service.token, service.vault.pseudonym))
    add_internal_routes(app, service)
    add_error_handlers(app)
    app.add_middleware(
        BodyLimit,
        limit=service.settings.body_limit,
        message="这条消息太大了，请缩小以后再发。",
        under={"/channels/": WORDS_ONLY, "/hotline/": WORDS_ONLY},
    )
    return app


def add_internal_routes(app: FastAPI, service: Service) -> None:
    @app.get("/healthz")
    async def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/readyz")
    async def readyz(response: Response) -> dict[str, bool]:
        """Ready once Rasa has been; afterwards also without it, since answers go on."""
        parts = {
            "database": await asyncio.to_thread(service.database_answers),
            "knowledge": await asyncio.to_thread(service.knowledge_is_there),
            "started": service.started.is_set(),
        }
        response.status_code = 200 if all(parts.values()) else 503
        return {**parts, "rasa": await service.engine.is_ready()}

    @app.get("/metrics")
    async def show_metrics() -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


def run(settings: Settings, *, say: Callable[[str], None] = print) -> None:
    """Serve until interrupted.

    Raises:
        EncoderError: the encoder of what is published cannot be loaded.
    """
    logs.configure(settings.log_level, settings.log_format, trace_id)
    sys.setswitchinterval(SWITCH_EVERY)
    service = build(settings)
    with contextlib.suppress(SnapshotError):
        service.shelf.searcher()
    bring_up_to_date(settings.database)
    say(f"邻里 Linli: http://{settings.host}:{settings.port}")
    with traced(build_app(service), settings) as app:
        config = uvicorn.Config(
            app,
            host=settings.host,
            port=settings.port,
            log_config=None,
            access_log=False,
            http=BoundedProtocol,
            forwarded_allow_ips=list(settings.trusted_proxies),
            server_header=False,
        )
        serve(config, ending=service.web.streams.close)
