import shutil
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from bot.cli import read_settings
from bot.commands.knowledge import knowledge
from bot.commands.transaction import transaction
from knowledge import home_encoder
from knowledge.gaps import Gap, GapKind, note, open_gaps
from knowledge.items import get_entry
from knowledge.training import train
from nlu.clock import system_clock
from tests.bot.commands.running import fault, run
from tests.bot.commands.test_knowledge import entries
from tests.knowledge.corpus import ENTRIES, LIBRARY, POOL

ASKED = "护照到期了去哪儿换"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home with four published entries, to be copied."""
    folder = tmp_path_factory.mktemp("library")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("LINLI_HOME", str(folder / "home"))
        patch.setenv("LINLI_ONE_PERSON_OFFICE", "true")
        patch.setattr(home_encoder, "train", partial(train, rounds=0))
        run(knowledge, "import", entries(folder, *ENTRIES))
        run(knowledge, "publish")
        yield folder / "home"


@pytest.fixture(autouse=True)
def asked(library: Path, home: Path) -> None:
    """Two questions of one meaning and one of another, all asked in vain, one long ago."""
    shutil.copytree(library, home)
    now = system_clock()
    with transaction(read_settings()) as session:
        near = ((POOL.id, 0.2),)
        note(session, Gap(GapKind.UNKNOWN, "养猫<b>要办证吗", near), "0", now - timedelta(days=30))
        note(session, Gap(GapKind.UNKNOWN, ASKED, near), "1", now - timedelta(hours=1))
        note(session, Gap(GapKind.UNSOLVED, f"{ASKED}呀", near, POOL.id), "2", now)


def test_list_shows_groups_with_counts_and_since_a_day() -> None:
    today = system_clock().date() - timedelta(days=2)
    shown = run(knowledge, "gaps", "list")
    assert shown.index(ASKED) < shown.index("养猫")
    assert POOL.id in shown
    recent = run(knowledge, "gaps", "list", "--since", today.isoformat())
    assert ASKED in recent
    assert "养猫" not in recent


def test_a_draft_settles_its_group() -> None:
    told = run(knowledge, "gaps", "draft", "2", "--id", "passport", "--by", "小王")
    assert told == "passport: a draft of 2 questions\n"
    assert ASKED not in run(knowledge, "gaps", "list")
    with transaction(read_settings()) as session:
        entry = get_entry(session, "passport")
    assert entry is not None
    assert entry.topic == POOL.topic


def test_join_goes_to_the_entry_given_or_to_the_one_that_an_operator_named() -> None:
    line = fault(knowledge, "gaps", "join", "2")
    assert line == "2: no operator named an entry; give one"
    run(knowledge, "gaps", "correct", ASKED, LIBRARY.id, "--by", "坐席甲")
    told = run(knowledge, "gaps", "join", "2")
    assert told == f"{LIBRARY.id}: 2 new wordings, of 3 questions\n"
    told = run(knowledge, "gaps", "join", "1", POOL.id)
    assert told == f"{POOL.id}: 1 new wordings, of 1 questions\n"
    assert run(knowledge, "gaps", "list") == "nothing was asked in vain\n"


def test_the_report_is_a_page_of_the_last_week_with_what_was_settled(tmp_path: Path) -> None:
    path = tmp_path / "周报.html"
    run(knowledge, "gaps", "draft", "1")
    assert run(knowledge, "gaps", "report", path) == f"{path}: 1 groups\n"
    page = path.read_text(encoding="utf-8")
    assert ASKED in page
    assert POOL.question in page
    assert "linli knowledge gaps join 2 pool-hours" in page
    assert "已经办的" in page
    assert "asked-1" in page
    assert "<b>" not in page


def test_forget_strikes_out_what_is_older() -> None:
    day = (system_clock() - timedelta(days=10)).date()
    assert run(knowledge, "gaps", "forget", "--before", day.isoformat()) == "1 forgotten\n"
    with transaction(read_settings()) as session:
        assert [noted.gap.text for noted in open_gaps(session)] == [ASKED, f"{ASKED}呀"]


def test_bad_input_is_one_line() -> None:
    assert fault(knowledge, "gaps", "draft", "99").startswith("99: no such group")
    assert fault(knowledge, "gaps", "correct", ASKED, "nothing") == "nothing: no such entry"
    assert "no-such-folder" in fault(knowledge, "gaps", "report", "no-such-folder/page.html")
