import json
import os
from pathlib import Path

import pytest
import yaml

from bot import training
from bot.settings import ROOT, Settings
from bot.training import (
    Row,
    TrainingFault,
    category_of,
    files_of,
    inert,
    make,
    models,
    place,
    read_rows,
    scratch,
    texts_of,
    with_rows,
)

RASA = """#!/bin/sh
echo "Starting to train component 'JiebaTokenizer'."
while [ $# -gt 0 ]; do
  case "$1" in --out) out=$2;; --fixed-model-name) name=$2;; esac
  shift
done
%s
"""
MAKES = 'echo model > "$out/$name.tar.gz"'


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project with one intent and two categories."""
    files = {
        "config.yml": (
            "pipeline:\n- name: JiebaTokenizer\n"
            "- {name: nlu.components.category.CategoryClassifier, data: nlu/data/categories}\n"
        ),
        "bot/domain/intents.yml": "intents: [greet, thanks]\n",
        "bot/domain/talk.yml": "actions: [action_greet]\n",
        "bot/flows/talk.yml": "rules: []\n",
        "bot/constraints/rasa.txt": "rasa==3.6.21\n",
        "nlu/data/greet.yml": "nlu: []\n",
        "nlu/data/categories/a.yml": "category: 环境保护\nexamples: {水: [河水发黑]}\n",
        "nlu/data/categories/b.yml": "category: 交通运输\nexamples: {车: [公交不停]}\n",
        "nlu/components/category.py": "",
        "nlu/components/__pycache__/category.pyc": "",
        "nlu/lexicon/words.txt": "河道 1 n\n",
    }
    for name, content in files.items():
        path = tmp_path / "project" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return tmp_path / "project"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home", rasa_python=rasa(tmp_path, MAKES))


def train(settings: Settings, name: str, say: training.Say, *, root: Path) -> Path:
    """A model made and put into its place."""
    with scratch(settings) as folder:
        return place(settings, make(settings, name, folder / "all", say, root=root))


def rasa(folder: Path, script: str) -> Path:
    path = folder / "rasa-python"
    path.write_text(RASA % script, encoding="utf-8")
    path.chmod(0o755)
    return path


def rows_file(folder: Path, *rows: object) -> Path:
    path = folder / "rows.jsonl"
    lines = [row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_rows_have_a_text_and_an_intent_or_a_category(root: Path, tmp_path: Path) -> None:
    path = rows_file(
        tmp_path,
        {"text": "早呀", "intent": "greet"},
        "",
        {"text": "又黑了", "category": "环境保护", "intent": None, "title": "河", "page": 3},
    )
    assert read_rows(path, root=root) == (
        Row("早呀", "greet", None),
        Row("河\n又黑了", None, "环境保护"),
    )


def test_rows_are_learnt_as_rasa_will_read_messages(root: Path, tmp_path: Path) -> None:
    path = rows_file(tmp_path, {"text": " /早　呀，我是１３８００００００００", "intent": "greet"})
    assert read_rows(path, root=root) == (Row("早 呀，我是138****0000", "greet", None),)


def test_texts_of_rows_are_found_whatever_else_is_wrong_with_them(tmp_path: Path) -> None:
    path = rows_file(tmp_path, {"text": "早呀"}, "{", [1], {"text": "黑了", "title": "河"}, "")
    assert texts_of(path) == {"早呀", "河\n黑了"}
    assert texts_of(tmp_path / "none.jsonl") == frozenset()


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("{", "is not JSON"),
        ([1], "must be an object"),
        ({"intent": "greet"}, "text must be a text"),
        ({"text": "  ", "intent": "greet"}, "text must be a text"),
        ({"text": 7, "intent": "greet"}, "text must be a text"),
        ({"text": "早", "title": 7, "intent": "greet"}, "title must be a text"),
        ({"text": "早"}, "has neither intent nor category"),
        ({"text": "早", "intent": "greeting"}, "intent 'greeting' is not known; known are greet"),
        ({"text": "早", "category": "天气"}, "category '天气' is not known"),
        ({"text": "早", "category": ["环境保护"]}, "is not known"),
    ],
)
def test_a_fault_names_file_row_and_what_is_wrong(
    root: Path, tmp_path: Path, row: object, words: str
) -> None:
    path = rows_file(tmp_path, {"text": "早", "intent": "greet"}, row)
    with pytest.raises(TrainingFault) as told:
        read_rows(path, root=root)
    assert str(told.value).startswith(f"{path}, row 2: ")
    assert words in str(told.value)


def test_every_faulty_row_is_told(root: Path, tmp_path: Path) -> None:
    path = rows_file(tmp_path, {"text": "早"}, {"text": "早", "intent": "greet"}, "?")
    with pytest.raises(TrainingFault) as told:
        read_rows(path, root=root)
    assert [line.split(": ")[0] for line in str(told.value).splitlines()] == [
        f"{path}, row 1",
        f"{path}, row 3",
    ]


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xff\xfe"])
def test_a_file_without_readable_rows_is_refused(
    root: Path, tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_bytes(content)
    with pytest.raises(TrainingFault, match=r"rows\.jsonl"):
        read_rows(path, root=root)


def test_a_missing_file_is_named(root: Path, tmp_path: Path) -> None:
    with pytest.raises(TrainingFault, match=r"none\.jsonl: No such file"):
        read_rows(tmp_path / "none.jsonl", root=root)


def test_without_rows_the_project_is_trained_as_it_is(root: Path, tmp_path: Path) -> None:
    config, data = with_rows((), root / "config.yml", tmp_path / "scratch", root)
    assert (config, list(data)) == (root / "config.yml", ["nlu/data"])


def test_rows_are_added_beside_the_projects_own_examples(root: Path, tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    rows = (
        Row("早呀", "greet", None),
        Row("多谢", "thanks", None),
        Row("河又黑了", "greet", "环境保护"),
    )
    config, data = with_rows(rows, root / "config.yml", scratch, root)
    nlu = yaml.safe_load((Path(data[1]) / "nlu.yml").read_text(encoding="utf-8"))["nlu"]
    assert nlu == [
        {"intent": "greet", "examples": [{"text": "早呀"}, {"text": "河又黑了"}]},
        {"intent": "thanks", "examples": [{"text": "多谢"}]},
    ]
    pipeline = yaml.safe_load(config.read_text(encoding="utf-8"))["pipeline"]
    folder = Path(pipeline[1]["data"])
    read = [yaml.safe_load(p.read_text(encoding="utf-8")) for p in sorted(folder.iterdir())]
    assert [content["category"] for content in read] == ["环境保护", "交通运输", "环境保护"]
    assert read[2]["examples"] == {"extra": ["河又黑了"]}
    assert [content.get("of_city") for content in read] == [None, None, True]


def test_rows_cannot_mark_entities() -> None:
    assert (
        inert("见[3号楼](address)\n和[5号楼]{entity}") == "见[3号楼] (address) 和[5号楼] {entity}"
    )


def test_a_model_comes_whole_into_its_folder(root: Path, settings: Settings) -> None:
    said: list[str] = []
    model = train(settings, "linli-1", said.append, root=root)
    assert model == settings.models / "linli-1.tar.gz"
    assert model.read_text(encoding="utf-8") == "model\n"
    assert list(settings.models.iterdir()) == models(settings) == [model]
    assert said[0].startswith("  JiebaTokenizer (")


def test_the_three_newest_models_stay(root: Path, settings: Settings) -> None:
    for number in range(5):
        model = train(settings, f"linli-{number}", lambda line: None, root=root)
        os.utime(model, (number, number))
    assert sorted(path.name for path in settings.models.iterdir()) == [
        "linli-2.tar.gz",
        "linli-3.tar.gz",
        "linli-4.tar.gz",
    ]


@pytest.mark.parametrize(
    ("script", "words"),
    [("echo 'bad pipeline'; exit 1", "Rasa failed; .*bad pipeline"), ("true", "made no model")],
)
def test_a_training_that_fails_leaves_the_models_as_they_are(
    root: Path, settings: Settings, tmp_path: Path, script: str, words: str
) -> None:
    before = train(settings, "linli-1", lambda line: None, root=root)
    rasa(tmp_path, script)
    with pytest.raises(TrainingFault, match=words):
        train(settings, "linli-2", lambda line: None, root=root)
    assert list(settings.models.iterdir()) == [before]


def test_a_training_that_is_broken_off_ends_rasa_and_leaves_nothing(
    root: Path, settings: Settings, tmp_path: Path
) -> None:
    rasa(tmp_path, f"echo $$ > {tmp_path / 'pid'}; exec sleep 60")

    def stop(line: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(settings, "linli-1", stop, root=root)
    assert list(settings.models.iterdir()) == []
    if (tmp_path / "pid").exists():
        with pytest.raises(ProcessLookupError):
            os.kill(int((tmp_path / "pid").read_text(encoding="utf-8")), 0)


def test_a_missing_environment_or_pipeline_is_named(root: Path, settings: Settings) -> None:
    gone = settings.model_copy(update={"rasa_python": root / "none"})
    with pytest.raises(TrainingFault, match="make setup"):
        train(gone, "linli-1", lambda line: None, root=root)
    other = settings.model_copy(update={"rasa_config": "config-none.yml"})
    with pytest.raises(TrainingFault, match=r"config-none\.yml: no such pipeline"):
        train(other, "linli-1", lambda line: None, root=root)


def test_rasa_writes_below_home_only_and_reports_to_nobody(root: Path, tmp_path: Path) -> None:
    given = training.environment(tmp_path / "home", root)
    assert given["RASA_TELEMETRY_ENABLED"] == "false"
    for name in ("HOME", "RASA_CACHE_DIRECTORY"):
        assert Path(given[name]).is_relative_to(tmp_path / "home")


def test_a_model_depends_on_every_source_and_on_no_compiled_file(
    root: Path, settings: Settings
) -> None:
    names = {path.relative_to(root).as_posix() for path in files_of(settings, root)}
    assert {"config.yml", "bot/flows/talk.yml", "nlu/data/categories/a.yml"} <= names
    assert {"nlu/components/category.py", "nlu/lexicon/words.txt"} <= names
    assert not [name for name in names if name.endswith(".pyc")]


CITY = "level1,level2\n城乡建设,照明\n渔业渔政,渔港\n"


def test_a_city_trains_its_own_categories_and_no_others(tmp_path: Path) -> None:
    city = tmp_path / "city.csv"
    city.write_text(CITY, encoding="utf-8")
    rows = (Row("渔港的航道淤了", None, "渔业渔政"),)
    config, _ = with_rows(rows, ROOT / "config.yml", tmp_path / "scratch", ROOT, city)
    assert config.name == "config.yml"
    merged = (tmp_path / "scratch" / "categories").glob("*.yml")
    assert {category_of(path) for path in merged} == {"城乡建设", "渔业渔政"}


def test_rows_are_held_against_the_citys_categories(tmp_path: Path) -> None:
    city, rows = tmp_path / "city.csv", tmp_path / "rows.jsonl"
    city.write_text(CITY, encoding="utf-8")
    rows.write_text(
        '{"text": "渔港的航道淤了", "category": "渔业渔政"}\n'
        '{"text": "学校乱收费", "category": "教育文体"}\n',
        encoding="utf-8",
    )
    with pytest.raises(TrainingFault, match=r"row 2: .*教育文体"):
        read_rows(rows, taxonomy=city)


def test_a_taxonomy_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    with pytest.raises(TrainingFault, match=r"none\.csv"):
        with_rows((), ROOT / "config.yml", tmp_path / "scratch", ROOT, tmp_path / "none.csv")
