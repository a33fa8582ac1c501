// The ticket card.

import { element, fill, words } from "./element.js";
import texts from "./texts.js";

const ZONE = "Asia/Shanghai";
const TONES = {
  "待受理": "open", "已受理": "open", "已派单": "open", "办理中": "open", "重新办理": "open",
  "已办结": "done", "已归档": "done", "已撤销": "shut", "不予受理": "shut",
  "退回": "slow", "延期": "slow", "疑难": "slow",
};

function inZone(moment) {
  const format = new Intl.DateTimeFormat("zh-CN", {
    timeZone: ZONE, year: "numeric", month: "numeric", day: "numeric", weekday: "short",
    hour: "2-digit", minute: "2-digit", hourCycle: "h23",
  });
  return Object.fromEntries(format.formatToParts(moment).map(({ type, value }) => [type, value]));
}

/** ISO time → “2月14日（周六）24:00 前”: midnight belongs to the day that ends. */
function deadline(iso) {
  const moment = new Date(iso);
  if (Number.isNaN(moment.getTime())) return iso;
  let parts = inZone(moment);
  let time = `${parts.hour}:${parts.minute}`;
  if (time === "00:00") {
    parts = inZone(new Date(moment.getTime() - 60_000));
    time = "24:00";
  }
  const thisYear = parts.year === inZone(new Date()).year;
  const date = fill(thisYear ? texts.ticket.date : texts.ticket.date_with_year, parts);
  return fill(texts.ticket.before, { date, weekday: parts.weekday, time });
}

function copyByHand(text) {
  const field = element("textarea", { class: "unseen", readonly: "" });
  field.value = text;
  document.body.append(field);
  field.select();
  const copied = document.execCommand("copy");
  field.remove();
  return copied;
}

async function copy(number, button) {
  let copied;
  try {
    await navigator.clipboard.writeText(number);
    copied = true;
  } catch {
    copied = copyByHand(number);
    button.focus({ preventScroll: true });
  }
  const told = copied ? texts.ticket.copied : texts.ticket.copy_failed;
  button.textContent = told;
  document.getElementById("notice").textContent = told;
  setTimeout(() => { button.textContent = texts.ticket.copy; }, 2500);
}

function row(label, value) {
  return value ? element("div", {}, element("dt", {}, label), element("dd", {}, value)) : null;
}

function numbered(number) {
  return element("span", { class: "number" }, number);
}

/** ticket: {number, status, title, category?, address?, resolve_by?} */
export function ticketCard(ticket) {
  const number = words(ticket.number);
  const status = words(ticket.status);
  const copying = element("button", { type: "button", class: "quiet" }, texts.ticket.copy);
  copying.addEventListener("click", () => copy(number, copying));
  return element(
    "section",
    { class: "ticket", "aria-label": fill(texts.ticket.label, { number }) },
    element(
      "div", { class: "ticket-head" },
      element("h3", {}, words(ticket.title) || numbered(number)),
      status ? element("span", { class: `status ${TONES[status] ?? "open"}` }, status) : null,
    ),
    element(
      "dl", {},
      words(ticket.title) ? row(texts.ticket.number, numbered(number)) : null,
      row(texts.ticket.category, words(ticket.category)),
      row(texts.ticket.address, words(ticket.address)),
      row(texts.ticket.resolve_by, ticket.resolve_by ? deadline(words(ticket.resolve_by)) : ""),
    ),
    copying,
  );
}
