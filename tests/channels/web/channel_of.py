"""The residents' page over a house's database."""

from datetime import timedelta

from pydantic import SecretStr
from sqlalchemy.orm import sessionmaker

from channels.attachments import Attachments
from channels.web.channel import Web, build_web
from tests.channels.house import House

LASTS = timedelta(days=30)


def web_of(house: House, attachments: Attachments, *, key: SecretStr | None = None) -> Web:
    engine = house.sessions.kw["bind"].execution_options(reads_only=True)
    return build_web(
        house.sessions,
        sessionmaker(engine, expire_on_commit=False),
        attachments=attachments,
        vault=house.vault,
        clock=house.clock,
        lasts=LASTS,
        key=key,
    )
