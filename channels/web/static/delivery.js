// Sends the outbox in order, one message at a time, and repeats with the same message_id
// until the service has answered.

import { Refused, post } from "./api.js";

const PAUSES = [1, 2, 4, 8, 15, 30]; // seconds
const FAULTS_OF_THE_SERVICE = 4; // after so many, a message no longer holds up the others

/** listener: {sending, delivered, waiting, refused}, each called with the entry first. */
export class Delivery {
  #outbox;
  #listener;
  #running = false;
  #failures = 0;
  #faults = 0;
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
      const { answer, fault } = await post(entry).then(
        (answer) => ({ answer }),
        (fault) => ({ fault }),
      );
      if (answer) {
        this.#settle();
        this.#listener.delivered(entry, answer);
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

  #settle() {
    this.#failures = 0;
    this.#faults = 0;
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
