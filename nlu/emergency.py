"""Emergencies: recognised before anything else, by a table, without any model.

Each kind has patterns of an emergency that is happening, and the numbers to call. A sentence
that speaks of risk, the past, drills, films or equipment is no emergency, unless it also cries
for help. Numbers: 110, 119, 120, 122 are the national lines; 12356 is the national
psychological help line (National Health Commission, in use since 1 January 2025); 95598 is
the State Grid's repair line.
"""

import re
from dataclasses import dataclass
from enum import Enum


class EmergencyKind(Enum):
    FIRE = "fire"
    GAS = "gas"
    TRAPPED = "trapped"
    CRIME = "crime"
    MEDICAL = "medical"
    TRAFFIC = "traffic"
    ELECTRIC = "electric"
    SELF_HARM = "self_harm"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Call:
    """A number to dial."""

    name: str
    number: str


@dataclass(frozen=True, slots=True)
class Emergency:
    """What was recognised, where in the text, and whom to call, first the most urgent."""

    kind: EmergencyKind
    start: int
    end: int
    calls: tuple[Call, ...]


POLICE, FIRE, AMBULANCE = Call("报警", "110"), Call("消防救援", "119"), Call("医疗急救", "120")
TRAFFIC, MIND = Call("交通事故", "122"), Call("心理援助热线", "12356")
POWER = Call("电力抢修", "95598")

CALLS = {
    EmergencyKind.SELF_HARM: (MIND, AMBULANCE, POLICE),
    EmergencyKind.MEDICAL: (AMBULANCE,),
    EmergencyKind.FIRE: (FIRE, AMBULANCE),
    EmergencyKind.GAS: (FIRE,),
    EmergencyKind.CRIME: (POLICE, AMBULANCE),
    EmergencyKind.TRAFFIC: (TRAFFIC, AMBULANCE),
    EmergencyKind.ELECTRIC: (POWER, FIRE),
    EmergencyKind.TRAPPED: (FIRE, POLICE),
    EmergencyKind.LOST: (POLICE,),
}

SELF = r"(?:我|俺|自己|真的|就|只|都|直接|干脆)"
PERSON = r"(?:有人|人|老人|孩子|小孩|娃|娃娃|老头|老太太?|大爷|大妈|奶奶|爷爷|老伴|老公|老婆|爸|妈|父亲|母亲|邻居|女孩|男孩|姑娘|小伙|工人|师傅|同学|学生|宝宝|婴儿)"

PATTERNS: dict[EmergencyKind, tuple[str, ...]] = {
    EmergencyKind.SELF_HARM: (
        r"不想活|活不下去|活着(?:真|好|太)?(?:没|没有|没啥|没什么)(?:意思|意义|劲)|不如死了|想死|想(?:去)?自杀|要自杀|准备自杀|(?:想|要)跳(?:楼|河|江|桥)|"
        r"割腕|割了?手腕|轻生|寻短见|结束(?:自己的?|我的?|这)(?:生命|一生|一切)|了结(?:自己|这一生|一切)|一了百了|"
        r"(?:吞|吃|喝)了?(?:一整?瓶|很多|好多|大把|一把)?(?:安眠药|农药|百草枯|敌敌畏)|站在?(?:楼顶|天台|桥).{0,6}(?:跳|不下来)|"
        r"遗书(?:都)?写好|死了(?:就|才)(?:解脱|清净|好)|没有?(?:我|了我).{0,6}(?:更好|就好了)|撑不下去了|不想醒(?:来|过来)|离开这个世界|自杀",
    ),
    EmergencyKind.FIRE: (
        r"(?:着|起|失)火(?:了|啦|咯|喽|嘞|叻|哒|！|!|$|，)|(?:着|起)大火|烧起来|燃起来|火(?:烧得?|势|苗|光)(?:很|好|太|越)?(?:大|猛|旺|蹿|窜|冲)|"
        r"(?:正在|在)(?:着火|燃烧|失火|起火)|(?:冒|冒出|冒着|冒起|全是|都是|滚滚)(?:浓|黑|大)烟|浓烟(?:滚滚|特别|很)|爆炸(?:了|啦|！|!|$)|(?:自燃|烧着)了",
    ),
    EmergencyKind.GAS: (
        r"(?:煤气|燃气|天然气|瓦斯|液化气|气罐|煤气罐)(?:管子?|管道|阀门|灶|表|罐)?(?:好像|可能|正在|在|一直|大量|是不是)*(?:泄漏|泄露|漏气|漏了|跑气|嘶嘶|呲呲)(?!.{0,3}(?:报警器|检测))|"
        r"(?:闻到|闻见|有|一股|全是|都是|好浓|好大|很大|很浓|很重|浓浓)(?:的|股|一股|很浓|很重|好大|特别大|好浓)*(?:的)?(?:煤气|燃气|天然气|液化气|臭鸡蛋)(?:的)?味|"
        r"(?:煤气|燃气|天然气|液化气)味(?:儿|道)?(?:很|好|特别|非常|太|越来越|老|贼)(?:大|浓|重|冲)|(?:煤气|一氧化碳)中毒",
    ),
    EmergencyKind.TRAPPED: (
        rf"(?:困|关|卡|锁)在?(?:了)?(?:电梯|轿厢)|电梯(?:里|内)?.{{0,8}}(?:困|关|卡)(?:住|着)?了?{PERSON}|{PERSON}.{{0,8}}(?:被)?(?:困|卡|关|锁)在?(?:了)?(?:电梯|里面|屋里|家里|车里|井里|火场|水里|洞里)|"
        rf"(?:掉|落|跌|滑)(?:进|到|下|入|了)+.{{0,3}}(?:水|河|湖|井|塘|江|坑|池)(?:里|中|去)?|落水|溺水|快?淹(?:死|着)(?:了|人)|被水(?:冲走|困)|(?:埋|压)在?(?:下面|底下|里面|废墟)|"
        r"(?:房子|楼|墙|楼板|脚手架|围墙|阳台)(?:塌|垮|倒塌|坍塌)了?.{0,8}(?:压|埋|砸)|(?:塌|垮)了.{0,4}(?:有人|埋)",
    ),
    EmergencyKind.CRIME: (
        r"(?:有人|他|她|邻居|男的|对方|老公|丈夫|前夫|他们)?.{0,4}(?:拿|持|提|举|挥|带)着?(?:刀|菜刀|砍刀|凶器|棍子?|枪).{0,8}(?:砍|追|威胁|捅|打|伤|闹|要|冲|人)|"
        r"(?:正在|在|又在|被人?|往死里|拼命)(?:打我|打人|打老婆|打孩子|殴打|砍人|捅|群殴|抢劫|抢我|强奸|家暴)|打起来了|打(?:得|的)?(?:头破血流|满(?:头|脸|地)?(?:是|都是)?血)|"
        r"(?:捅|砍)(?:人|伤|了|死)(?:了|啦|人|！|$)|(?:杀人|抢劫|绑架)(?:了|啦|！|!|$)|(?:有人|小偷|陌生人|贼).{0,6}(?:撬|正在偷|在偷|翻(?:进|窗)|闯|砸)(?:进|门|我|锁|窗|车|东西|电)|"
        r"(?:跟踪|尾随)(?:着)?我|(?:要|想)(?:杀|砍死|弄死|打死)(?:我|人|我们)|救命.{0,10}(?:打|杀|砍)|他(?:要)?(?:打死|掐)我",
    ),
    EmergencyKind.MEDICAL: (
        rf"(?:晕|昏)(?:倒|迷|厥)?(?:了|过去|不醒)|(?:晕|昏|摔|跌)倒.{{0,6}}(?:了|不醒|不动|起不来|没反应|没知觉)|倒在?地.{{0,8}}(?:不醒|不动|起不来|抽)|叫不醒|没有?(?:了)?(?:呼吸|心跳|脉搏|意识)|(?:喘|透)不(?:过|上)(?:来)?气|呼吸不了|"
        rf"心(?:脏病|梗|肌梗死|绞痛).{{0,6}}(?:发作|犯|倒|疼)|胸口.{{0,4}}(?:疼|痛|闷)得?.{{0,4}}(?:厉害|要命|受不了|冒汗)|中风了|脑(?:溢血|梗|出血|卒中)(?:了|发作)|抽搐|口吐白沫|羊癫疯犯|"
        rf"(?:大出血|流了?(?:好多|很多|一地|满地)血|血流不止|止不住血|全是血|吐血)|(?:噎|卡)(?:住|着)了?.{{0,4}}(?:喘不|脸(?:都)?(?:紫|青|白)|喉|嗓|没气)|羊水破|(?:要|快|马上)(?:要)?生了(?!.{{0,2}}(?:育|孩子.{{0,6}}(?:办|准生)))|"
        rf"(?:误食|误服|误喝|喝了|吃了).{{0,6}}(?:洗洁精|消毒水|老鼠药|农药|洁厕)|{PERSON}.{{0,6}}(?:快不行|不行了|没气|断气|休克)|(?:被|让).{{0,5}}(?:砸|烫|烧|咬|割)(?:伤|得|成)?.{{0,6}}(?:昏|晕|全是血|流血不止|很严重|站不起来)|从.{{0,6}}楼(?:上)?(?:掉|摔|坠|跳)(?:了)?下来",
    ),
    EmergencyKind.TRAFFIC: (
        rf"(?:撞|轧|压|碾)(?:到|了|倒|伤|死|飞)(?:了)?(?:一个|个|一)?{PERSON}|{PERSON}.{{0,6}}被.{{0,6}}(?:车|汽车|货车|电动车|摩托车?|公交车?)(?:给)?(?:撞|轧|碾|压)|"
        rf"(?:车祸|撞车|追尾|两车相撞|翻车|撞一起|撞上).{{0,14}}(?:伤|流血|出血|困|昏|晕|不动|躺|起不来|死)|出车祸(?:了|啦|！|!|$)",
    ),
    EmergencyKind.ELECTRIC: (
        rf"触电(?:了|倒|，|！|$)|{PERSON}.{{0,6}}(?:被)?(?:电|电线)(?:到|打|击|着|电)(?:了|倒|中)?(?!话|动|视|脑)|(?:高压线|电线|电缆|电线杆)(?:掉|断|垂|落|倒)(?:下来|在|到|了)?.{{0,10}}(?:地|水|路|冒火|打火|火花|带电|通着电|人)|"
        r"(?:电线|配电箱|电箱|变压器|电表箱?|插座|开关).{0,4}(?:正在|一直|在|噼里啪啦)?(?:冒火|打火|冒烟|火花|爆了|炸了)|水里(?:有|带|通)(?:着)?电",
    ),
    EmergencyKind.LOST: (
        r"(?:孩子|小孩|娃|娃娃|孙子|孙女|儿子|女儿|老人|老头|老太太?|我妈|我爸|奶奶|爷爷|老伴|母亲|父亲|姥姥|姥爷|外婆|外公|宝宝).{0,12}(?:走丢|走失|丢了|不见了|找不(?:到|着)了|失踪|联系不上|没(?:有)?回来|被(?:人)?(?:抱|拐|带)走)",
    ),
}

NOT_NOW = re.compile(
    r"隐患|容易|担心|怕|害怕|万一|如果|要是|假如|一旦|可能会|会不会|以防|避免|防止|预防|严禁|禁止|风险|危险性|"
    r"多次|经常|天天|每天|每晚|常年|长期|频繁|屡|家常便饭|差点|险些|曾|以前|去年|前年|上次|上个?月|上周|前几天|那次|那年|之前|当时|后来|已经(?:扑灭|处理|抓|送|出院|康复|解决)|扑灭|幸好|幸亏|还好|"
    r"演练|演习|培训|宣传|讲座|电影|电视|电视剧|小说|游戏|新闻|视频里|剧里|歌|报道|"
    r"怎么(?:办理|申请|报销|赔|赔偿|认定|预防|识别|处罚)|如何(?:办理|申请|报销|预防|认定|处罚)|报警器|灭火器|消火栓|消防(?:通道|设施|栓|车道)|"
    r"补助|补贴|报销|保险|鉴定|工伤|残疾|低保|判|赔偿|是什么意思|标语|海报|(?:年|月|日)(?:\d|[，,]|在|于|发生)"
)
CRY = re.compile(
    r"救命|救救|快来人|来人啊|快来|快点?来|赶紧来|赶快来|正在|现在|马上|刚刚|刚才|怎么办啊|咋办啊|求救|急急|快快|快派|叫救护车|打120|打119|打110|还在(?:烧|冒|漏|打)"
)
QUESTION_OF_RULE = re.compile(
    r"(?:可以|能不能|能否|是不是|算不算|违法吗|犯法|怎么罚|罚多少|判几年|多少钱|什么标准|哪个部门|归谁管|谁(?:来)?管|怎么举报|怎么认定)"
)
# Figures of speech: nothing here asks for help.
FIGURATIVE = re.compile(
    r"(?:热|累|困|饿|笑|气|烦|吵|冻|渴|痒|臭|堵|丑|美|忙|冷)(?:得|的)?(?:我|人|都)?(?:快|要|想)*(?:死|不想活|活不下去|喘不过气|透不过气)(?:了|我|人)?|想死(?:你|您|我了你|个人)|"
    r"(?:商铺|店铺|生意|厂|企业|公司|店|饭店|小店|商户|村民|农民|老百姓|百姓|业主).{0,12}(?:撑不下去|活不下去)|(?:火|爆)(?:爆|了|红)(?:全网|网络|整个)|发火|上火|恼火|窝火|眼红|火锅|火车|"
    r"死(?:机|心|角|板|循环|路|党|亡证明)|打(?:电话|扫|卡|算|折|车|针|牌|麻将|水|球|印)|自杀式"
)
SENTENCE = re.compile(r"[^。！？!?；;\n]+[。！？!?；;\n]?")
COMPILED = {kind: tuple(re.compile(p) for p in PATTERNS[kind]) for kind in CALLS}


def find_emergency(text: str) -> Emergency | None:
    """The most urgent emergency that is happening now, or None.

    Args:
        text: what the resident wrote, normalised (``nlu.text.normalise``).

    Returns:
        The first kind, in the order of ``CALLS``, of which some sentence speaks as present.
    """
    found: dict[EmergencyKind, Emergency] = {}
    for sentence in SENTENCE.finditer(text):
        said = FIGURATIVE.sub(lambda m: "〇" * len(m.group(0)), sentence.group(0))
        cries = CRY.search(said) is not None
        if not cries and (NOT_NOW.search(said) or QUESTION_OF_RULE.search(said)):
            continue
        for kind, patterns in COMPILED.items():
            match = next((m for p in patterns if (m := p.search(said))), None)
            if match and kind not in found:
                at = sentence.start()
                found[kind] = Emergency(kind, at + match.start(), at + match.end(), CALLS[kind])
    return next((found[kind] for kind in CALLS if kind in found), None)
