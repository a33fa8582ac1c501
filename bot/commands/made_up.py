"""Entries, passages and questions made up by rule, as many as are wanted, for measuring.

The same number and seed give the same ones. Words are drawn so that few are common and many rare,
as in real texts.
"""

from datetime import date, timedelta
from random import Random

from knowledge.entry import Entry, Source

WORDS = {
    "kind": "老年 儿童 社区 公共 共享 便民 临时 自助 二手 户外 室内 地下 新建 老旧 "
    "集中 居家 季节性 示范 街面 沿河",
    "noun": "居住证 停车位 充电桩 门禁卡 健身器材 快递柜 电动车 水表 电表 燃气表 暖气 "
    "下水道 电梯 路灯 垃圾桶 绿化带 活动室 图书角 食堂 托育点 体检 疫苗 医保卡 "
    "公积金 生育登记 救助 护理补贴 廉租房 装修备案 物业费 维修基金 业委会 楼道 "
    "天台 消防栓 监控 犬证 猫窝 菜地 车棚 岗亭 广场 球场 泳池 剧场 讲座 夏令营 "
    "义诊 志愿服务 招聘会 创业补贴 理发 修鞋 磨刀 晾衣架 储物柜 报刊亭 步道 雨棚",
    "deed": "办理 补办 注销 变更 预约 申请 报修 缴费 退费 登记 备案 查询 领取 续期 "
    "转让 安装 拆除 检修 开通 暂停 恢复 投保 评定 复核 公示 验收 迁移 过户 "
    "借用 归还",
    "people": "老人 孩子 租户 业主 学生 残疾人 退休人员 新居民 孕妇 军属 志愿者 商户 "
    "外地户口 失业人员 独居老人 多孩家庭 毕业生 房东 楼长 施工队",
    "need": "身份证原件 户口本 一寸照片 租房合同 缴费凭证 委托书 诊断证明 学历证明 收入证明 "
    "房屋权属证明 社区证明 申请表 承诺书 银行卡 现场照片",
    "first": "云 松 柏 竹 兰 荷 桂 雅 景 福 禄 祥 瑞 康 宁 泰 华 盛 丰 嘉 悦 晨 "
    "曦 翠 锦 绣 龙 凤 鹤 鹿 石 泉 林 岚 霞 峰 岭 洲 港 湖 海",
    "second": "东 西 南 北 上 下 新 老 金 青 长 安 平 和 兴 顺 达 通 正 明 光 庆 德 仁 义",
    "third": "河 桥 门 山 园 里 塘 坊 街 湾 庭 府 轩 阁 苑 台 堤 渡 港 坡",
    "estate": "小区 家园 花园 新村 公寓 社区 大院 里弄",
}
DRAWN = {name: words.split() for name, words in WORDS.items()}

QUESTIONS = (
    "{place}的{thing}怎么{deed}？",
    "{thing}在{place}哪里{deed}",
    "{people}{deed}{thing}要带什么",
    "{estate}能不能{deed}{thing}",
    "请问{thing}{deed}要多长时间",
    "我是{people}，{thing}可以{deed}吗",
    "{estate}{thing}{deed}收不收钱",
    "{place}{estate}的{thing}谁来{deed}",
)
SENTENCES = (
    "{people}{deed}{thing}，请带{need}到{place}{estate}服务站窗口。",
    "材料齐全的，{number}个工作日内办结；缺{need}的，可以先受理后补。",
    "{place}片区的{thing}由{estate}物业统一{deed}，费用每次{number}元。",
    "{estate}每月{number}日开放{thing}{deed}，{people}优先，不用排队。",
    "对结果有疑问的，{number}日内可以向{place}街道申请复核，并附上{need}。",
    "《{place}{thing}管理办法》第{number}条规定，{deed}应当公示，不得另收费用。",
    "{people}行动不便的，可以由{estate}网格员上门{deed}，带好{need}即可。",
    "节假日{thing}不办理{deed}，急需的请打{place}值班电话预约。",
)


class Writer:
    """Fills sentences with words; draws them from ``seed`` on."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)  # noqa: S311

    def word(self, kind: str) -> str:
        """The first words of a kind more often than the later ones."""
        words = DRAWN[kind]
        return words[int(len(words) * self._random.random() ** 1.5)]

    def sentence(self) -> str:
        return self._random.choice(SENTENCES)

    def about(self) -> dict[str, str]:
        """What one entry is about throughout."""
        return {
            "thing": self.word("kind") + self.word("noun"),
            "deed": self.word("deed"),
            "place": self.word("first") + self.word("second") + self.word("third"),
            "estate": self.word("second") + self.word("first") + self.word("estate"),
        }

    def filled(self, sentence: str, **known: str) -> str:
        words = {
            **self.about(),
            "people": self.word("people"),
            "need": self.word("need"),
            "number": str(1 + int(60 * self._random.random())),
        }
        return sentence.format(**{**words, **known})


def entry(number: int, seed: int = 0) -> Entry:
    """An entry with five wordings and two tests."""
    writer = Writer(seed * 1_000_003 + number)
    about = writer.about()
    wordings = [writer.filled(question, **about) for question in QUESTIONS[:7]]
    chosen = [writer.sentence() for _ in range(3)]
    return Entry(
        id=f"made-up-{number:08d}",
        topic=about["thing"],
        question=wordings[0],
        variants=tuple(wordings[1:5]),
        answer="".join(writer.filled(sentence, **about) for sentence in chosen),
        source=Source(f"{about['place']}{about['thing']}管理办法", f"第{number % 60 + 1}条"),
        effective=date(2020, 1, 1) + timedelta(days=number % 2000),
        expires=None if number % 10 else date(2035, 12, 31),
        region="全国",
        handler=f"{about['place']}街道",
        tests=tuple(wordings[5:7]),
    )


def passage(number: int, seed: int = 0) -> Entry:
    """An article of a document: a text of some 90 characters, no wordings but its heading."""
    writer = Writer(seed * 1_000_003 + number + 500_000_003)
    about = writer.about()
    sentences = [writer.sentence() for _ in range(3)]
    text = "".join(
        writer.filled(sentence, **(about if place < 2 else {}))
        for place, sentence in enumerate(sentences)
    )
    title = f"{about['place']}{about['thing']}{about['deed']}规定"
    return Entry(
        id=f"passage-{number:08d}",
        topic=about["thing"],
        question=f"{title}第{number % 90 + 1}条",
        variants=(),
        answer=text,
        source=Source(title, f"第{number % 90 + 1}条"),
        effective=date(2020, 1, 1) + timedelta(days=number % 2000),
        expires=None,
        region="全国",
        handler=f"{about['place']}街道",
    )


def question(number: int, seed: int = 0) -> str:
    """Asks for what entry or passage ``number`` is about, in a wording of its own."""
    about = Writer(seed * 1_000_003 + number).about()
    return Writer(seed * 1_000_003 - number).filled(QUESTIONS[7], **about)
