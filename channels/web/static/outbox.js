// Messages the service has not answered yet. One key a message, so that two open pages
// cannot overwrite each other's.
//
// entry: {conversation_id, message_id, at, shown, refused?, text | location | image}
// conversation_id is null before the conversation has begun

import { forget, isKept, keys, read, write } from "./shelf.js";

const PREFIX = "linli.unsent.";

export class Outbox {
  #entries = [];

  constructor() {
    for (const key of keys(PREFIX)) {
      try {
        this.#entries.push(JSON.parse(read(key)));
      } catch {
        forget(key);
      }
    }
    this.#entries.sort((one, other) => one.at - other.at);
  }

  put(entry) {
    const place = this.#entries.findIndex((kept) => kept.message_id === entry.message_id);
    if (place < 0) this.#entries.push(entry);
    else this.#entries[place] = entry;
    write(PREFIX + entry.message_id, JSON.stringify(entry));
  }

  remove(messageId) {
    this.#entries = this.#entries.filter((entry) => entry.message_id !== messageId);
    forget(PREFIX + messageId);
  }

  outlivesPage(messageId) {
    return isKept(PREFIX + messageId);
  }

  find(messageId) {
    return this.#entries.find((entry) => entry.message_id === messageId);
  }

  next() {
    return this.#entries.find((entry) => entry.refused === undefined);
  }

  of(conversationId) {
    return this.#entries.filter((entry) => entry.conversation_id === conversationId);
  }

  move(from, to) {
    for (const entry of this.of(from)) this.put({ ...entry, conversation_id: to });
  }

  latest() {
    return Math.max(0, ...this.#entries.map((entry) => entry.at));
  }
}
