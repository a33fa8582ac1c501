"""The time of day, injected wherever it matters."""

from collections.abc import Callable
from datetime import datetime, timezone
from zoneinfo import ZoneInfo

Clock = Callable[[], datetime]
"""Returns the present moment, timezone-aware."""

SHANGHAI = ZoneInfo("Asia/Shanghai")
"""The zone of everything a person reads or says."""


def system_clock() -> datetime:
    """The present moment in UTC, the zone of everything stored."""
    return datetime.now(timezone.utc)
