"""Settings of the whole suite."""

from hypothesis import settings

# A shared machine may be slow for a moment; speed is measured by ``make bench``.
settings.register_profile("linli", deadline=None)
settings.load_profile("linli")
