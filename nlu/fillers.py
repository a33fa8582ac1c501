"""Words that carry no question: hesitation, politeness, and announcing that one will ask."""

import re

FILLERS = re.compile(
    r"^(?:喂|你好|您好|嗨|在吗|请问|请教|麻烦|劳驾|打扰|不好意思|谢谢)+(?:一下|了)?|"
    r"那个|就是说|然后呢|怎么说呢|你说|这个嘛|嗯+|呃+|额+|哎+|唉+|"
    r"(?:对了)?(?:，)?(?:顺便|顺带)?(?:我)?(?:想|要)?(?:跟|向)?(?:你们?|您)?(?:问|咨询|打听|请教|了解)(?:一?下|个事儿?|一个问题|问|个问题)(?:啊|哈|呢|，|,)?|"
    r"^就是|就是(?=[\u4e00-\u9fff]{3})|(?:啊|呀|呢|哈|嘛|哦|噢|哟)+(?=[，。！？,.!? ]|$)"
)
LEFT_OVER = re.compile(r"^[，。、,. ]+|(?<=[，,])[，,]+")


def without_fillers(text: str) -> str:
    """``text`` without fillers; ``text`` itself where nothing else would be left."""
    plain = LEFT_OVER.sub("", FILLERS.sub("", text)).strip()
    return plain if len(plain) >= 2 else text
