"""What is counted on the way in and out; docs/metrics.md says what each means."""

from prometheus_client import Counter, Gauge, Histogram

BUCKETS = (0.005, 0.01, 0.02, 0.04, 0.08, 0.15, 0.3, 0.6, 1.2, 2.5, 4.5, 10.0)

RECEIVED = Counter(
    "linli_messages_received", "Messages that arrived, repeats included.", ["channel"]
)
REPEATED = Counter("linli_messages_repeated", "Messages that had arrived before.", ["channel"])
ANSWERED = Counter(
    "linli_messages_answered",
    "Messages by how they ended: answered, refused, failed.",
    ["channel", "result"],
)
SECONDS = Histogram(
    "linli_answer_seconds", "Seconds from arrival to answer.", ["channel"], buckets=BUCKETS
)
REFUSED = Counter(
    "linli_requests_refused",
    "Requests of a platform that were not taken: forged, replayed, malformed.",
    ["channel", "why"],
)
LATE = Counter(
    "linli_answers_late",
    "Answers that were not there in time: pushed, owed, or left to a repeat.",
    ["channel", "how"],
)
TAKEN_OVER = Counter("linli_messages_taken_over", "Messages taken over from a process that died.")
SENT = Counter(
    "linli_lines_sent",
    "Lines sent by writing first: sent, later, failed, dead.",
    ["channel", "result"],
)
QUEUE = Gauge("linli_outgoing", "Lines waiting to be sent, by state.", ["channel", "state"])
INBOX = Gauge("linli_inbox", "Messages that are not answered yet.", ["channel"])
OLDEST = Gauge(
    "linli_inbox_oldest_seconds", "Age of the oldest message not answered yet.", ["channel"]
)
IN_TIME = Counter(
    "linli_answers",
    "Answers: in_time while somebody waited for them, late when nobody did any more.",
    ["channel", "when"],
)
PASS_AGE = Gauge(
    "linli_pass_age_seconds", "Seconds since a platform gave its access token.", ["account"]
)
PASS_SECONDS_LEFT = Gauge(
    "linli_pass_seconds_left", "Seconds until a platform's access token expires.", ["account"]
)
PASS_RENEWALS = Counter(
    "linli_pass_renewals", "Access tokens asked for: renewed, failed.", ["account", "result"]
)
LIMITED = Counter(
    "linli_messages_limited",
    "Messages beyond a rate: of a person, an address, or of everybody.",
    ["channel", "by"],
)
REDIS_ANSWERS = Gauge("linli_redis_answers", "1 while Redis counts the rates, else 0.")
STREAMS = Gauge("linli_streams", "Pages that are being told of new lines now.")
STREAMS_REFUSED = Counter("linli_streams_refused", "Pages for which no stream was left.")
HANDOVERS = Counter(
    "linli_handovers", "Conversations handed over to a person, by reason.", ["reason"]
)
HANDED_OVER = Gauge(
    "linli_handed_over", "Conversations waiting for a person or with one.", ["state"]
)
TAKEN_AFTER = Histogram(
    "linli_taken_after_seconds",
    "Seconds a conversation waited until a person took it.",
    buckets=(5, 15, 30, 60, 120, 300, 600, 1800),
)
