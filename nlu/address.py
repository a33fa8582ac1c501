"""Addresses as residents say them, found in running text and taken apart.

A part is a name with the suffix of its level (…街道, …小区, …路, 5号楼); neighbouring parts make
one address. Levels follow the usual Chinese order, large to small (GB/T 23705-2009, digital
city geocoding).
"""

import re
from dataclasses import dataclass, field

LEVELS = (
    "province",
    "city",
    "district",
    "street",
    "community",
    "road",
    "number",
    "building",
    "unit",
    "room",
    "place",
)
"""Large to small. ``place`` is relative (东门, 楼下, 路口) or a landmark."""

DIGITS = r"[0-9零〇一二三四五六七八九十百]"
ESTATE = r"小区|社区|居委会|家属院|新村(?!民)"
LESSER_ESTATE = (
    r"宿舍|公寓|花园|家园|花苑|名苑|雅苑|嘉苑|佳苑|馨苑|北苑|南苑|东苑|西苑|苑|新城|名城|庭院|大院|大厦|大楼|山庄|名邸|国际|华府|公馆|"
    r"府邸|嘉园|佳园|雅园|名园|公园|学校|小学|中学|幼儿园|医院|菜市场|农贸市场|超市|商场|广场|地铁站|公交站|[东西南北]里|园|里|庄|村|湾|郡|城"
)
# name: at least so many characters before the suffix
NAMED = (
    ("province", 2, r"省|自治区"),
    ("city", 2, r"市(?!场|民|政|容|长|委|里|区|面|内)"),
    ("district", 1, r"(?<![小社园地城市片辖景校厂库片灾郊教])[区县](?!别|分|域|里|委|长|政府|城)"),
    ("street", 1, r"街道(?!办|上|两|边|干|旁|里|都|很)|街道(?=办事处)|镇(?!上|里|政府|长)|乡(?!下|村|亲|里|镇)"),
    ("community", 1, ESTATE),
    ("road", 1, r"大街|大道|胡同|中路|东路|西路|南路|北路|环路|路(?!灯|边|口|面|上|人|过|由|牌|段|政|况|障|程|沿|线|灯)|路(?=路口|口)|街(?!坊|上|边|面|道|头|办)|巷(?!子|口)|弄(?=\d)"),
    ("community", 1, LESSER_ESTATE),
)
NUMBERED = (
    ("building", rf"(?:甲|乙)?{DIGITS}+(?:号楼|栋|幢|号院|座)|[A-Za-z](?:座|栋|号楼)|{DIGITS}+\s*[#＃]\s*楼?"),
    ("unit", rf"(?:{DIGITS}+|[A-Za-z甲乙丙])(?:单元|门(?!口|店|诊|卫))"),
    ("number", rf"(?:甲|乙|丙)?{DIGITS}+(?:-\d+)?号(?!线|楼|院|码|铺面|前|下午|上午|晚)"),
    ("room", rf"\d{{3,4}}(?:室|房|号房)?(?![\d元块人户米次个平年斤米度公路型])|{DIGITS}+层|{DIGITS}+楼(?!上|下|道|梯|顶)"),
    (
        "place",
        r"[东西南北]+(?:大门|小门|门|侧|边)(?:口|外|里)?|(?:大)?门口|楼下|楼上|楼道|楼顶|楼梯间|电梯间?|地下(?:室|车库|停车场)|车库|停车场|垃圾(?:站|桶|房)|"
        r"(?:十字|丁字|三岔)?路口|交叉口|交汇处|拐角|拐弯处?|对面|对过|旁边|边上|附近|后面|前面|中间|凉亭|健身区|儿童乐园|公交站|地铁站|桥(?:上|下|底下|头)|河边",
    ),
)
# What stands before a name and is no part of it; cut at the last of these.
BEFORE = re.compile(
    r"我们|咱们|他们|你们|我家|咱家|我|咱|俺|住在|住|就在|是在|在|位于|地址|地点|是|的|到|从|去|离|靠近|靠|往|这边|那边|这个|那个|这|那|个|有|和|跟|与|及|了|把|被|给|对|让|向|"
    r"不是|应该|改成|改为|换成|错了|写错|说错|楼下|门口|叫|请问|你好|您好|反映|举报|投诉|关于|来自|属于|整个|所有|全|很多|好多|多个|几个|每个|各|本|该|贵|同一|隔壁|旁边|对面|附近|其实|就|也|还|都|不|没|要|想|请|管|用|于|又|再|呢|啊|吧|嘛|哦|喂"
)
NOT_NAMES = re.compile(
    r"^(?:老旧|高档|封闭|开放|一个|整个|某|新|老|旧|本|各|全|大|小|城|农|山|乡|进|出|马|公|铁|道|半|走|让|上|下|一|街|闹|在线|网|电|思|出|套|去|回|错|绕|领|修|线|同|条|这里|那里|哪|屋|家|心|夜|嘴|眼|怀|手|水|碗|锅|校|园|厂|院|城|店|房|车|屋|课|包|日子|业主|物业|外|背地|暗地|骨子|大家|庭|菜|果|公|乐|校|花|田|进城|长|北京|上海|天津|村|居委|农|省|市|城|县|分|万|中国|外国|社区居委|楼道|楼梯|电梯|院子|屋子|房子|车库|小区)$"
)


@dataclass(frozen=True, slots=True)
class AddressPart:
    level: str
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class FoundAddress:
    """An address in a text: its parts in the order said, ``text == source[start:end]``."""

    text: str
    start: int
    end: int
    parts: tuple[AddressPart, ...] = field(default=())

    def part(self, level: str) -> str | None:
        return next((p.text for p in self.parts if p.level == level), None)

    @property
    def is_findable(self) -> bool:
        """Whether a stranger could go there: an estate, road or village is named."""
        return any(p.level in {"community", "road"} for p in self.parts)


def parts_of(text: str) -> list[AddressPart]:
    """Every part that can be an address's, in order, none overlapping another."""
    found: list[AddressPart] = []
    free = [True] * len(text)

    def take(level: str, start: int, end: int) -> None:
        if start < end and all(free[start:end]):
            found.append(AddressPart(level, text[start:end], start, end))
            free[start:end] = [False] * (end - start)

    for level, pattern in NUMBERED[:3]:
        for m in re.finditer(pattern, text):
            take(level, m.start(), m.end())
    for level, shortest, suffix in NAMED:
        for m in re.finditer(suffix, text):
            start = name_start(text, m.start(), free)
            name = text[start : m.start()]
            if len(name) >= shortest and not NOT_NAMES.match(name):
                take(level, start, m.end())
    for level, pattern in NUMBERED[3:]:
        for m in re.finditer(pattern, text):
            take(level, m.start(), m.end())
    return sorted(found, key=lambda p: p.start)


def name_start(text: str, end: int, free: list[bool]) -> int:
    """Where the name that ends before ``end`` begins: at most eight characters to the left."""
    start = end
    while start > 0 and end - start < 8 and free[start - 1] and is_name_character(text[start - 1]):
        start -= 1
    cut = [m.end() for m in BEFORE.finditer(text, start, end)]
    return cut[-1] if cut else start


def is_name_character(character: str) -> bool:
    return "\u4e00" <= character <= "\u9fff" or (character.isascii() and character.isalnum())


def find_addresses(text: str) -> tuple[FoundAddress, ...]:
    """Addresses in ``text`` (normalised), in order; parts up to two characters apart are joined.

    A lone relative place (楼下) or a lone number is no address.
    """
    groups: list[list[AddressPart]] = []
    for part in parts_of(text):
        if groups and groups[-1][-1].level != "place" and re.fullmatch(r"[ 的,，、-]{0,2}|和|与|跟", text[groups[-1][-1].end : part.start]):
            groups[-1].append(part)
        else:
            groups.append([part])
    return tuple(
        FoundAddress(text[g[0].start : g[-1].end], g[0].start, g[-1].end, tuple(g))
        for g in groups
        if any(p.level not in {"place", "number", "room"} for p in g)
    )


def amend(said: str, correction: FoundAddress) -> str:
    """``said`` with the parts of the correction put in the place of those of the same level.

    A correction that names an estate or road replaces the address whole, since what lies
    below belongs to it. A new part is put where its level belongs.
    """
    if correction.is_findable:
        return correction.text
    parts = [p for found in find_addresses(said) for p in found.parts]
    result = said
    for new in correction.parts:
        old = next((p for p in parts if p.level == new.level), None)
        if old:
            result = result[: old.start] + new.text + result[old.end :]
        else:
            after = [p for p in parts if LEVELS.index(p.level) < LEVELS.index(new.level)]
            at = after[-1].end if after else len(result)
            result = result[:at] + new.text + result[at:]
        parts = [p for found in find_addresses(result) for p in found.parts]
    return result
