"""What the program counts about itself; docs/metrics.md says what each means."""

from prometheus_client import Counter, Gauge, Histogram

DEGRADED = Counter("linli_degraded", "Messages answered without Rasa.")
EMERGENCIES = Counter("linli_emergencies", "Emergencies recognised.", ["kind"])
ACTION_SECONDS = Histogram(
    "linli_action_seconds",
    "Seconds an action took.",
    ["action"],
    buckets=(0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.3, 1.0, 3.0),
)
INTENTS = Counter("linli_intents", "Actions called, by the intent that led to them.", ["intent"])
DELIVERIES = Counter(
    "linli_deliveries", "Errands to the case system: delivered, failed, dead.", ["result"]
)
BACKLOG = Gauge("linli_outbox", "Errands in the outbox by state.", ["state"])
RASA_READY = Gauge("linli_rasa_ready", "1 while Rasa answers, else 0.")
RASA_RESTARTS = Gauge("linli_rasa_restarts", "How often Rasa was started again.")
