// One message as it stands in the log: the resident's own, or a reply with all it carries.

import { element, fill, list, words } from "./element.js";
import texts from "./texts.js";
import { ticketCard } from "./ticket.js";

const PICTURE = /^(data:image\/(png|jpeg|webp|gif);base64,|\/(?!\/))/;

/** Only web addresses; anything else is no link. */
function webAddress(link) {
  try {
    const address = new URL(words(link));
    return ["http:", "https:"].includes(address.protocol) ? address.href : null;
  } catch {
    return null;
  }
}

function date(iso) {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})/.exec(iso) ?? [];
  if (!year) return iso;
  return fill(texts.citation.date, { year, month: Number(month), day: Number(day) });
}

/** citation: {title, article?, number?, effective?, link?, quote?} */
function citationFold(citation) {
  const name = words(citation.title);
  const title = [name.includes("《") ? name : `《${name}》`, words(citation.article)];
  const link = webAddress(citation.link);
  const fact = (label, value) => value
    ? element("p", {}, element("b", {}, label), ` ${value}`)
    : null;
  const fold = element(
    "details", { class: "citation" },
    element("summary", {}, texts.citation.summary),
    fact(texts.citation.title, title.join("")),
    words(citation.quote) ? element("blockquote", {}, words(citation.quote)) : null,
    fact(texts.citation.number, words(citation.number)),
    fact(texts.citation.effective, date(words(citation.effective))),
    link
      ? element("p", {}, element(
        "a", { href: link, target: "_blank", rel: "noopener noreferrer" }, texts.citation.link,
      ))
      : null,
  );
  fold.addEventListener("toggle", () => { if (fold.open) fold.scrollIntoView({ block: "nearest" }); });
  return fold;
}

/** call: {name, number} */
function callLink(call) {
  const number = words(call.number);
  const label = [
    element("b", {}, fill(texts.message.call, { number })),
    element("span", {}, words(call.name)),
  ];
  const digits = number.replace(/[\s-]/g, "");
  return /^\+?[\d*#]{2,20}$/.test(digits)
    ? element("a", { class: "call", href: `tel:${digits}` }, ...label)
    : element("p", { class: "call" }, ...label);
}

function choiceRow(buttons, choose) {
  const row = element(
    "div", { class: "choices", role: "group", "aria-label": texts.message.choices },
  );
  for (const { title, text } of buttons) {
    const button = element("button", { type: "button" }, words(title) || words(text));
    button.addEventListener("click", () => choose(words(text), words(title) || words(text)));
    row.append(button);
  }
  return row;
}

/** A reply, or a row of the transcript that came from Linli. */
export function linliMessage(reply, choose) {
  const urgent = reply.urgent === true;
  const buttons = list(reply.buttons).filter(({ text }) => words(text));
  const cards = list([reply.ticket]).map(ticketCard);
  const kind = `message linli${urgent ? " urgent" : ""}${cards.length ? " carrying" : ""}`;
  return element(
    "div", { class: kind },
    element("span", { class: "unseen" }, texts.message.linli_says),
    urgent ? element("h3", { class: "urgent-head" }, texts.message.urgent) : null,
    words(reply.text) ? element("p", { class: "text" }, words(reply.text)) : null,
    ...list(reply.calls).map(callLink),
    ...cards,
    ...list(reply.citations).map(citationFold),
    buttons.length ? choiceRow(buttons, choose) : null,
  );
}

/** A row of the transcript that a person at the desk wrote. */
export function operatorMessage(row, choose) {
  const message = linliMessage(row, choose);
  message.classList.add("operator");
  message.querySelector(".unseen").replaceWith(
    element("h3", { class: "operator-head" }, texts.message.operator),
  );
  return message;
}

function place({ label, latitude, longitude }) {
  const said = words(label) || `${texts.message.here} ${words(latitude)}, ${words(longitude)}`;
  return fill(texts.message.place, { label: said });
}

/** The resident's own: {text? | location? | image?, shown?}; shown is a button's title. */
export function residentMessage({ text, shown, location, image }) {
  const picture = typeof image === "string" && PICTURE.test(image);
  return element(
    "div", { class: "message mine" },
    element("span", { class: "unseen" }, texts.message.resident_says),
    picture ? element("img", { class: "photo", src: image, alt: texts.message.photo_sent }) : null,
    location && typeof location === "object"
      ? element("p", { class: "text" }, place(location))
      : null,
    picture || location ? null : element("p", { class: "text" }, words(shown) || words(text)),
  );
}

/** The line under a message that is on its way. actions: [[label, what to do]] */
export function mark(bubble, state, told, actions = []) {
  const before = bubble.querySelector(".delivery");
  if (before && told && !actions.length && bubble.dataset.state === state) {
    before.firstChild.textContent = told; // in place, so that it is not read aloud again
    return;
  }
  before?.remove();
  bubble.dataset.state = state;
  if (!told) return;
  const line = element("div", { class: "delivery" }, element("span", {}, told));
  for (const [label, act] of actions) {
    const button = element("button", { type: "button", class: "quiet" }, label);
    button.addEventListener("click", act);
    line.append(button);
  }
  bubble.append(line);
}
