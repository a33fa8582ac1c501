import json
from pathlib import Path
from typing import Any

import pytest

from tests.bot.rasa.environment import NEEDED, run

pytestmark = NEEDED

EXAMPLES = {
    "greet": ["你好", "您好呀", "早上好", "有人在吗"],
    "report_problem": ["路灯坏了", "水管漏了", "电梯坏了没人修", "楼道灯不亮"],
    "ask_policy": ["居住证怎么办", "医保怎么交", "户口怎么迁", "补贴怎么领"],
    "give_contact": ["13800001234", "电话13900005678", "我的手机137****2222", "010-55550123"],
    "emergency": ["119", "快打120", "着火了", "救命"],
}
ASKED = {
    "您好": "greet",
    "路灯又坏了": "report_problem",
    "养老金怎么领": "ask_policy",
    "15100009999": "give_contact",
    "021****5678": "give_contact",
    "119！": "emergency",
}
ALIKE = {
    "tickets": ["查LL20261101-0042-5", "查ll20261230 0107 1", "查20261230010731"],
    "mobiles": ["打13800001234", "打139 0000 5678", "打137****2222"],
    "landlines": ["打010-55550123", "打021****5678", "打01055550123"],
    "long numbers": ["交2450块", "交3000块"],
    "marks": ["在吗，有事。", "在吗 有事", "在吗、有事；"],
    "letters": ["OK", "ok"],
}
APART = {
    "hotlines": ["119", "120"],
    "flats and phones": ["12-3-402", "13800001234"],
    "short and long numbers": ["交5块", "交50块"],
}

PROGRAM = """
import json, sys
from pathlib import Path
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nlu.components.intent import IntentClassifier, outline

examples, asked, alike = (json.loads(given) for given in sys.argv[1:])
context = ExecutionContext(GraphSchema({}))
storage_folder = Path("storage")
storage_folder.mkdir()


def messages(examples):
    return [
        Message({"text": text, "intent": intent})
        for intent, texts in examples.items()
        for text in texts
    ]


def made(name, examples):
    resource = Resource(name)
    config = IntentClassifier.get_default_config()
    storage = LocalModelStorage(storage_folder)
    trained = IntentClassifier.create(config, storage, resource, context)
    trained.train(TrainingData(messages(examples)))
    return trained, IntentClassifier.load(config, storage, resource, context)


def heard(classifier, text):
    [message] = classifier.process([Message({"text": text})])
    told = message.as_dict(only_output_properties=True)
    return told.get("intent"), told.get("intent_ranking")


def fault(examples):
    try:
        made("fault", examples)
    except ValueError as error:
        return str(error)
    except Exception as error:
        return f"not a ValueError: {error!r}"


trained, loaded = made("all", examples)
again, _ = made("again", examples)
_, of_two = made("two", {name: examples[name] for name in ("greet", "ask_policy")})
_, with_single = made("single", {**examples, "restart": ["重来"]})
resource = Resource("none")
untrained = IntentClassifier.create({}, LocalModelStorage(storage_folder), resource, context)
print(json.dumps({
    "trained": [heard(trained, text) for text in asked],
    "again": [heard(again, text) for text in asked],
    "loaded": [heard(loaded, text) for text in asked],
    "of two": [heard(of_two, text) for text in ("您好", "医保怎么办")],
    "single": heard(with_single, "重来"),
    "empty": heard(loaded, ""),
    "untrained": heard(untrained, "您好"),
    "faults": [fault({"greet": ["你好", "您好"]}), fault({})],
    "outlines": {name: [outline(text) for text in texts] for name, texts in alike.items()},
}))
"""


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder: Path = tmp_path_factory.mktemp("intent")
    given = [json.dumps(one) for one in (EXAMPLES, list(ASKED), {**ALIKE, **APART})]
    found: dict[str, Any] = run(PROGRAM, folder, *given)
    return found


def test_the_likeliest_intent_is_the_one_of_its_examples(seen: dict[str, Any]) -> None:
    assert [intent["name"] for intent, _ in seen["trained"]] == list(ASKED.values())


def test_the_ranking_comes_best_first_and_adds_up_to_one(seen: dict[str, Any]) -> None:
    for intent, ranking in seen["trained"]:
        chances = [guess["confidence"] for guess in ranking]
        assert ranking[0] == intent
        assert {guess["name"] for guess in ranking} == set(EXAMPLES)
        assert chances == sorted(chances, reverse=True)
        assert sum(chances) == pytest.approx(1)


def test_a_loaded_one_thinks_as_the_trained_one(seen: dict[str, Any]) -> None:
    assert seen["loaded"] == seen["trained"]


def test_the_same_examples_make_the_same_model(seen: dict[str, Any]) -> None:
    assert seen["again"] == seen["trained"]


def test_two_intents_are_enough_and_one_is_not(seen: dict[str, Any]) -> None:
    assert [intent["name"] for intent, _ in seen["of two"]] == ["greet", "ask_policy"]
    for fault in seen["faults"]:
        assert fault == "there are no examples of two intents or more"


def test_an_intent_of_one_example_is_learnt_too(seen: dict[str, Any]) -> None:
    assert seen["single"][0]["name"] == "restart"


def test_no_words_and_no_training_want_nothing(seen: dict[str, Any]) -> None:
    assert seen["empty"] == [None, None]
    assert seen["untrained"] == [None, None]


@pytest.mark.parametrize("name", ALIKE)
def test_what_differs_only_in_its_figures_or_marks_looks_alike(
    name: str, seen: dict[str, Any]
) -> None:
    assert len(set(seen["outlines"][name])) == 1


@pytest.mark.parametrize("name", APART)
def test_figures_that_tell_something_stay_apart(name: str, seen: dict[str, Any]) -> None:
    assert len(set(seen["outlines"][name])) == len(APART[name])
