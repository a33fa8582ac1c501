// The log: what has been said, in order, and where the reader is in it.

import { element } from "./element.js";

const log = document.getElementById("log");
const typing = document.getElementById("typing");
const newest = document.getElementById("newest");
const bar = document.querySelector(".bar");
const composer = document.getElementById("composer");
const NEAR = 160; // pixels from the end that still count as reading the end

let unread = null;
let place = scrollY; // where the reader is, to tell which way they move
let wentBack = false; // the reader has moved up to read again

/** Pixels that a bar hides while it sticks to its edge. */
function covered(edge) {
  return getComputedStyle(edge).position === "sticky" ? edge.offsetHeight : 0;
}

function atTheEnd() {
  return log.getBoundingClientRect().bottom <= innerHeight - covered(composer) + NEAR;
}

/** A long answer is shown from its first line, a short one whole. */
function bringIntoView(first, last) {
  const room = innerHeight - covered(bar) - covered(composer);
  const needed = last.getBoundingClientRect().bottom - first.getBoundingClientRect().top;
  wentBack = false;
  if (needed > room) first.scrollIntoView({ block: "start" });
  else last.scrollIntoView({ block: "end" });
}

function append(elements, follow) {
  if (!elements.length) return;
  for (const urgent of elements.filter((one) => one.classList.contains("urgent"))) {
    urgent.setAttribute("role", "alert");
  }
  log.append(...elements);
  document.body.dataset.begun = "";
  if (follow) {
    bringIntoView(elements[0], elements.at(-1));
  } else {
    unread ??= elements[0];
    newest.hidden = false;
  }
}

export function appendOwn(elements) {
  append(elements, true);
}

export function appendReplies(elements) {
  append(elements, !wentBack || atTheEnd());
}

/** Nobody waits for news, so whoever is still reading is not moved. */
export function appendNews(elements) {
  append(elements, atTheEnd());
}

/** A word of the page itself. */
export function note(text) {
  append([element("p", { class: "note" }, text)], true);
}

/** What was said before this page opened; nobody wants it read aloud again. */
export function prepend(elements) {
  if (!elements.length) return;
  log.setAttribute("aria-live", "off");
  log.prepend(...elements);
  document.body.dataset.begun = "";
  scrollTo({ top: document.documentElement.scrollHeight, behavior: "instant" });
  setTimeout(() => log.setAttribute("aria-live", "polite"), 500);
}

export function empty() {
  log.replaceChildren();
  delete document.body.dataset.begun;
  waitForReply(false);
  newest.hidden = true;
  unread = null;
  scrollTo({ top: 0 });
}

export function withdrawChoices() {
  for (const row of log.querySelectorAll(".choices")) row.remove();
}

export function waitForReply(waiting) {
  typing.hidden = !waiting;
}

function hasBegunToShow(one) {
  return one.getBoundingClientRect().top < innerHeight - covered(composer);
}

newest.addEventListener("click", () => {
  unread?.scrollIntoView({ block: "start" });
  unread?.setAttribute("tabindex", "-1");
  unread?.focus({ preventScroll: true });
  unread = null;
  newest.hidden = true;
});

addEventListener("scroll", () => {
  wentBack = !atTheEnd() && (wentBack || scrollY < place);
  place = scrollY;
  // A scroll begun before the news arrived may be told of after it.
  if (!unread || wentBack || !hasBegunToShow(unread)) return;
  unread = null;
  newest.hidden = true;
}, { passive: true });

const measured = new ResizeObserver(() => {
  const page = document.documentElement.style;
  page.setProperty("--bar", `${covered(bar)}px`);
  page.setProperty("--composer", `${covered(composer)}px`);
});
measured.observe(bar);
measured.observe(composer);
