// The residents' page: wires what is written, sent, answered and shown.

import { Unreachable, transcript } from "./api.js";
import { ask } from "./ask.js";
import { fit, openComposer, returnTo, write } from "./composer.js";
import { Delivery } from "./delivery.js";
import { fill, list } from "./element.js";
import * as log from "./log.js";
import { linliMessage, mark, residentMessage } from "./message.js";
import { Outbox } from "./outbox.js";
import * as shelf from "./shelf.js";
import texts from "./texts.js";

const CONVERSATION = "linli.conversation";
const LARGE_TYPE = "linli.large_type";
const LOOK_AGAIN = { soon: 10_000, later: 60_000, busyFor: 300_000 }; // milliseconds

const outbox = new Outbox();
const bubbles = new Map(); // message_id → the resident's own, as long as it is on its way
const turns = new Set(); // message_ids this page has sent: their replies come with the answer
let conversation = shelf.read(CONVERSATION);
let recalled = conversation === null; // whether the past is on the page
let looking = false;
let seen = 0; // the last row of the transcript
let active = Date.now();
let lookTimer;

// Telling

const connection = document.getElementById("connection");
const notice = document.getElementById("notice");

function announce(text) {
  notice.textContent = text;
}

function showConnection(lost) {
  if (connection.hidden === !lost) return;
  connection.hidden = !lost;
  connection.textContent = lost ? texts.connection.lost : "";
  announce(lost ? texts.connection.lost : texts.connection.restored);
}

// Sending

function choose(text, shown) {
  send({ text }, shown);
}

function showOwn(entry) {
  const bubble = residentMessage(entry);
  bubbles.set(entry.message_id, bubble);
  turns.add(entry.message_id);
  return bubble;
}

function send(content, shown) {
  if (!conversation) {
    conversation = shelf.newId();
    recalled = true;
    shelf.write(CONVERSATION, conversation);
  }
  const entry = {
    conversation_id: conversation,
    message_id: shelf.newId(),
    at: Math.max(Date.now(), outbox.latest() + 1),
    shown,
    ...content,
  };
  outbox.put(entry);
  log.withdrawChoices();
  const bubble = showOwn(entry);
  mark(bubble, "sending", texts.state.sending);
  log.appendOwn([bubble]);
  if (shown !== undefined) {
    bubble.setAttribute("tabindex", "-1");
    returnTo(bubble);
  }
  active = Date.now();
  delivery.hurry();
}

function markRefused(entry) {
  const bubble = bubbles.get(entry.message_id);
  if (!bubble) return;
  const drop = () => {
    outbox.remove(entry.message_id);
    bubbles.delete(entry.message_id);
    bubble.remove();
  };
  const again = () => {
    outbox.put({ ...entry, refused: undefined });
    delivery.hurry();
  };
  const edit = () => {
    drop();
    write(entry.text);
  };
  const told = fill(texts.state.refused, { reason: entry.refused });
  mark(bubble, "refused", told, [
    [texts.state.again, again],
    ...(entry.text ? [[texts.state.edit, edit]] : []),
    [texts.state.drop, () => { drop(); returnTo(document.getElementById("log")); }],
  ]);
}

/** The service may prefer a conversation id of its own. */
function adopt(given) {
  if (typeof given !== "string" || !given || given === conversation) return;
  outbox.move(conversation, given);
  conversation = given;
  shelf.write(CONVERSATION, conversation);
}

const delivery = new Delivery(outbox, {
  sending(entry) {
    const bubble = bubbles.get(entry.message_id);
    if (!bubble) return;
    if (bubble.dataset.state !== "sending") mark(bubble, "sending", texts.state.sending);
    log.waitForReply(true);
  },
  delivered(entry, answer) {
    showConnection(false);
    outbox.remove(entry.message_id);
    const bubble = bubbles.get(entry.message_id);
    if (!bubble) return;
    bubbles.delete(entry.message_id);
    adopt(answer.conversation_id);
    mark(bubble, "delivered");
    log.waitForReply(false);
    log.appendReplies(list(answer.replies).map((reply) => linliMessage(reply, choose)));
    active = Date.now();
    if (recalled) lookLater();
    else look();
  },
  waiting(entry) {
    showConnection(true);
    log.waitForReply(false);
    const bubble = bubbles.get(entry.message_id);
    if (!bubble) return;
    const told = outbox.outlivesPage(entry.message_id) ? texts.state.waiting : texts.state.keep_open;
    mark(bubble, "waiting", told, [[texts.state.retry, () => delivery.hurry()]]);
  },
  refused(entry, reason) {
    showConnection(false);
    log.waitForReply(false);
    const refused = { ...entry, refused: reason || texts.state.reason_unknown };
    outbox.put(refused);
    markRefused(refused);
    announce(fill(texts.state.refused, { reason: refused.refused }));
  },
});

// The transcript: what was said before, and what arrives without being asked for

function showPending() {
  const waiting = outbox.of(conversation);
  log.appendOwn(waiting.map(showOwn));
  for (const entry of waiting) {
    if (entry.refused === undefined) {
      mark(bubbles.get(entry.message_id), "sending", texts.state.sending);
    } else {
      markRefused(entry);
    }
  }
}

function shownRow(row) {
  return row.from === "resident" ? residentMessage(row) : linliMessage(row, choose);
}

/** A message that was answered after all, while its page was gone. */
function settleAnswered(rows) {
  for (const { from, message_id: messageId } of rows) {
    if (from !== "linli" || !bubbles.has(messageId)) continue;
    outbox.remove(messageId);
    bubbles.get(messageId).remove();
    bubbles.delete(messageId);
    turns.delete(messageId);
  }
}

function showHistory(rows) {
  settleAnswered(rows);
  const past = rows.filter((row) => !turns.has(row.message_id));
  const lastOwn = bubbles.size
    ? past.length
    : past.findLastIndex((row) => row.from === "resident");
  log.prepend(past.map((row, place) => shownRow(place < lastOwn ? { ...row, buttons: [] } : row)));
}

/** Rows of another page or of nobody's turn, a ticket that is done for example. */
function showNews(rows) {
  const strange = rows.filter((row) => "message_id" in row && !turns.has(row.message_id));
  log.appendNews(strange.map(shownRow));
  if (strange.length) active = Date.now();
}

async function rowsSince(cursor) {
  const found = [];
  for (let more = true; more;) {
    const rows = await transcript(conversation, cursor);
    cursor = Math.max(cursor, ...rows.map((row) => row.id));
    found.push(...rows);
    more = rows.length > 0;
  }
  return found;
}

async function look() {
  clearTimeout(lookTimer);
  if (looking || !conversation || (recalled && document.hidden)) return;
  looking = true;
  const before = conversation;
  try {
    const rows = await rowsSince(seen);
    if (conversation === before) {
      seen = Math.max(seen, ...rows.map((row) => row.id));
      (recalled ? showNews : showHistory)(rows);
      recalled = true;
      if (!outbox.next()) showConnection(false);
    }
  } catch (fault) {
    if (fault instanceof Unreachable && !recalled) showConnection(true);
    else if (!(fault instanceof Unreachable)) recalled = true;
  }
  looking = false;
  lookLater();
}

function lookLater() {
  clearTimeout(lookTimer);
  const busy = Date.now() - active < LOOK_AGAIN.busyFor;
  lookTimer = setTimeout(look, busy ? LOOK_AGAIN.soon : LOOK_AGAIN.later);
}

document.addEventListener("visibilitychange", () => { if (!document.hidden) look(); });

// The controls

async function startAfresh() {
  const unsent = outbox.of(conversation);
  const warning = unsent.length ? fill(texts.fresh.unsent, { count: unsent.length }) : "";
  const agreed = await ask({
    title: texts.fresh.title, note: texts.fresh.note + warning,
    yes: texts.fresh.yes, no: texts.fresh.no,
  });
  if (!agreed) return;
  for (const entry of outbox.of(conversation)) outbox.remove(entry.message_id);
  clearTimeout(lookTimer);
  shelf.forget(CONVERSATION);
  conversation = null;
  recalled = true;
  seen = 0;
  bubbles.clear();
  turns.clear();
  log.empty();
  showConnection(false);
  announce(texts.fresh.done);
}

function setLargeType(large) {
  if (large) document.documentElement.dataset.type = "large";
  else delete document.documentElement.dataset.type;
  largeType.setAttribute("aria-pressed", String(large));
  fit();
}

const largeType = document.getElementById("large-type");
setLargeType(shelf.read(LARGE_TYPE) === "yes");
largeType.addEventListener("click", () => {
  const large = largeType.getAttribute("aria-pressed") !== "true";
  shelf.write(LARGE_TYPE, large ? "yes" : "no");
  setLargeType(large);
});

document.getElementById("fresh").addEventListener("click", startAfresh);
for (const question of document.querySelectorAll("#quick button")) {
  question.addEventListener("click", () => choose(question.textContent, question.textContent));
}

addEventListener("offline", () => showConnection(true));
addEventListener("online", () => {
  if (!outbox.next()) showConnection(false);
  look();
});

openComposer(send);
if (conversation) showPending();
await look();
delivery.hurry();
