// The two requests this page makes.

const PATIENCE = 30_000; // milliseconds
const PASSING = new Set([408, 409, 425, 429, 500, 502, 503, 504]);

/** The service understood and said no; repeating will not help. */
export class Refused extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** No answer worth the name; the same message may be repeated. */
export class Unreachable extends Error {
  constructor({ status = 0, message = "", wait = 0 } = {}) {
    super(message);
    this.status = status;
    this.wait = wait; // seconds the service asks for
  }
}

async function request(path, options = {}) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE);
  let response;
  let body;
  try {
    response = await fetch(path, {
      ...options, cache: "no-store", redirect: "error", signal: stop.signal,
    });
    body = await response.json();
  } catch {
    if (!response || response.ok || PASSING.has(response.status)) {
      throw new Unreachable({ status: response?.ok ? 0 : response?.status });
    }
  } finally {
    clearTimeout(timer);
  }
  if (response.ok) return body;
  const message = typeof body?.error?.message === "string" ? body.error.message : "";
  if (PASSING.has(response.status)) {
    const wait = Number(response.headers.get("Retry-After")) || 0;
    throw new Unreachable({ status: response.status, message, wait });
  }
  throw new Refused(response.status, message);
}

/** entry of the outbox → {conversation_id, replies} */
export async function post({ conversation_id, message_id, text, location, image }) {
  const answer = await request("/api/chat/messages", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ conversation_id, message_id, text, location, image }),
  });
  if (!Array.isArray(answer?.replies)) throw new Unreachable();
  return answer;
}

/** → rows {id, from, message_id, text, …} after the given id; a conversation not begun has none. */
export async function transcript(conversationId, after) {
  try {
    const path = `/api/chat/conversations/${encodeURIComponent(conversationId)}/messages`;
    const answer = await request(`${path}?after=${after}`);
    return Array.isArray(answer?.messages) ? answer.messages : [];
  } catch (fault) {
    if (fault instanceof Refused && fault.status === 404) return [];
    throw fault;
  }
}
