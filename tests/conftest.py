"""Settings of the whole suite."""

import os

# Sums of small tests are done sooner by one thread than by several that wait for one another,
# ten times sooner where others want the processor too. Read when torch or numpy is imported.
os.environ.setdefault("OMP_NUM_THREADS", "1")

from hypothesis import HealthCheck, settings

# A shared machine may be slow for a moment; speed is measured by ``make bench``. A run is decided
# by the code alone: the same examples each time, so that no new one stops whoever comes along.
settings.register_profile(
    "linli",
    deadline=None,
    derandomize=True,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("searching", settings.get_profile("linli"), derandomize=False)
settings.load_profile("linli")
