"""Rasa or the whole service is killed in mid-work; nothing is lost and nothing doubled."""

import os
import signal
import sqlite3
import time
from contextlib import suppress

import pytest

from tests.conversations.conftest import Running, Talk

pytestmark = pytest.mark.rasa


def started(service: Running) -> Running:
    service.start()
    service.wait_until("rasa")
    service.wait_until("started")
    return service


def cases(service: Running) -> list[str]:
    with sqlite3.connect(service.home / "linli.db") as database:
        rows = database.execute("SELECT number FROM ledger_cases").fetchall()
    return [row[0] for row in rows]


def eventually(service: Running, wanted: list[str]) -> list[str]:
    until = time.monotonic() + 120
    while (found := cases(service)) != wanted and time.monotonic() < until:
        time.sleep(0.2)
    return found


def test_rasa_killed_in_mid_conversation(own_linli: Running) -> None:
    service = started(own_linli)
    talk = service.talk()
    assert "电话" in talk.hear("石榴园小区6号楼的水管爆了")
    os.kill(service.rasa(), signal.SIGKILL)
    assert "7天" in talk.hear("网上买的东西能七天无理由退货吗？")
    assert not service.has("rasa")  # nobody waited for it
    service.wait_until("rasa")
    assert "石榴园小区6号楼" in talk.hear("不留电话")
    filed = talk.say("确认提交")
    number = filed[0]["ticket"]["number"]
    assert number in talk.hear("我的工单")
    assert eventually(service, [number]) == [number]


def test_a_report_goes_on_and_is_filed_while_rasa_hangs(own_linli: Running) -> None:
    own_linli.environment["LINLI_RASA_ANSWERS_WITHIN"] = "PT4S"
    service = started(own_linli)
    talk, other = service.talk(), service.talk()
    assert "电话" in talk.hear("葡萄架小区2号楼门前污水横流")
    rasa = service.rasa()
    os.kill(rasa, signal.SIGSTOP)
    try:
        assert "请您核对" in talk.hear("不留电话")
        number = talk.say("确认提交")[0]["ticket"]["number"]
        kept = other.say("枣树胡同5号房顶漏水，家里都淹了，没人管")
        assert "登记为工单" in kept[0]["text"]
        incomplete = kept[0]["ticket"]["number"]
    finally:
        with suppress(ProcessLookupError):  # deaf for so long that it was ended
            os.kill(rasa, signal.SIGCONT)
    assert eventually(service, [number, incomplete]) == [number, incomplete]
    time.sleep(3)  # what Rasa now catches up with must not be answered or filed again
    service.wait_until("rasa")
    assert number in talk.hear("我的工单")
    assert cases(service) == [number, incomplete]


def test_service_killed_before_delivery_takes_its_rasa_with_it(
    own_linli: Running,
) -> None:
    own_linli.environment["LINLI_OUTBOX_EVERY"] = "PT1H"  # nothing is delivered by itself
    service = started(own_linli)
    time.sleep(0.5)
    talk = Talk(service.http)
    assert "请您核对" in talk.hear("芍药居社区1号楼电梯困过人，还在用，匿名反映")
    message = {"message_id": "confirmation"}
    number = talk.say("确认提交", **message)[0]["ticket"]["number"]
    rasa = service.rasa()
    service.kill()
    assert cases(service) == []
    assert has_ended(rasa)

    service.environment["LINLI_OUTBOX_EVERY"] = "PT1S"
    started(service)
    assert eventually(service, [number]) == [number]
    assert talk.say("确认提交", **message)[0]["ticket"]["number"] == number
    assert number in talk.hear("我的工单")
    time.sleep(2)
    assert cases(service) == [number]


def has_ended(pid: int) -> bool:
    """Whether a process ends within a minute."""
    until = time.monotonic() + 60
    while alive(pid) and time.monotonic() < until:
        time.sleep(0.1)
    return not alive(pid)


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    with open(f"/proc/{pid}/stat") as stat:
        return stat.read().split(") ")[1][0] != "Z"
