// Lines as they are said: a stream that is taken up again where it broke off.

import { addressOf } from "./api.js";

const SILENCE = 40_000; // milliseconds; the service gives a sign of life every 14 s
const FRESH = 20_000; // heard within: surely alive
const HIDDEN = 300_000; // a page that nobody sees listens so long
const PAUSES = [2, 5, 10, 20, 60]; // seconds
const LOOKS = 10; // seconds between looks where the browser knows no streams

export class Stream {
  #catchUp;
  #where;
  #line;
  #source = null;
  #connecting = false;
  #failures = 0;
  #heard = 0;
  #asleep = false;
  #timer;
  #silence;
  #bedtime;

  /**
   * catchUp: fetches what is missing; rejects where the service cannot be reached
   * where: → {conversation, seen}, or null while there is no conversation
   * line: called with every row that comes
   */
  constructor({ catchUp, where, line }) {
    this.#catchUp = catchUp;
    this.#where = where;
    this.#line = line;
    addEventListener("online", () => this.hurry());
    addEventListener("pageshow", ({ persisted }) => { if (persisted) this.hurry(); });
    document.addEventListener("visibilitychange", () => {
      clearTimeout(this.#bedtime);
      this.#asleep = false;
      if (document.hidden) this.#bedtime = setTimeout(() => this.#sleep(), HIDDEN);
      else this.hurry();
    });
  }

  /** Be connected now, unless there is no doubt of it. */
  async hurry() {
    clearTimeout(this.#timer);
    const open = this.#source !== null && this.#source.readyState === EventSource.OPEN;
    if (open && Date.now() - this.#heard < FRESH) return;
    await this.#connect();
  }

  close() {
    clearTimeout(this.#timer);
    clearTimeout(this.#silence);
    this.#source?.close();
    this.#source = null;
  }

  #sleep() {
    this.#asleep = true;
    this.close();
  }

  async #connect() {
    this.close();
    if (this.#connecting || this.#asleep || !this.#where()) return;
    this.#connecting = true;
    const reached = await this.#catchUp().then(() => true, () => false);
    this.#connecting = false;
    const where = this.#where();
    if (!where || this.#asleep) return;
    if (!reached) this.#again();
    else if (!("EventSource" in window)) this.#later(LOOKS, () => this.#connect());
    else this.#listen(where);
  }

  #listen({ conversation, seen }) {
    const source = new EventSource(`${addressOf(conversation)}/events?after=${seen}`);
    this.#source = source;
    const heard = () => {
      this.#failures = 0;
      this.#heard = Date.now();
      clearTimeout(this.#silence);
      this.#silence = setTimeout(() => this.#connect(), SILENCE);
    };
    source.addEventListener("open", heard);
    source.addEventListener("alive", heard);
    source.addEventListener("message", ({ data }) => {
      heard();
      if (this.#source === source) this.#line(JSON.parse(data));
    });
    // Too many pages are open on this conversation; this one looks now and then.
    source.addEventListener("replaced", () => {
      if (this.#source !== source) return;
      this.close();
      this.#later(PAUSES.at(-1), () => this.#connect());
    });
    source.addEventListener("error", () => {
      if (this.#source === source && source.readyState === EventSource.CLOSED) this.#again();
    });
    this.#silence = setTimeout(() => this.#connect(), SILENCE);
  }

  #again() {
    const pause = PAUSES[Math.min(this.#failures, PAUSES.length - 1)];
    this.#failures += 1;
    this.#later(pause * (0.8 + 0.4 * Math.random()), () => this.#connect());
  }

  #later(seconds, act) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(act, seconds * 1000);
  }
}
