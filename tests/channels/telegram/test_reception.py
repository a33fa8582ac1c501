from datetime import timedelta
from pathlib import Path

import pytest

from actions.reply import Button, Reply
from channels.handling import Heard
from channels.inbox import HOLD
from channels.telegram.standin import photo
from tests.channels.house import Answerer, House, until
from tests.channels.telegram.conftest import ANNE, BOB, Scene

pytestmark = pytest.mark.anyio

LONG = "老旧小区加装电梯，低层住户不同意，要多少业主同意才行？"


def answering(scene: Scene, *replies: Reply) -> None:
    async def answer(heard: Heard) -> tuple[Reply, ...]:
        scene.answerer.heard.append(heard)
        return replies

    scene.gateway.respond = answer


async def acknowledged(scene: Scene, presses: int) -> None:
    await until(lambda: len(scene.platform.toasts) == presses)


async def test_no_name_and_no_number_of_a_person_lies_on_the_disk(scene: Scene) -> None:
    await scene.say("路灯坏了")
    tables = ("inbound", "transcript", "outgoing")
    kept = repr([scene.house.rows(table) for table in tables])
    kept += repr(scene.house.rows("recipients", "conversation"))
    for personal in (str(ANNE), "甲", "someone", "路灯"):
        assert personal not in kept
    [row] = scene.house.rows("recipients", "conversation")
    assert row["conversation"].startswith("telegram:7000001:")


async def test_two_residents_do_not_meet(scene: Scene) -> None:
    await scene.say("路灯坏了", ANNE)
    await scene.say("电梯坏了", BOB)
    assert "收到：电梯坏了" not in scene.platform.seen(ANNE)
    assert len({heard.conversation for heard in scene.answerer.heard}) == 2


async def test_the_same_update_brought_again_is_answered_once(scene: Scene) -> None:
    update = {"update_id": 1, "message": scene.platform.message(ANNE, 1, text="路灯坏了")}
    scene.platform.known.add(ANNE)
    for _ in range(3):
        assert await scene.platform.deliver(update) == 200
        await scene.settle()
    assert scene.platform.seen(ANNE) == ["收到：路灯坏了", "第1句"]


async def test_a_press_says_it_and_the_button_is_marked(scene: Scene) -> None:
    answering(scene, Reply("对吗？", (Button("确认提交", "确认提交"), Button("取消", "取消"))))
    await scene.say("路灯坏了")
    await scene.platform.press(ANNE, "确认提交")
    await scene.settle()
    await acknowledged(scene, 1)
    assert scene.answerer.texts == ["路灯坏了", "确认提交"]
    await until(lambda: "✓ 确认提交" in scene.platform.screens[ANNE][0].titles)
    assert scene.platform.toasts[0][1] == ""


async def test_a_button_pressed_twice_does_nothing_twice(scene: Scene) -> None:
    answering(scene, Reply("对吗？", (Button("确认提交", "确认提交"), Button("取消", "取消"))))
    await scene.say("路灯坏了")
    shown = scene.platform.screens[ANNE][0]
    for press in (1, 2, 3):
        title = next(title for title in shown.titles if "确认提交" in title)
        await scene.platform.press(ANNE, title, shown=shown)
        await scene.settle()
        await acknowledged(scene, press)
    assert scene.answerer.texts == ["路灯坏了", "确认提交"]
    already = scene.house.wording.text("pressed_already")
    assert [told for _, told in scene.platform.toasts] == ["", already, already]
    await scene.platform.press(ANNE, "取消", shown=shown)
    await scene.settle()
    assert scene.answerer.texts[-1] == "取消"


async def test_a_long_choice_is_found_again_after_a_restart(scene: Scene) -> None:
    answering(scene, Reply("您想问的是哪一个？", (Button("加装电梯", LONG),)))
    await scene.say("电梯")
    scene.gateway.running.clear()
    await scene.platform.press(ANNE, "加装电梯")
    await scene.settle()
    assert scene.answerer.texts == ["电梯", LONG]


async def test_a_choice_that_is_not_in_the_record_says_what_it_shows(scene: Scene) -> None:
    await scene.say("您好")
    scene.platform.screens[ANNE][0].rows = [[("加装电梯", "#" + "0" * 40)]]
    await scene.platform.press(ANNE, "加装电梯")
    await scene.settle()
    assert scene.answerer.texts[-1] == "加装电梯"


async def test_a_button_too_old_to_be_known_is_told(scene: Scene) -> None:
    await scene.say("您好")
    query = {"id": "q", "from": scene.platform.person(ANNE), "data": "#" + "0" * 40}
    old = {"chat": {"id": ANNE, "type": "private"}, "message_id": 1, "date": 0}
    await scene.platform.bring(callback_query={**query, "chat_instance": "c", "message": old})
    await scene.settle()
    assert scene.platform.seen(ANNE)[-1] == scene.house.wording.text("button_old")


async def test_a_press_that_cannot_be_acknowledged_is_heard_all_the_same(scene: Scene) -> None:
    answering(scene, Reply("对吗？", (Button("确认提交", "确认提交"),)))
    await scene.say("路灯坏了")
    scene.platform.fails.add("answerCallbackQuery")
    await scene.platform.press(ANNE, "确认提交")
    await scene.settle()
    assert scene.answerer.texts[-1] == "确认提交"


async def test_a_new_wording_is_heard_as_such_and_answered(scene: Scene) -> None:
    number = await scene.platform.say(ANNE, "3号楼路灯坏了")
    await scene.settle()
    await scene.platform.edit(ANNE, number, text="5号楼路灯坏了")
    await scene.settle()
    assert scene.answerer.texts == ["3号楼路灯坏了", "5号楼路灯坏了"]
    assert [heard.said.edited for heard in scene.answerer.heard] == [False, True]


async def test_an_edit_that_changes_no_word_is_not_answered(scene: Scene) -> None:
    number = await scene.platform.say(ANNE, "3号楼路灯坏了")
    await scene.platform.edit(ANNE, number, text="3号楼路灯坏了 ")
    await scene.settle()
    assert scene.answerer.texts == ["3号楼路灯坏了"]
    await scene.platform.edit(ANNE, 999, text="这句以前没收到")
    await scene.settle()
    assert scene.answerer.texts[-1] == "这句以前没收到"


async def test_who_blocks_the_bot_is_remembered(scene: Scene) -> None:
    await scene.say("您好")
    await scene.platform.block(ANNE)
    [row] = scene.house.rows("recipients", "conversation")
    assert not row["reachable"]
    await scene.platform.block(BOB)
    assert scene.platform.deliveries[-1] == 200


async def test_a_picture_is_fetched_and_kept(scene: Scene, picture: bytes) -> None:
    scene.platform.files["p1"] = picture
    await scene.platform.send(ANNE, photo=photo("p1"), caption="楼道堆了东西")
    await scene.settle()
    [heard] = scene.answerer.heard
    [name] = heard.said.images
    assert heard.said.text == "楼道堆了东西"
    assert scene.telegram.attachments.read(name)[:2] == b"\xff\xd8"


async def test_what_a_killed_process_had_taken_another_answers(
    house: House, tmp_path: Path, scene: Scene
) -> None:
    async def die(heard: Heard) -> None:
        await until(lambda: False)

    scene.gateway.respond = Answerer(before=die)
    await scene.platform.say(ANNE, "路灯坏了")
    for task in list(scene.gateway.running.values()):
        task.cancel()
    scene.house.now += HOLD + timedelta(seconds=1)
    other = Scene(house, tmp_path)
    other.gateway.owner = "process-2"
    house.now += HOLD + timedelta(seconds=1)
    await other.gateway.watch_once()
    await until(lambda: not other.gateway.running)
    await scene.settle()
    assert scene.platform.seen(ANNE) == ["收到：路灯坏了", "第1句"]
    assert other.answerer.texts == ["路灯坏了"]
    await other.close()
