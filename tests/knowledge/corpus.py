"""A small made-up knowledge base, and an encoder that needs no training."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from knowledge.calibrating import Sayings, calibrate
from knowledge.encoder import StaticEncoder, random_rows
from knowledge.entry import Entry, Source
from knowledge.index import Index
from knowledge.search import Searcher, items_of

REGIONS = ("全国", "北京市", "云溪街道")
TODAY = date(2026, 11, 23)
SAYINGS = Sayings(
    off_topic=["今晚吃什么呀", "讲个故事", "明天热不热", "唱首歌听听", "嗯嗯", "几点的飞机"],
    reports=["门口的灯不亮了", "楼上一直在敲东西"],
)

SOURCE = Source("图书借阅办法", "第三条")

LIBRARY = Entry(
    id="library-card",
    topic="图书馆",
    question="图书馆的借书证怎么办？",
    variants=("想办张借书证", "借书要办什么证", "图书证在哪里领", "第一次去图书馆要带啥"),
    answer="带身份证到云溪图书馆一层服务台，填一张表，当场就能领到借书证，不收费，也不用交押金。",
    source=SOURCE,
    effective=date(2024, 1, 1),
    expires=None,
    region="全国",
    handler="图书馆",
    tests=("图书馆办证需要什么", "借书证去哪办"),
)
POOL = replace(
    LIBRARY,
    id="pool-hours",
    topic="游泳馆",
    question="游泳馆几点开门？",
    variants=("泳池什么时候开放", "周末能游泳吗", "游泳馆晚上几点关", "早上可以去游泳吗"),
    answer="云溪游泳馆每天早上六点半开门，晚上九点半关门，周一上午换水不开放，节假日照常。",
    handler="游泳馆",
    tests=("泳池几点开", "游泳馆周日开吗"),
)
SEEDS = replace(
    LIBRARY,
    id="seed-exchange",
    topic="花友",
    question="怎么跟邻居交换花种？",
    variants=("花种子在哪里换", "有多的月季苗想送人", "社区有换花种的地方吗", "想要点向日葵种子"),
    answer="每月第一个星期六上午，花友角有花种交换。带上写好名字的种子，直接放到交换架上就行。",
    handler="社区",
    region="云溪街道",
    tests=("花种交换在哪", "我想换点种子"),
)
REPAIR = replace(
    LIBRARY,
    id="bike-repair",
    topic="自行车",
    question="社区哪里可以给自行车打气？",
    variants=("自行车没气了", "哪有打气筒借", "车胎瘪了去哪打气", "补胎的师傅在哪里"),
    answer="家门口服务站门外有公用打气筒，全天可用。补胎请找周三下午的便民师傅，一次八元（示例）。",
    handler="服务站",
    region="北京市",
    tests=("给车胎打气的地方", "借打气筒"),
)
ENTRIES = (REPAIR, LIBRARY, POOL, SEEDS)


def encoder() -> StaticEncoder:
    return StaticEncoder(random_rows(count=4096, dimension=64), "untrained")


def searcher(entries: Sequence[Entry] = ENTRIES) -> Searcher:
    index = Index.build(items_of(entries), encoder())
    calibration, _ = calibrate(entries, index, encoder(), SAYINGS)
    return Searcher(entries, index, encoder(), calibration)
