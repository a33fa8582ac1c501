"""Words that carry nothing: hesitation, and for a question also politeness and announcing it."""

import re

from nlu.likelihood import likelihood
from nlu.plate import PROVINCES

SOUND = r"(?:呃(?!逆)|嗯|唔|诶|欸)"
PHRASE = (
    r"(?:(?<!也)就是说|(?:怎么|咋)说呢|然后呢|那啥(?![时都也])|那个啥|就那个|这个嘛|"
    r"那个那个|这个这个|就是就是|然后然后)"
)
WEAK = r"(?:那个|这个|就是|然后|额|啊|哎|唉)"
CHAIN = rf"(?:{WEAK}?(?:{SOUND}|{PHRASE}))+"
CALL = r"(?:[哎唉哦噢啊]+(?![呀哟呦])|额+(?![度外头定温角])|喂+(?=[，,！!？? 你您请我]))"
BEGIN = r"(?:^|(?<=[，。！？；、,.!?;\s]))"
HESITATION = re.compile(rf"{BEGIN}(?:{CHAIN}|{CALL})[，、,…~ ]*|{BEGIN}{WEAK}[，、,…~ ]+|{CHAIN}")
"""What is said while one thinks. A sound counts anywhere, 那个 and 就是 only beside one, doubled,
or with a pause behind them: elsewhere they mean something."""
WITHIN = re.compile(r"那个|这个|就是|然后|额|啊|哎|唉")
NUMERAL = r"[0-9A-Za-z零〇一二三四五六七八九十两幺]"
DAYTIME = (
    r"(?:凌晨|清晨|清早|早上|早晨|上午|中午|下午|傍晚|晚上|夜里|深夜|半夜|"
    r"[每当]天|天天|[今昨前]天|[每今昨前][早晚]|(?:周|星期|礼拜)[一二三四五六日天末])"
)
COUNTED = r"(?:[点时号月日年分弄楼栋幢座室层元]|单元|小时|星期|[个多]?月|多?天)"
SIGNS = r"[ \-—–_/.·:]*"
BROKEN = (
    (re.compile(rf"{NUMERAL}{SIGNS}$|\+$"), re.compile(rf"{SIGNS}{NUMERAL}")),
    (re.compile(r"[0-9零〇一二三四五六七八九十两]$"), re.compile(COUNTED)),
    (re.compile(rf"[{PROVINCES}]{SIGNS}$"), re.compile(rf"{SIGNS}[A-Za-z]{SIGNS}[0-9A-Za-z]{{4}}")),
    (re.compile(rf"{DAYTIME}$"), re.compile(rf"{DAYTIME}|{NUMERAL}")),
    (
        re.compile(r"[年月日号点时早晚午夜至到快近从]$"),
        re.compile(r"[0-9零〇一二三四五六七八九十两]+[年月日号点时]"),
    ),
)
"""What stands before and behind a word that breaks up a number or a time."""
REACH = 6
"""How far before a word that is looked at."""
LONGEST = 4
TOGETHER = 2
"""How often two words must follow one another in the project's own texts to belong together."""
ANNOUNCED = re.compile(
    r"^(?:喂|你好|您好|嗨|在吗|请问|请教|麻烦|劳驾|打扰|不好意思|谢谢)+(?:一下|了)?|"
    r"那个|就是说|然后呢|怎么说呢|你说|这个嘛|嗯+|呃+|额+|哎+|唉+|"
    r"(?:对了)?(?:，)?(?:顺便|顺带)?(?:我)?(?:想|要)?(?:跟|向)?(?:你们?|您)?(?:问|咨询|打听|请教|了解)(?:一?下|个事儿?|一个问题|问|个问题)(?:啊|哈|呢|，|,)?|"
    r"^就是|就是(?=[\u4e00-\u9fff]{3})|(?:啊|呀|呢|哈|嘛|哦|噢|哟)+(?=[，。！？,.!? ]|$)"
)
LEFT_OVER = re.compile(r"^[，。、,. ]+|(?<=[，,])[，,]+")


def hesitations(text: str) -> list[tuple[int, int]]:
    """Where ``text`` hesitates; nowhere, if it says nothing else."""
    spans = [m.span() for m in HESITATION.finditer(text)]
    taken = {i for start, end in spans for i in range(start, end)}
    for m in WITHIN.finditer(text):
        if taken.isdisjoint(range(*m.span())) and _parts(text, *m.span()):
            spans.append(m.span())
            taken.update(range(*m.span()))
    says = any(c.isalnum() for i, c in enumerate(text) if i not in taken)
    return sorted(spans) if says else []


def _parts(text: str, start: int, end: int) -> bool:
    """Whether ``text[start:end]``, one of ``WITHIN``, parts what belongs together.

    That is two halves of a word, of a number or of a time, or two words that the project's own
    texts have in a row where they have none of them beside the filler. 额 does wherever it is part
    of no word.
    """
    own, filler = likelihood().own, text[start:end]
    lead = text[max(0, start - REACH) : start]
    if any(before.search(lead) and after.match(text, end) for before, after in BROKEN):
        return True
    if filler == "额":
        return not _in_word(text, start)
    before = [text[i:start] for i in range(max(0, start - LONGEST), start)]
    after = [text[end:i] for i in range(min(len(text), end + LONGEST), end, -1)]
    if any(b + a in own.words for b in before for a in after if len(b + a) <= LONGEST):
        return True
    one = next((b for b in before if b in own.words), "")
    other = next((a for a in after if a in own.words), "")
    apart = own.pairs.get((one, filler), 0) + own.pairs.get((filler, other), 0)
    return not apart and own.pairs.get((one, other), 0) >= TOGETHER


def _in_word(text: str, place: int) -> bool:
    dictionary = likelihood().dictionary
    return any(
        dictionary.get(text[start:end])
        for start in range(max(0, place - LONGEST + 1), place + 1)
        for end in range(max(place + 1, start + 2), min(len(text), start + LONGEST) + 1)
    )


def without_fillers(text: str) -> str:
    """A question without fillers and courtesies; ``text`` itself where nothing would be left."""
    plain = LEFT_OVER.sub("", ANNOUNCED.sub("", text)).strip()
    return plain if len(plain) >= 2 else text
