"""What the flows and the desk work with, as the settings say."""

from datetime import datetime
from functools import partial

import yaml
from sqlalchemy import Engine as Database
from sqlalchemy.orm import Session

from actions.escalation import load_person_rules
from actions.tickets.calendar import WorkingCalendar
from actions.tickets.deadlines import load_rules
from actions.turn import Means, PersonRule
from actions.vault import Vault
from actions.wording import Wording, load_wording
from bot.database import open_sessions
from bot.settings import ROOT, Settings
from channels.hearing import recall
from channels.hotline.desk import Desk
from channels.hotline.hours import OfficeHours
from knowledge.gaps import Gap, note
from knowledge.shelf import Shelf
from nlu.clock import Clock
from nlu.taxonomy import OWN as TAXONOMY
from nlu.taxonomy import read_taxonomy

INTENTS = ROOT / "bot" / "domain" / "intents.yml"


def build_means(
    settings: Settings, database: Database, shelf: Shelf, vault: Vault, clock: Clock
) -> Means:
    """Means over a database; knowledge is read when it is first asked.

    Raises:
        BadPersonRules, BadRules, WordingError: what a setting names cannot be used.
    """
    return Means(
        sessions=open_sessions(database),
        reading=open_sessions(database, reads_only=True),
        searcher=shelf.searcher,
        recall=partial(recall, vault=vault),
        wording=wording_of(settings),
        vault=vault,
        clock=clock,
        rules=load_rules(),
        calendar=WorkingCalendar(),
        regions=settings.regions,
        ask_category_below=settings.ask_category_below,
        note_gap=note if settings.keep_gaps else keep_no_gap,
        person_rules=person_rules(settings),
    )


def keep_no_gap(session: Session, gap: Gap, key: str, now: datetime) -> bool:
    """What was asked in vain is not kept where the settings say so."""
    return False


def wording_of(settings: Settings) -> Wording:
    """What Linli says, with the facts of the community.

    Raises:
        WordingError: its file cannot be used.
    """
    facts = {
        "community": settings.community,
        "phone": settings.phone,
        "office_hours": settings.office_hours,
    }
    return load_wording(facts, settings.wording)


def person_rules(settings: Settings) -> tuple[PersonRule, ...]:
    if settings.desk_rules is None:
        return ()
    domain = yaml.safe_load(INTENTS.read_text(encoding="utf-8"))
    return load_person_rules(
        settings.desk_rules,
        intents=domain["intents"],
        categories=read_taxonomy(settings.taxonomy or TAXONOMY).keys(),
    )


def build_desk(settings: Settings, means: Means) -> Desk:
    """The desk where people take over."""
    return Desk(
        means=means,
        hours=OfficeHours(settings.desk_hours, means.calendar),
        waits_at_most=settings.desk_waits_at_most,
        silent_after=settings.desk_silent_after,
        failures=settings.desk_failures,
    )
