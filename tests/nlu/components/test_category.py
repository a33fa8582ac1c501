import json
from pathlib import Path
from typing import Any

import pytest

from tests.bot.rasa.environment import NEEDED, run

pytestmark = NEEDED

LAMPS = ["路灯不亮了", "路灯坏了没人修", "楼下路灯不亮", "小区路灯坏了"]
SCHOOLS = ["孩子上学怎么报名", "小学报名要什么材料", "孩子上小学报名", "上学报名在哪里"]
NOISE = ["楼上半夜唱歌太吵", "工地半夜施工太吵", "广场唱歌太吵了", "楼上太吵睡不着"]
FARMS = ["村里灌溉没水", "玉米灌溉没有水", "村里玉米没水", "玉米地灌溉"]

PROGRAM = """
import json, sys
from pathlib import Path
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nlu.components.category import CategoryClassifier

context = ExecutionContext(GraphSchema({}))


def component(folder, load=False):
    config = {**CategoryClassifier.get_default_config(), "data": folder}
    make = CategoryClassifier.load if load else CategoryClassifier.create
    return make(config, storage, resource, context)


def fault(folder):
    try:
        component(folder).train(TrainingData())
    except ValueError as error:
        return str(error)
    except Exception as error:
        return f"not a ValueError: {error!r}"


def heard(classifier, text):
    [message] = classifier.process([Message({"text": text})])
    return message.get("category"), message.as_dict(only_output_properties=True).get("category")


Path("storage").mkdir()
storage, resource = LocalModelStorage(Path("storage")), Resource("category")
untrained = heard(component("good"), "路灯")
trained = component("good")
trained.train(TrainingData())
loaded = component("good", load=True)
texts = json.loads(sys.argv[1])
first = CategoryClassifier.fingerprint_addon({"data": "good"})
same = CategoryClassifier.fingerprint_addon({"data": "good"})
with open("good/1.yml", "a") as file:
    file.write("# seen\\n")
print(json.dumps({
    "untrained": untrained,
    "trained": [heard(trained, text) for text in texts],
    "loaded": [heard(loaded, text) for text in texts],
    "empty": heard(loaded, ""),
    "faults": {folder: fault(folder) for folder in sys.argv[2:]},
    "fingerprints": [first, same, CategoryClassifier.fingerprint_addon({"data": "good"})],
}))
"""
BROKEN = {
    "missing": None,
    "no files": {},
    "no category": {"a.yml": "examples: {a: [路灯坏了]}"},
    "no examples": {"a.yml": "category: 城乡建设"},
    "a list": {"a.yml": "- 路灯坏了"},
    "examples in a list": {"a.yml": "category: 城乡建设\nexamples: [路灯坏了]"},
    "nothing under a name": {"a.yml": "category: 城乡建设\nexamples: {照明: }"},
    "a text for a list": {"a.yml": "category: 城乡建设\nexamples: {照明: 路灯坏了}"},
    "no YAML": {"a.yml": "category: [城乡"},
    "one category": {"a.yml": "category: 城乡建设\nexamples: {照明: [路灯坏了, 路灯不亮]}"},
}


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder: Path = tmp_path_factory.mktemp("category")
    (folder / "good").mkdir()
    named = {"城乡建设": LAMPS, "教育文体": SCHOOLS, "环境保护": NOISE, "农村农业": FARMS}
    for number, (name, texts) in enumerate(named.items()):
        content = {"category": name, "examples": {"一": texts[:2], "二": texts[2:]}}
        (folder / "good" / f"{number}.yml").write_text(json.dumps(content, ensure_ascii=False))
    for name, files in BROKEN.items():
        if files is not None:
            (folder / name).mkdir()
            for file, text in files.items():
                (folder / name / file).write_text(text)
    asked = json.dumps(["路灯又坏了", "孩子报名", "唱歌太吵"])
    found: dict[str, Any] = run(PROGRAM, folder, asked, *BROKEN)
    return found


def test_the_likeliest_three_come_best_first(seen: dict[str, Any]) -> None:
    best = []
    for ranked, _ in seen["trained"]:
        assert len(ranked) == 3
        chances = [guess["confidence"] for guess in ranked]
        assert chances == sorted(chances, reverse=True)
        assert 0 < sum(chances) <= 1
        assert all(set(guess) == {"name", "confidence"} for guess in ranked)
        best.append(ranked[0]["name"])
    assert best == ["城乡建设", "教育文体", "环境保护"]


def test_they_are_part_of_what_is_parsed(seen: dict[str, Any]) -> None:
    for kept, given in seen["trained"]:
        assert kept == given


def test_a_loaded_one_thinks_as_the_trained_one(seen: dict[str, Any]) -> None:
    for (trained, _), (loaded, _) in zip(seen["trained"], seen["loaded"], strict=True):
        assert [guess["name"] for guess in loaded] == [guess["name"] for guess in trained]
        assert [guess["confidence"] for guess in loaded] == pytest.approx(
            [guess["confidence"] for guess in trained]
        )


def test_no_words_and_no_training_have_no_category(seen: dict[str, Any]) -> None:
    assert seen["empty"] == [None, None]
    assert seen["untrained"] == [None, None]


def test_changed_examples_mean_training_anew(seen: dict[str, Any]) -> None:
    first, same, changed = seen["fingerprints"]
    assert first == same
    assert first != changed


@pytest.mark.parametrize("name", BROKEN)
def test_examples_that_cannot_be_used_are_named(seen: dict[str, Any], name: str) -> None:
    fault = seen["faults"][name]
    assert fault is not None
    assert fault.startswith(name)
    files = BROKEN[name]
    if files and name != "one category":
        assert fault.startswith(f"{name}/a.yml: ")
