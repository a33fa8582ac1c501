// The residents' page: wires what is written, sent, answered and shown.

import { Refused, Unreachable, transcript } from "./api.js";
import { ask } from "./ask.js";
import { notify } from "./attention.js";
import { clear as clearDraft, openComposer, returnTo, write } from "./composer.js";
import * as device from "./conversation.js";
import { Delivery } from "./delivery.js";
import { fill, list } from "./element.js";
import * as log from "./log.js";
import { linliMessage, mark, operatorMessage, residentMessage } from "./message.js";
import { announce, showConnection } from "./notice.js";
import { Outbox } from "./outbox.js";
import { newId } from "./shelf.js";
import { Stream } from "./stream.js";
import texts from "./texts.js";
import { openTypeSize } from "./type_size.js";

const outbox = new Outbox();
const bubbles = new Map(); // message_id → the resident's own, as long as it is on its way
const turns = new Set(); // message_ids this page has sent: their replies come with the answer
let conversation = device.current();
let recalled = conversation === null; // whether the past is on the page
let seen = 0; // the last row of the transcript

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
  const entry = {
    conversation_id: conversation,
    message_id: newId(),
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
  delivery.hurry();
}

function markRefused(entry) {
  const bubble = bubbles.get(entry.message_id);
  if (!bubble) return;
  const drop = () => {
    outbox.remove(entry.message_id);
    bubbles.delete(entry.message_id);
    turns.delete(entry.message_id); // should it have been answered after all, that is news
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

/** What is written before a conversation has begun goes into the one that does. */
function adopt(name) {
  if (typeof name !== "string" || !name || name === conversation) return;
  outbox.move(conversation, name);
  conversation = name;
  device.keep(name);
  stream.hurry();
}

/** The way back is lost: the cookie ran out, or another page of this device began afresh. */
function lose() {
  const unsent = outbox.of(conversation);
  const kept = device.current();
  outbox.move(conversation, kept === conversation ? null : kept);
  if (kept === conversation) device.drop();
  follow(kept === conversation ? null : kept);
  if (conversation === null && !unsent.length) log.note(texts.fresh.lost);
}

const delivery = new Delivery(outbox, {
  begin: () => device.begin(),
  begun: adopt,
  progress(entry, part) {
    const bubble = bubbles.get(entry.message_id);
    const told = fill(texts.state.travelling, { percent: Math.round(part * 100) });
    if (bubble && part < 1) mark(bubble, "travelling", told);
    else if (bubble) mark(bubble, "sending", texts.state.sending);
  },
  gone: lose,
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
    const replies = list(answer.replies).map((reply) => linliMessage(reply, choose));
    log.appendReplies(replies);
    notify(replies.length);
    stream.hurry();
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
  if (row.from === "resident") return residentMessage(row);
  return row.from === "operator" ? operatorMessage(row, choose) : linliMessage(row, choose);
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

/** A row that comes unasked: of another page, of an operator, or news of a ticket. */
function showNews(rows) {
  const fresh = rows.filter((row) => row.id > seen);
  seen = Math.max(seen, ...fresh.map((row) => row.id));
  const strange = fresh.filter((row) => row.from === "operator" || !turns.has(row.message_id));
  log.appendNews(strange.map(shownRow));
  notify(strange.filter((row) => row.from !== "resident").length);
}

async function rowsOf(name, cursor) {
  const found = [];
  for (let more = true; more;) {
    const rows = await transcript(name, cursor);
    cursor = Math.max(cursor, ...rows.map((row) => row.id));
    found.push(...rows);
    more = rows.length > 0;
  }
  return found;
}

/** The past when the page opens, and what was said while no stream was open. */
async function catchUp() {
  const before = conversation;
  try {
    const rows = await rowsOf(before, seen);
    if (conversation !== before) throw new Unreachable();
    if (recalled) {
      showNews(rows);
    } else {
      seen = Math.max(seen, ...rows.map((row) => row.id));
      showHistory(rows);
    }
    recalled = true;
    if (!outbox.next()) showConnection(false);
  } catch (fault) {
    if (fault instanceof Refused && conversation === before) lose();
    else if (!recalled) showConnection(true);
    throw fault;
  }
}

const stream = new Stream({
  catchUp,
  where: () => (conversation === null ? null : { conversation, seen }),
  line: (row) => showNews([row]),
});

// The controls

/** Show another conversation of this device, or an empty page. */
function follow(name) {
  stream.close();
  conversation = name;
  recalled = name === null;
  seen = 0;
  bubbles.clear();
  turns.clear();
  log.empty();
  showConnection(false);
  showPending();
  stream.hurry();
}

async function startAfresh() {
  const unsent = outbox.of(conversation);
  const warning = unsent.length ? fill(texts.fresh.unsent, { count: unsent.length }) : "";
  const answer = await ask({
    title: texts.fresh.title, note: texts.fresh.note + warning,
    yes: texts.fresh.yes, no: texts.fresh.no,
  });
  if (answer === null) return;
  for (const entry of outbox.of(conversation)) outbox.remove(entry.message_id);
  clearDraft();
  device.leave();
  follow(null);
  announce(texts.fresh.done);
}

/** Another page of this device began a conversation, or cleared it away. */
device.watch((name) => {
  if (name === conversation) return;
  if (conversation === null) adopt(name);
  else {
    for (const entry of outbox.of(conversation)) outbox.remove(entry.message_id);
    if (name === null) clearDraft();
    follow(name);
  }
});

document.getElementById("fresh").addEventListener("click", startAfresh);
for (const question of document.querySelectorAll("#quick button")) {
  question.addEventListener("click", () => choose(question.textContent, question.textContent));
}

addEventListener("offline", () => showConnection(true));
addEventListener("online", () => {
  if (!outbox.next()) showConnection(false);
  device.settle();
});

device.settle();
openTypeSize();
openComposer(send);
showPending();
await stream.hurry();
delivery.hurry();
