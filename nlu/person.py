"""The name under which a resident wants to be called back."""

import re

SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭"
    "曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖"
    "贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严"
    "覃武戴莫孔向汤"
)
TITLE = r"(?:女士|先生|阿姨|大爷|大妈|叔叔|师傅|老师|奶奶|爷爷|小姐|同志)"
END = r"(?=[，。,.;； \n0-9]|电话|手机|联系|住|就(?:行|好|可以)|$)"
NAME = re.compile(
    rf"(?:我(?:是)?姓|免贵姓)(?P<surname>[{SURNAMES}])(?!什么)|"
    r"(?:我(?:的名字)?叫|我名叫|姓名[:： ]?|联系人[:： ]?(?:是)?|本人)"
    rf"(?P<full>[{SURNAMES}][\u4e00-\u9fff]{{1,2}}?){END}|"
    rf"(?:我是|找|联系)?(?P<titled>[{SURNAMES}][\u4e00-\u9fff]?{TITLE}){END}"
)


def find_contact_name(text: str) -> str | None:
    """A surname, full name or surname with title that the writer gives as their own."""
    match = NAME.search(text)
    if match is None:
        return None
    return match.group("surname") or match.group("full") or match.group("titled")
