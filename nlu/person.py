"""The name under which a resident wants to be called back.

Only what the writer gives as their own name, or beside a telephone number, is one; members of
staff, neighbours and others who are talked about are not.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from nlu.pauses import fluent
from nlu.phone import find_phones
from nlu.surnames import COMPOUND, NOT_NAMES, SINGLE

SURNAME = rf"(?:{'|'.join(COMPOUND)}|[{SINGLE}])"
HAN = r"[\u4e00-\u9fff]"
STAFF = (
    r"(?:经理|主任|书记|队长|局长|主管|站长|所长|院长|校长|园长|科长|处长|镇长|村长|社长|组长|班长|总|"
    r"网格员?|警官|民警|保安|物业|医生|大夫|护士|会计|律师|法官|领导|委员|干部|老板|房东|中介|家|某|姓)"
)
TITLE = (
    r"(?:女士|先生|阿姨|大爷|大妈|大娘|大姐|大哥|大嫂|大叔|大伯|大婶|老太太?|老爷子|老伯|叔叔|伯伯|"
    r"奶奶|爷爷|师傅|老师|小姐|同志|同学|婆婆|老师儿)"
)
KIN = r"[姐哥叔姨婶嫂爷伯]"
AFTER = (
    r"(?=[，。,.;；:：！!？?、~～（(\s\d+]|$|电话|手机|座机|联系|住|家住|就(?:行|好|可以|成|OK)|即可|"
    r"[吧啊呀]|谢谢|麻烦|请[你您帮派尽来]|希望|收|的电话|的手机|号码|tel)"
)
FULL = rf"(?!{SURNAME}{STAFF})(?:(?:{'|'.join(COMPOUND)}){HAN}{{1,2}}?|[{SINGLE}]{HAN}{{1,2}}?)"
TITLED = rf"(?:{SURNAME}{HAN}{{0,2}}?{TITLE}|{SURNAME}{KIN})"
NICK = rf"(?:[老小大阿]{SURNAME}(?!{STAFF})|{SURNAME}(?:老|工))"
HOME = r"(?:[^，。,;；！？!?\n他她它]{0,14}?(?:号楼|楼|单元|室|户|层|号院|院|门|家|的|\d))?的?"

OWN = (
    rf"(?:我(?:本人)?是?姓|免贵姓|敝姓|本人姓|贵姓)(?P<name>{SURNAME})"
    r"(?!什么|啥|名|氏|不|[^，。,\s]{1,2}的人)",
    r"(?:(?<![给对跟让请被问])我(?:的)?(?:名字|姓名|全名|大名)?(?:就)?(?:叫|名叫)(?:做)?|"
    r"(?:我的|我)?(?:(?<![的建加])(?:姓名|名字|联系人|联络人)|称呼|反映人|投诉人|举报人|报修人|"
    r"申请人|来电人|当事人)(?:[:：是 ]|叫)*|"
    r"(?:业主|居民|住户|户主|租户|落款|署名)[:： ]+|本人(?:叫|是|[:：])?)"
    rf"(?P<name>{TITLED}|{FULL}|{NICK}){AFTER}",
    rf"我(?:就)?是{HOME}(?P<name>{TITLED}|{NICK}){AFTER}",
    rf"(?:^|[，。,;；\s\d])(?:就)?(?:叫|喊)(?P<name>{TITLED}|{NICK})就(?:行|好|可以|成)",
    rf"(?:叫我|喊我|称呼我|管我叫|称我)(?:为|一声)?(?P<name>{TITLED}|{NICK}|{FULL}){AFTER}",
    rf"(?<![去来要想再又没让会能到过不总老就也都还])(?:找|联系|打给|请找|电话找|致电)"
    rf"(?P<name>{TITLED}|{NICK}){AFTER}",
)
"""What announces a name of one's own."""
ALONE = (
    rf"(?:我是)?(?P<name>{TITLED}|{NICK})[。.！!]?",
    rf"我是(?P<name>{FULL})[。.！!]?",
)
"""Messages that are a name and nothing else."""
BEFORE_PHONE = re.compile(
    rf"(?:^|[，。,.;；:：、\s(（]|我是|找|联系|业主|居民|住户|户主)(?P<name>{TITLED}|{NICK}|{FULL})"
    rf"[，,:：、 的]{{0,2}}(?:(?:联系)?(?:电话|手机)(?:号码?)?|tel|号码)?[是:： ]{{0,2}}$"
)
AFTER_PHONE = re.compile(
    rf"(?:[，,:：、 (（]|我是|找|联系|我叫|姓名|我?姓(?=.[，。！!\s]|.$)){{0,3}}"
    rf"(?P<name>{SURNAME}(?<=姓.)|{TITLED}|{NICK}|{FULL})"
    r"(?=[，。,.;；!！)）\s]|$|麻烦|请[你您帮派尽来]|谢谢)"
)
MISHEARD = (
    (r"[握窝卧沃](?=[叫姓是就教脚较])", "我"),
    (r"(?<=联系)[任仁忍认](?!务|为|真|可)", "人"),
    (r"(?<=称)[胡乎](?=[:：]|.{1,2}(?:先生|女士))", "呼"),
    (rf"(?<=我)[教脚较](?={FULL}{AFTER})", "叫"),
    (rf"(?:^|(?<=[，。, ]))[教脚较](?=我(?:{TITLED}|{NICK}))", "叫"),
    (rf"(?:(?<=免贵)|(?<=本人)|(?<=我))[性幸星](?={SURNAME})", "姓"),
    (r"(?<=免)[规鬼归跪](?=姓)", "贵"),
    (rf"[罩照](?=(?:{TITLED}|{NICK})就行)", "找"),
    (r"(?<=.[生士姨姐哥师傅陈王李张刘赵])[久酒救](?=行)", "就"),
)
"""Slips of sound in what announces a name."""
READ_OWN = tuple(re.compile(pattern) for pattern in OWN)
READ_MISHEARD = tuple((re.compile(pattern), meant) for pattern, meant in MISHEARD)
READ_ALONE = tuple(re.compile(pattern) for pattern in ALONE)


@dataclass(frozen=True, slots=True)
class Name:
    """A surname, full name, or surname with a title, and its place in the text."""

    text: str
    start: int
    end: int


def find_contact_names(text: str) -> tuple[Name, ...]:
    """Names the writer gives as their own, in order, none overlapping another; hesitation within
    a name is left out of it."""
    said = fluent(text)
    found: list[Name] = []
    taken: set[int] = set()
    for match in candidates(well_announced(said.text)):
        place = range(*match.span("name"))
        if taken.isdisjoint(place) and match["name"] not in NOT_NAMES:
            start, last = said.places[place[0]], said.places[place[-1]]
            found.append(Name(match["name"], start, last + 1))
            taken.update(place)
    return tuple(sorted(found, key=lambda name: name.start))


def well_announced(text: str) -> str:
    """``text``, of the same length, without slips of sound in what announces a name."""
    for pattern, meant in READ_MISHEARD:
        text = pattern.sub(meant, text)
    return text


def candidates(text: str) -> Iterator[re.Match[str]]:
    """What may be a name, the surest first; offsets are those of ``text``."""
    for pattern in READ_OWN:
        yield from pattern.finditer(text)
    for pattern in READ_ALONE:
        match = pattern.fullmatch(text)
        if match is not None:
            yield match
    for phone in find_phones(text):
        before = BEFORE_PHONE.search(text, 0, phone.start)
        after = AFTER_PHONE.match(text, phone.end)
        yield from filter(None, (before, after))


def find_contact_name(text: str) -> str | None:
    """The first of them that says most: a whole name rather than a surname."""
    return max((name.text for name in find_contact_names(text)), key=len, default=None)
