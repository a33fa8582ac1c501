"""Every setting: its name, its default and one line of meaning.

Read from the environment with the prefix ``LINLI_`` and from ``.env``.
"""

import os
from datetime import timedelta
from pathlib import Path
from typing import Literal, Self
from urllib.parse import quote

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from channels.hotline.hours import Shift
from channels.rates import Rate, networks_of
from channels.telegram.address import API as TELEGRAM_API
from channels.telegram.address import SECRET as TELEGRAM_SECRET
from channels.telegram.address import TOKEN as TELEGRAM_TOKEN
from channels.wechat.account import API as WECHAT_API
from channels.wechat.account import Account
from channels.wecom.account import API as WECOM_API
from channels.wecom.account import Account as WeComAccount

ROOT = Path(__file__).resolve().parent.parent
"""The folder of the project, where config.yml lies."""

REACHED_AT = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104
"""An address of this machine for those that mean all of them."""


OTLP_VARIABLES = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")


class Settings(BaseSettings):
    """What may differ from one installation to another; docs/settings.md lists the same."""

    model_config = SettingsConfigDict(
        env_prefix="LINLI_",
        env_file=".env",
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
    )

    home: Path = Field(
        default=ROOT / "var",
        description="Folder of all state: database, models, snapshots, keys, attachments.",
    )
    host: str = Field(default="127.0.0.1", description="Address the service listens on.")
    port: int = Field(default=8000, ge=1, le=65535, description="Port the service listens on.")
    database_url: SecretStr | None = Field(
        default=None,
        description="SQLAlchemy address of the database; empty: SQLite in the home folder.",
    )

    community: str = Field(
        default="云溪街道", description="Name of the community as residents see it."
    )
    regions: tuple[str, ...] = Field(
        default=("云溪街道", "北京市", "全国"),
        min_length=1,
        description="Regions whose knowledge holds here, the smallest first; a JSON list.",
    )
    phone: str = Field(
        default="010-5555-0100（示例）",
        description="Telephone of the community's service desk, told when a person is wanted.",
    )
    office_hours: str = Field(
        default="工作日 9:00–17:00（示例）",
        description="When that desk answers, in words for residents.",
    )
    ask_category_below: float = Field(
        default=0.3,
        ge=0,
        le=1,
        description="A report is asked which category it is where none is likelier; 0: never.",
    )
    wording: Path | None = Field(
        default=None, description="YAML file whose lines replace those of actions/wording.yml."
    )

    desk_hours: tuple[Shift, ...] = Field(
        default=(Shift(days="workdays", opens="9:00", closes="17:00"),),
        description="When people sit at the desk, a JSON list of shifts; []: there is no desk.",
    )
    desk_waits_at_most: timedelta = Field(
        default=timedelta(minutes=10),
        gt=timedelta(),
        description="How long a resident waits for a person before a ticket is offered instead.",
    )
    desk_silent_after: timedelta = Field(
        default=timedelta(minutes=30),
        gt=timedelta(),
        description="After so long without a word a conversation goes back from person to Linli.",
    )
    desk_failures: int = Field(
        default=3,
        ge=0,
        description="Messages in a row of no use that lead to a person; 0: any number.",
    )
    desk_rules: Path | None = Field(
        default=None,
        description="YAML file of what leads to a person straight away; empty: nothing.",
    )
    desk_token: SecretStr | None = Field(
        default=None, description="Token of the desk's API; empty: the API is off."
    )

    public_url: str = Field(
        default="", description="Address of the residents' page as they reach it; empty: no cards."
    )
    wechat_accounts: tuple[Account, ...] = Field(
        default=(), description="WeChat official accounts, a JSON list; see docs/wechat.md."
    )
    wechat_api_url: str = Field(
        default=WECHAT_API, description="WeChat's API; another only for rehearsals."
    )
    wechat_reply_within: timedelta = Field(
        default=timedelta(seconds=4),
        gt=timedelta(),
        lt=timedelta(seconds=4.5),
        description="How long a WeChat request may take before the answer goes another way.",
    )

    telegram_token: SecretStr | None = Field(
        default=None, description="Token of a Telegram bot; empty: off. See docs/telegram.md."
    )
    telegram_secret: SecretStr | None = Field(
        default=None,
        description="What Telegram must bring to the webhook; 16 to 256 letters, digits, _ and -.",
    )
    telegram_polling: bool = Field(
        default=False,
        description="Updates are fetched instead of brought: for a developer's trial only.",
    )
    telegram_api_url: str = Field(
        default=TELEGRAM_API, description="The Bot API; another for one's own server or a stand-in."
    )

    wecom_accounts: tuple[WeComAccount, ...] = Field(
        default=(), description="Applications on WeCom, a JSON list; see docs/wecom.md."
    )
    wecom_api_url: str = Field(
        default=WECOM_API, description="WeCom's API; another only for rehearsals."
    )
    wecom_reply_within: timedelta = Field(
        default=timedelta(seconds=4),
        gt=timedelta(),
        lt=timedelta(seconds=4.5),
        description="How long a WeCom request may take before the answer is sent afterwards.",
    )

    rasa_url: str | None = Field(
        default=None,
        description="Address of a Rasa that runs elsewhere; empty: Linli starts its own.",
    )
    rasa_token: SecretStr | None = Field(
        default=None,
        description="Token shared with a Rasa that runs elsewhere; empty: made anew each start.",
    )
    rasa_python: Path = Field(
        default=ROOT / ".venv-rasa" / "bin" / "python", description="Python of Rasa's environment."
    )
    rasa_config: str = Field(
        default="config.yml",
        description="Pipeline to train: config.yml (light) or config-diet.yml (DIET, more memory).",
    )
    taxonomy: Path | None = Field(
        default=None,
        description="CSV of the city's own categories (level1, level2); empty: nlu/taxonomy.csv.",
    )
    rasa_model: Path | None = Field(
        default=None,
        description="Model file to run; empty: the newest in the home folder's models.",
    )
    rasa_answers_within: timedelta = Field(
        default=timedelta(seconds=2.2),
        gt=timedelta(),
        description="How long Rasa may take for one message before the answer is made without it.",
    )

    encoder: str = Field(
        default="static",
        description="static (trained at set-up), or name or path of a sentence-transformers model.",
    )
    encoder_instruction: str = Field(
        default="", description="What such a model wants before a query, if anything."
    )

    house_list: Path | None = Field(
        default=None,
        description="YAML file of questions a publish must keep answering; empty: Linli's own.",
    )
    gate_tolerance: float = Field(
        default=0.01,
        ge=0,
        le=1,
        description="By how much recall of the test questions may drop with a publish.",
    )
    snapshots_kept: int = Field(
        default=5, ge=2, description="Snapshots kept to go back to, the current one included."
    )

    editor: str = Field(
        default="编辑",
        min_length=1,
        description="Name under which knowledge is edited where a command has no --by.",
    )
    keep_gaps: bool = Field(
        default=True,
        description="Whether questions asked in vain are kept for the editors, masked and without "
        "who asked.",
    )
    gap_days: int = Field(
        default=180, ge=1, description="Days after which a question asked in vain is forgotten."
    )
    one_person_office: bool = Field(
        default=False,
        description="One and the same person may write and approve knowledge.",
    )

    message_limit: int = Field(
        default=2000,
        ge=100,
        le=20000,
        description="Characters of one message that are read; the rest is refused with a word.",
    )
    messages_at_once: int = Field(
        default=40,
        ge=1,
        description="Messages a process answers at once; further ones are asked to come later.",
    )
    rate_per_person: Rate = Field(
        default="60/minute;600/hour",
        description="Messages of one conversation that are answered; off: any number.",
    )
    rate_per_address: Rate = Field(
        default="600/minute;6000/hour",
        description="Messages from one address of the web page that are answered; off: any.",
    )
    rate_overall: Rate = Field(
        default="12000/minute", description="Messages of everybody that are answered; off: any."
    )
    trusted_proxies: tuple[str, ...] = Field(
        default=("127.0.0.1", "::1"),
        description="Addresses and networks whose X-Forwarded-For is believed; a JSON list.",
    )
    redis_url: SecretStr | None = Field(
        default=None,
        description="Redis in which all processes count rates together; empty: each by itself.",
    )
    streams_at_once: int = Field(
        default=500,
        ge=1,
        description="Pages a process tells of new lines as they come; further ones ask again.",
    )
    conversation_lasts: timedelta = Field(
        default=timedelta(days=180),
        ge=timedelta(days=1),
        description="How long a browser that does not come back still opens its conversation.",
    )
    chat_key: SecretStr | None = Field(
        default=None,
        description="Key of clients that name conversations themselves; empty: anybody may write "
        "so, nobody may read.",
    )
    body_limit: int = Field(
        default=8_000_000, ge=10_000, description="Bytes of one request; more is refused."
    )
    image_limit: int = Field(
        default=5_000_000, ge=10_000, description="Bytes of one picture; more is refused."
    )
    resume_after: timedelta = Field(
        default=timedelta(hours=6),
        ge=timedelta(),
        description="After this pause an unfinished report is offered again.",
    )
    outbox_every: timedelta = Field(
        default=timedelta(seconds=2),
        gt=timedelta(),
        description="How often undelivered tickets are looked for.",
    )
    log_level: str = Field(
        default="INFO",
        description="DEBUG, INFO, WARNING or ERROR; no level writes what residents said.",
    )

    log_format: Literal["text", "json"] = Field(
        default="text", description="text, or json: one object a line, for programs that collect."
    )

    otlp_endpoint: str | None = Field(
        default=None,
        pattern="^https?://",
        description="Collector of OpenTelemetry traces, such as http://127.0.0.1:4318; "
        "empty: none, unless OTEL_EXPORTER_OTLP_ENDPOINT names one.",
    )

    @field_validator("home", "rasa_model", "rasa_python", "wording", "house_list", "desk_rules")
    @classmethod
    def from_the_project(cls, path: Path | None) -> Path | None:
        return path if path is None else Path.cwd() / path.expanduser()

    @field_validator("log_level")
    @classmethod
    def known_level(cls, level: str) -> str:
        if level.upper() not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
            raise ValueError("must be DEBUG, INFO, WARNING or ERROR")
        return level.upper()

    @field_validator("trusted_proxies")
    @classmethod
    def known_networks(cls, texts: tuple[str, ...]) -> tuple[str, ...]:
        networks_of(texts)
        return texts

    @field_validator("redis_url")
    @classmethod
    def known_redis(cls, url: SecretStr | None) -> SecretStr | None:
        if url is not None and not url.get_secret_value().startswith(("redis://", "rediss://")):
            raise ValueError("must begin with redis:// or rediss://")
        return url

    @field_validator("telegram_token")
    @classmethod
    def known_token(cls, token: SecretStr | None) -> SecretStr | None:
        if token is not None and not TELEGRAM_TOKEN.fullmatch(token.get_secret_value()):
            raise ValueError("must be a bot's token as BotFather gives it: digits, a colon, a key")
        return token

    @field_validator("telegram_secret")
    @classmethod
    def known_secret(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret is not None and not TELEGRAM_SECRET.fullmatch(secret.get_secret_value()):
            raise ValueError("must have 16 to 256 letters, digits, _ and -")
        return secret

    @model_validator(mode="after")
    def telegram_has_a_way_in(self) -> Self:
        if self.telegram_token and not (self.telegram_secret or self.telegram_polling):
            raise ValueError(
                "LINLI_TELEGRAM_TOKEN needs LINLI_TELEGRAM_SECRET, or LINLI_TELEGRAM_POLLING"
            )
        return self

    @model_validator(mode="after")
    def rasa_elsewhere_has_a_token(self) -> Self:
        if self.rasa_url is not None and self.rasa_token is None:
            raise ValueError("LINLI_RASA_URL needs LINLI_RASA_TOKEN, which that Rasa also has")
        return self

    @property
    def own_url(self) -> str:
        """Where this machine itself reaches the service."""
        host = REACHED_AT.get(self.host, self.host)
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"

    @property
    def rates(self) -> dict[str, str]:
        return {
            "person": self.rate_per_person,
            "address": self.rate_per_address,
            "overall": self.rate_overall,
        }

    @property
    def telegram(self) -> tuple[str, str]:
        """The bot's token and the secret of its webhook; empty where there is none."""
        found = (self.telegram_token, self.telegram_secret)
        token, secret = (value.get_secret_value() if value else "" for value in found)
        return token, secret

    @property
    def database(self) -> str:
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        return f"sqlite:///{quote(str(self.home / 'linli.db'))}"

    @property
    def traces(self) -> bool:
        """Whether somebody collects traces, as this setting or OpenTelemetry's own say."""
        return bool(self.otlp_endpoint) or any(map(os.environ.get, OTLP_VARIABLES))

    @property
    def models(self) -> Path:
        return self.home / "models"
