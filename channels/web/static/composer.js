// The place to write, and what else can be sent from it.

import { ask } from "./ask.js";
import { fill } from "./element.js";
import { isHeic, photograph } from "./photo.js";
import texts from "./texts.js";

const LONGEST = 2000; // characters, as the service counts them
const NEAR = 1800;
const DRAFT = "linli.draft";

const form = document.getElementById("composer");
const field = document.getElementById("words");
const remaining = document.getElementById("remaining");
const photo = document.getElementById("photo");
const place = document.getElementById("location");

function tell(text, tone = "") {
  remaining.textContent = text;
  remaining.dataset.tone = tone;
}

function keepDraft(text) {
  try {
    sessionStorage.setItem(DRAFT, text);
  } catch {
    // A draft lasts as long as the page then.
  }
}

function draft() {
  try {
    return sessionStorage.getItem(DRAFT) ?? "";
  } catch {
    return "";
  }
}

/** As tall as what is written. */
export function fit() {
  field.style.height = "auto";
  field.style.height = `${field.scrollHeight + field.offsetHeight - field.clientHeight}px`;
}

function count() {
  const length = Array.from(field.value).length;
  const over = length - LONGEST;
  field.setAttribute("aria-invalid", String(over > 0));
  if (over > 0) tell(fill(texts.composer.over, { count: over }), "over");
  else if (length >= NEAR) tell(fill(texts.composer.left, { count: -over }));
  else tell("");
  return length;
}

function changed() {
  fit();
  count();
  keepDraft(field.value);
}

/** An input method's Enter picks a word; Safari reports it only by its key code. */
function composing(event) {
  return event.isComposing || event.keyCode === 229;
}

async function sendPhoto(send) {
  const [file] = photo.files;
  photo.value = "";
  if (!file) return;
  tell(texts.composer.photo_working);
  let image;
  try {
    image = await photograph(file);
  } catch {
    tell(isHeic(file) ? texts.composer.photo_heic : texts.composer.photo_unreadable, "over");
    return;
  }
  count();
  const answer = await ask({
    title: texts.composer.photo_title, note: texts.composer.photo_note, picture: image,
    yes: texts.composer.send, no: texts.composer.cancel,
  });
  if (answer !== null) send({ image });
}

function position() {
  return new Promise((resolve, reject) => {
    navigator.geolocation.getCurrentPosition(resolve, reject, {
      enableHighAccuracy: true, timeout: 15_000, maximumAge: 60_000,
    });
  });
}

async function sendLocation(send) {
  tell(texts.composer.location_working);
  let here;
  try {
    here = (await position()).coords;
  } catch (fault) {
    const denied = fault.code === fault.PERMISSION_DENIED;
    tell(denied ? texts.composer.location_denied : texts.composer.location_failed, "over");
    return;
  }
  count();
  const label = await ask({
    title: texts.composer.location_title,
    note: fill(texts.composer.location_note, { metres: Math.ceil(here.accuracy) }),
    more: texts.composer.location_more,
    yes: texts.composer.send, no: texts.composer.cancel,
  });
  if (label === null) return;
  const rounded = (degrees) => Number(degrees.toFixed(6));
  const point = { latitude: rounded(here.latitude), longitude: rounded(here.longitude) };
  send({ location: label ? { ...point, label } : point });
}

/** Nothing written is left for whoever comes next. */
export function clear() {
  field.value = "";
  changed();
}

export function write(text) {
  field.value = text;
  changed();
  field.focus();
}

/** On a phone, focus would raise the keyboard over the answer. */
export function returnTo(fallback) {
  if (matchMedia("(pointer: coarse)").matches) fallback.focus({ preventScroll: true });
  else field.focus({ preventScroll: true });
}

/** send: takes {text} | {image} | {location} */
export function openComposer(send) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const text = field.value.trim();
    if (text && count() <= LONGEST) {
      send({ text });
      field.value = "";
      changed();
    }
    field.focus({ preventScroll: true });
  });
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || composing(event)) return;
    event.preventDefault();
    form.requestSubmit();
  });
  field.addEventListener("input", changed);
  addEventListener("resize", fit);
  photo.addEventListener("change", () => sendPhoto(send));
  place.hidden = !(isSecureContext && "geolocation" in navigator);
  place.addEventListener("click", () => sendLocation(send));
  field.value = draft();
  changed();
}
