"""Words said while one thinks, to be read over: 清河苑那个3号楼, 我叫陈啊小满.

Whether 那个 hesitates or points is not decided here. Who reads over it must not be misled: the
address tagger is told what was said between two characters, and has learnt what it means there.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

THINKING = "thinking"
"""What can mean nothing else; also several words in a row, which nobody says but to think."""
SAYINGS = {
    THINKING: (r"呃(?!逆)|[嗯唔诶欸]|就是说|[怎咋]么?说呢|然后呢|那个?啥|就那个|[那这]个嘛|我说"),
    "going on": r"就是|然后",
    "pointing": r"[那这]个",
    "sound": (
        r"[啊哎唉噢哦呀]|(?<![名金余差限总数定超税全满份巨小大足前])额(?![尔济敏仁木头度外定角温])|"
        r"喂(?![养食奶饲狗猫鸡鸭鱼鸟])"
    ),
}
PAUSE = re.compile("(?:" + "|".join(SAYINGS.values()) + ")+")
ALONE = {kind: re.compile(said) for kind, said in SAYINGS.items()}


@dataclass(frozen=True, slots=True)
class Fluent:
    """A text without its pauses.

    ``places[i]`` is where its character ``i`` stands in the whole text. ``pauses`` has the kind
    of pause before each character, empty where there is none, and of that at the end.
    """

    text: str
    places: Sequence[int]
    pauses: Sequence[str]


def fluent(text: str) -> Fluent:
    """``text`` without what may be hesitation."""
    spoken: list[str] = []
    places: list[int] = []
    pauses: list[str] = []
    done, pause = 0, ""
    for start, end, kind in (*pauses_in(text), (len(text), len(text), "")):
        if start > done:
            spoken.append(text[done:start])
            places += range(done, start)
            pauses += [pause, *[""] * (start - done - 1)]
            pause = ""
        done, pause = end, kind or pause
    return Fluent("".join(spoken), places, [*pauses, pause])


def pauses_in(text: str) -> list[tuple[int, int, str]]:
    """Where each begins and ends, and its kind."""
    return [(*match.span(), kind_of(match.group())) for match in PAUSE.finditer(text)]


def kind_of(said: str) -> str:
    return next((kind for kind, alone in ALONE.items() if alone.fullmatch(said)), THINKING)
