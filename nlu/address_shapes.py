"""Sentences for an address to stand in, so that bare addresses can measure the finder.

Twenty shapes: the address first, in the middle and last, after verbs, prepositions and marks,
before complaints and questions, with punctuation and without.
"""

SHAPES = (
    "我住在{address}，楼道里的灯坏了半个月没人修",
    "{address}下水道堵了，污水都漫到外面来了",
    "你好，我要反映{address}有人半夜施工，吵得睡不着",
    "请问{address}归哪个居委会管",
    "{address}门口乱停车，消防车都进不去",
    "投诉{address}，垃圾三天没清了",
    "地址是{address}，麻烦尽快派人来看看",
    "井盖没了 就在{address} 天黑路过的人容易掉下去",
    "昨天晚上我路过{address}的时候看见电线垂下来了",
    "家里停水了，{address}，什么时候能来",
    "帮我把{address}的路灯报修一下谢谢",
    "有人在{address}附近烧垃圾，味道特别大",
    "事情发生在{address}",
    "不是上次那个地方，应该是{address}才对",
    "从上周三起，{address}每天凌晨都有大货车卸货，请你们管管",
    "我妈八十多了，一个人住{address}，能不能安排人上门看看",
    "{address}这边的绿化带被人种了菜",
    "建议在{address}对面加一个公交站",
    "喂我在{address}呢电梯停了我被关在里面",
    "路面塌了一个大坑，位置：{address}",
)


def in_a_sentence(address: str, number: int) -> str:
    """``address`` within shape ``number``, counted round."""
    return SHAPES[number % len(SHAPES)].format(address=address)
