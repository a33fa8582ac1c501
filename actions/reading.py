"""What one message says towards a report, whatever was asked for."""

import re
from dataclasses import dataclass, field

from actions.turn import Guess, Turn
from nlu.address import FoundAddress, find_addresses, parts_of
from nlu.person import find_contact_name
from nlu.phone import Phone, find_phones, looks_mistyped
from nlu.plate import find_plates
from nlu.text import HAN
from nlu.when import most_telling, read_times

ANONYMOUS = re.compile(
    r"匿名|不(?:想|要|愿意?)?(?:留|写|说|透露)(?:名|名字|姓名|真名)|别(?:写|留|说)我?(?:的)?名字?"
)
NO_PHONE = re.compile(
    r"(?:不|别|甭|莫)(?:想|要|愿意?|用|方便|肯)?(?:再)?(?:留|给|写|提供|说)(?:我的?|个)?(?:电话|手机|号码|联系方式|联系电话|号)|没有?(?:电话|手机)|不留了?$|不用(?:回访|联系|打电话)"
)
CONFIDENTIAL = re.compile(
    r"保密|别(?:告诉|让)(?:他|她|他们|对方|人家|物业|邻居)|不要(?:透露|泄露|公开)"
)
CANCELS = re.compile(
    r"^(?:那)?(?:就)?(?:取消|不报了|算了|不用了?报了|别报了|不弄了|不提交了?|不想报了|不用报|我不报|先不报|停止上报|退出)(?:吧|了|上报|啊|，.{0,8})*[。！!～~]*$"
)
CONFIRMS = re.compile(
    r"^(?:确认(?:提交|无误)?|提交|对(?:的|了|头|滴)?|没错|没问题|是(?:的|滴)?|可以(?:的|了)?|好(?:的|滴|嘞|吧)?|行(?:吧|了)?|中|嗯+|恩+|要得|得|ok(?:的)?|就这样(?:吧)?|报吧|交吧|就这么报)"
    r"(?:[，,、 ]?(?:确认|提交|就这样|没问题|可以|报吧|谢谢|吧|了|的|对))*[。！!～~]*$",
    re.IGNORECASE,
)
AMENDS = re.compile(
    r"^(?:我?要?修改|改(?:一下)?|不对|不是|错了|有错|不行|有问题|写错了|弄错了|改内容|改地点|改地址|改电话|改时间|改联系方式|地[址点]错了?|电话错了?|号码错了?|内容错了?|时间错了?)[。！!]*$"
)
CORRECTS = re.compile(
    r"错了|写错|说错|弄错|搞错|打错|填错|改成|改为|换成|更正|"
    r"不是.{1,20}(?:，|,|。|、| )?(?:而)?(?:是|应该)|应该是|其实是|准确(?:地)?说"
)
OPENER = re.compile(
    r"你好|您好|喂|请问|那个|就是|我|想|要|来|跟你们|跟您|向你们|反映|反应|上报|报告|投诉|举报|报修|报|登记|提|一个|个|一下|一件|件|点|些|条|问题|事情|事儿|事|情况|工单|建议|意见|表扬|预约|约|服务|求助|帮忙|帮|麻烦|电话|手机|号码|的|是|可以|能|吗|么|不|啊|呢|吧|呀|了|有|在吗|[，。！？,.!?、\s~～]"
)
AROUND_FACTS = re.compile(
    r"地[址点]|位置|就?在|这里|那里|这儿|那儿|住|我们?|本人|名字|免贵|姓|叫|电话|手机|号码?|联系(?:方式|人)?|"
    r"打|请|可以|谢谢|改成|改为|换成|错了?|不是|应该|是|的|了|吧|呢|啊|你们|您|就|给|留|个|一下|好"
)
"""Words with which one gives an address, a name or a number."""
FIELDS = (
    ("where", re.compile(r"地[址点方]|位置|小区|哪里|楼|单元|门牌")),
    ("contact", re.compile(r"电话|手机|号码|联系方式")),
    ("when", re.compile(r"时间|日期|几点|哪天")),
    ("what", re.compile(r"内容|事情|描述|情况|问题")),
)
BOOKS = "book_service"
"""The intent whose times lie ahead."""
NEW_WORDS = re.compile(r"(?:改成|改为|换成|应该是|其实是|更正为)[:：]?(?P<new>.+)$", re.DOTALL)
DENIED = re.compile(r"不是[^，,。；]{1,20}?(?=[，,。；、 ]|而是|是|应该)")


@dataclass(frozen=True, slots=True)
class Reading:
    """Facts of one message.

    ``text`` is what was read, ``words`` what was written, with phones starred out; ``rest`` is
    what it says beside phone, address, time and name; ``fields`` are the parts of a report it
    names as wrong. ``happened`` is what ``when`` means, as ``nlu.interval.stored`` reads it.
    """

    text: str = field(repr=False)
    words: str = field(repr=False)
    intent: Guess
    rest: str = field(default="", repr=False)
    phone: str | None = field(default=None, repr=False)
    mistyped_phone: bool = False
    address: FoundAddress | None = None
    place: str = ""
    when: str = ""
    happened: str = ""
    plates: tuple[str, ...] = field(default=(), repr=False)
    name: str = field(default="", repr=False)
    anonymous: bool = False
    no_phone: bool = False
    confidential: bool = False
    cancels: bool = False
    confirms: bool = False
    amends: bool = False
    corrects: bool = False
    fields: tuple[str, ...] = ()

    @property
    def has_facts(self) -> bool:
        return bool(
            self.phone or self.address or self.anonymous or self.no_phone or self.confidential
        )

    @property
    def is_opener(self) -> bool:
        """Whether it only announces that there is something to report."""
        return len(HAN.findall(OPENER.sub("", self.rest))) < 2

    @property
    def tells(self) -> int:
        """How many characters are left to a story, beside the facts and the words around them."""
        rest = self.rest
        for words in (ANONYMOUS, NO_PHONE, CONFIDENTIAL, AROUND_FACTS):
            rest = words.sub("", rest)
        return len(HAN.findall(rest))

    @property
    def new_words(self) -> str:
        match = NEW_WORDS.search(self.text)
        return match.group("new").strip() if match else ""


def read(turn: Turn) -> Reading:
    """Every fact the message holds, by rules over its text; the intent as Rasa saw it."""
    text = turn.text
    corrects = turn.said.edited or CORRECTS.search(text) is not None
    # “不是3单元是2单元”: what is denied is no fact.
    stated = DENIED.sub(lambda m: "，" * len(m.group(0)), text) if corrects else text
    phones = find_phones(stated)
    addresses = find_addresses(stated)
    told = most_telling(read_times(text, turn.at, ahead=turn.intent.name == BOOKS))
    address = addresses[-1] if corrects and addresses else best_address(addresses)
    when = told.said.text if told else ""
    name = find_contact_name(text) or ""
    return Reading(
        text=text,
        words=turn.words,
        intent=turn.intent,
        rest=without(text, phones, address.text if address else "", when, name),
        phone=phones[-1].number if phones else None,
        mistyped_phone=looks_mistyped(text),
        address=address,
        place=next((p.text for p in parts_of(stated) if p.level == "place"), ""),
        when=when,
        happened=told.meaning.isoformat() if told and told.meaning else "",
        plates=tuple(plate.number for plate in find_plates(text)),
        name=name,
        anonymous=ANONYMOUS.search(text) is not None,
        no_phone=NO_PHONE.search(text) is not None,
        confidential=CONFIDENTIAL.search(text) is not None,
        cancels=CANCELS.match(text) is not None,
        confirms=CONFIRMS.match(text) is not None,
        amends=AMENDS.match(text) is not None,
        corrects=corrects,
        fields=tuple(name for name, words in FIELDS if words.search(text)),
    )


def without(text: str, phones: tuple[Phone, ...], *facts: str) -> str:
    for phone in reversed(phones):
        text = f"{text[: phone.start]} {text[phone.end :]}"
    for fact in filter(None, facts):
        text = text.replace(fact, " ", 1)
    return text


def best_address(addresses: tuple[FoundAddress, ...]) -> FoundAddress | None:
    """The one that says most; the first of equals."""
    return max(addresses, key=lambda a: (a.is_findable, len(a.parts)), default=None)
