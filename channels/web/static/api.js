// The requests this page makes.

const MESSAGES = "/api/chat/messages";
const CONVERSATIONS = "/api/chat/conversations";
const JSON_TYPE = { "Content-Type": "application/json" };
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
  try {
    return await read(() => fetch(path, {
      ...options, cache: "no-store", redirect: "error", signal: stop.signal,
    }));
  } finally {
    clearTimeout(timer);
  }
}

/** What came back, or the fault it means; ask: → a response */
async function read(ask) {
  let response;
  let body;
  try {
    response = await ask();
    body = response.status === 204 ? null : await response.json();
  } catch {
    if (!response || response.ok || PASSING.has(response.status)) {
      throw new Unreachable({ status: response?.ok ? 0 : response?.status });
    }
  }
  if (response.ok) return body;
  const message = typeof body?.error?.message === "string" ? body.error.message : "";
  if (PASSING.has(response.status)) {
    const wait = Number(response.headers.get("Retry-After")) || 0;
    throw new Unreachable({ status: response.status, message, wait });
  }
  throw new Refused(response.status, message);
}

/** What a picture takes to travel nobody knows: it is given up when nothing moves any more. */
function upload(path, body, progress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    let timer;
    const moving = () => {
      clearTimeout(timer);
      timer = setTimeout(() => request.abort(), PATIENCE);
    };
    const ended = () => {
      clearTimeout(timer);
      if (request.status === 0) reject(new Unreachable());
      else resolve(new Response(request.response, {
        status: request.status,
        headers: { "Retry-After": request.getResponseHeader("Retry-After") ?? "" },
      }));
    };
    request.upload.addEventListener("progress", ({ loaded, total }) => {
      moving();
      if (total) progress(loaded / total);
    });
    for (const end of ["load", "error", "abort"]) request.addEventListener(end, ended);
    request.open("POST", path);
    request.setRequestHeader("Content-Type", "application/json");
    request.send(body);
    moving();
  });
}

/**
 * entry of the outbox → {conversation_id, replies}
 * progress: called with the part of a picture that has travelled, 0 to 1
 */
export async function post({ conversation_id, message_id, text, location, image }, progress) {
  const body = JSON.stringify({
    conversation_id: conversation_id ?? undefined, message_id, text, location, image,
  });
  const answer = image
    ? await read(() => upload(MESSAGES, body, progress))
    : await request(MESSAGES, { method: "POST", headers: JSON_TYPE, body });
  if (!Array.isArray(answer?.replies)) throw new Unreachable();
  return answer;
}

/** → the name of a new conversation, which this browser now holds the cookie of */
export async function beginConversation() {
  const answer = await request(CONVERSATIONS, { method: "POST" });
  if (typeof answer?.conversation_id !== "string") throw new Unreachable();
  return answer.conversation_id;
}

export async function leaveConversation() {
  await request(`${CONVERSATIONS}/leave`, { method: "POST", keepalive: true });
}

export function addressOf(conversation) {
  return `${CONVERSATIONS}/${encodeURIComponent(conversation)}`;
}

/** → rows {id, from, message_id, text, …} after the given id */
export async function transcript(conversation, after) {
  const answer = await request(`${addressOf(conversation)}/messages?after=${after}`);
  return Array.isArray(answer?.messages) ? answer.messages : [];
}
