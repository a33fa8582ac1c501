"""Emoji and the pictures that WeChat sends as their names in brackets.

They are left out of the reading, whatever they show: 🔥 says as often "great" as "fire".
"""

import re

PICTURE = (
    r"[\u00a9\u00ae\u20e3\u2300-\u23ff\u2600-\u27bf\u2b00-\u2bff\u3030\u303d"
    r"\U0001f000-\U0001faff]"
)
FACE = (
    r"\[(?:微笑|撇嘴|色|发呆|得意|流泪|害羞|闭嘴|睡|大哭|尴尬|发怒|调皮|呲牙|惊讶|难过|囧|抓狂|吐|偷笑|愉快|白眼|傲慢|困|"
    r"惊恐|憨笑|悠闲|咒骂|疑问|嘘|晕|衰|骷髅|敲打|再见|擦汗|抠鼻|鼓掌|坏笑|鄙视|委屈|快哭了|阴险|亲亲|可怜|笑脸|"
    r"生病|脸红|破涕为笑|恐惧|失望|无语|嘿哈|捂脸|奸笑|机智|皱眉|耶|吃瓜|加油|汗|天啊|社会社会|旺柴|好的|哇|翻白眼|"
    r"666|让我看看|叹气|苦涩|裂开|嘴唇|爱心|心碎|拥抱|强|弱|握手|胜利|抱拳|勾引|拳头|OK|合十|啤酒|咖啡|蛋糕|玫瑰|"
    r"凋谢|菜刀|炸弹|便便|月亮|太阳|庆祝|礼物|红包|發|福|烟花|爆竹|猪头|跳跳|发抖|转圈)\]"
)
PICTURES = re.compile(rf"(?:{PICTURE}|{FACE})+")
PICTURES_WITHIN = re.compile(rf"(?<=[0-9A-Za-z]){PICTURES.pattern}(?=[0-9A-Za-z])")
"""Those that keep two numbers apart."""
