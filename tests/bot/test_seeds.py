from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from bot.seeds import REVIEWER, SEEDER, plant
from knowledge.items import get_entry, get_version
from knowledge.release import publishable
from knowledge.review import archive
from knowledge.store import Saved, save_entries
from knowledge.version import Kind, content_hash
from tests.knowledge.corpus import LIBRARY, POOL
from tests.knowledge.editing import NOW, WANG, draft, empty_database

UPGRADED = replace(POOL, answer="每天早上七点开门，晚上八点关门。")
OURS = replace(POOL, answer="本街道的泳池八点开门。")


@pytest.fixture
def session() -> Iterator[Session]:
    with empty_database() as session:
        yield session


def test_seeds_go_in_as_approved_by_the_project(session: Session) -> None:
    planted = plant(session, [POOL, LIBRARY], {}, NOW)
    assert (planted.saved, planted.kept) == (Saved(added=2), 0)
    assert planted.hashes[POOL.id] == content_hash(POOL)
    version = get_version(session, Kind.ENTRY, POOL.id)
    assert (version.author, version.approved_by) == (SEEDER, REVIEWER)
    assert publishable(session) == [LIBRARY, POOL]


def test_a_changed_seed_replaces_one_that_nobody_touched(session: Session) -> None:
    plant(session, [POOL, LIBRARY], {}, NOW)
    assert plant(session, [UPGRADED, LIBRARY], {}, NOW).saved == Saved(changed=1)
    assert publishable(session) == [LIBRARY, UPGRADED]


def test_one_from_before_there_were_versions_is_known_by_its_hash(session: Session) -> None:
    save_entries(session, [POOL], "导入", NOW)
    assert plant(session, [UPGRADED], {}, NOW).kept == 1
    assert plant(session, [UPGRADED], {POOL.id: content_hash(POOL)}, NOW).kept == 0
    assert get_entry(session, POOL.id) == UPGRADED


def test_what_was_edited_here_stays_even_as_a_draft(session: Session) -> None:
    plant(session, [POOL], {}, NOW)
    draft(session, OURS)
    assert plant(session, [UPGRADED], {POOL.id: content_hash(POOL)}, NOW).kept == 1
    assert get_entry(session, POOL.id) == OURS


def test_what_was_archived_here_stays_archived(session: Session) -> None:
    plant(session, [POOL], {}, NOW)
    archive(session, Kind.ENTRY, [POOL.id], WANG, NOW)
    assert plant(session, [UPGRADED], {}, NOW).kept == 1
    assert plant(session, [POOL], {}, NOW).kept == 0
    assert publishable(session) == []
