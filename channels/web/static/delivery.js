// Sends the outbox in order, one message at a time, and repeats with the same message_id
// until the service has answered.

import { Refused, post } from "./api.js";

const PAUSES = [1, 2, 4, 8, 15, 30]; // seconds
const FAULTS_OF_THE_SERVICE = 4; // after so many, a message no longer holds up the others

const GONE = 404; // the conversation is not this browser's

/**
 * listener: {sending, progress, delivered, waiting, refused}, each called with the entry first;
 * begin: → the name of a conversation; begun: called with it; gone: it does not hold any more
 */
export class Delivery {
  #outbox;
  #listener;
  #running = false;
  #failures = 0;
  #faults = 0;
  #begun = false; // since a message was last delivered
  #timer;

  constructor(outbox, listener) {
    this.#outbox = outbox;
    this.#listener = listener;
    addEventListener("online", () => this.hurry());
  }

  hurry() {
    clearTimeout(this.#timer);
    this.#run();
  }

  async #run() {
    if (this.#running) return;
    this.#running = true;
    for (let entry = this.#outbox.next(); entry; entry = this.#outbox.next()) {
      this.#listener.sending(entry);
      // A browser that keeps no cookie is given the key itself, with the first answer.
      const begins = entry.conversation_id === null && !this.#begun;
      const { answer, fault } = await (begins ? this.#begin() : this.#post(entry)).then(
        (answer) => ({ answer }),
        (fault) => ({ fault }),
      );
      if (answer && begins) {
        this.#begun = true;
        this.#listener.begun(answer);
      } else if (answer) {
        this.#settle();
        this.#listener.delivered(entry, answer);
      } else if (fault.status === GONE && entry.conversation_id !== null) {
        this.#listener.gone();
      } else if (this.#givenUp(fault)) {
        this.#settle();
        this.#listener.refused(entry, fault.message);
      } else {
        this.#wait(entry, fault);
        break;
      }
    }
    this.#running = false;
  }

  #begin() {
    return this.#listener.begin();
  }

  #post(entry) {
    return post(entry, (part) => this.#listener.progress(entry, part));
  }

  #settle() {
    this.#failures = 0;
    this.#faults = 0;
    this.#begun = false;
  }

  #givenUp(fault) {
    if (fault.status === 500) this.#faults += 1;
    return fault instanceof Refused || this.#faults >= FAULTS_OF_THE_SERVICE;
  }

  #wait(entry, fault) {
    const pause = PAUSES[Math.min(this.#failures, PAUSES.length - 1)];
    this.#failures += 1;
    this.#listener.waiting(entry);
    const seconds = Math.max(pause * (0.8 + 0.4 * Math.random()), fault.wait ?? 0);
    this.#timer = setTimeout(() => this.#run(), seconds * 1000);
  }
}
