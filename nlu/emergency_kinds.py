"""Kinds of emergencies, and the numbers to call.

110, 119, 120, 122 are the national lines; 12356 is the national psychological help line
(National Health Commission, in use since 1 January 2025); 95598 is the State Grid's repair line.
"""

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


POLICE, FIRE, AMBULANCE = Call("报警", "110"), Call("消防救援", "119"), Call("医疗急救", "120")
TRAFFIC, MIND = Call("交通事故", "122"), Call("心理援助热线", "12356")
POWER = Call("电力抢修", "95598")

CALLS = {
    EmergencyKind.SELF_HARM: (MIND, AMBULANCE, POLICE),
    EmergencyKind.TRAFFIC: (AMBULANCE, TRAFFIC, FIRE),
    EmergencyKind.ELECTRIC: (POWER, FIRE, AMBULANCE),
    EmergencyKind.TRAPPED: (FIRE, AMBULANCE, POLICE),
    EmergencyKind.FIRE: (FIRE, AMBULANCE),
    EmergencyKind.GAS: (FIRE, AMBULANCE),
    EmergencyKind.LOST: (POLICE,),
    EmergencyKind.CRIME: (POLICE, AMBULANCE),
    EmergencyKind.MEDICAL: (AMBULANCE,),
}
"""Whom to call, by kind.

Of several kinds the first here is told: causes before what they do to people, whose numbers
have the ambulance among them.
"""
