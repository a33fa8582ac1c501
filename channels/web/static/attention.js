// What came while nobody looked is told in the title of the page.

import { fill } from "./element.js";
import texts from "./texts.js";

const title = document.title;
let unread = 0;

export function notify(count) {
  if (!document.hidden || !count) return;
  unread += count;
  document.title = fill(texts.message.unread, { count: unread, title });
}

document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  unread = 0;
  document.title = title;
});
