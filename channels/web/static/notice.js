// What is told beside the conversation: to screen readers, and that the line is down.

import texts from "./texts.js";

const notice = document.getElementById("notice");
const connection = document.getElementById("connection");

export function announce(text) {
  notice.textContent = text;
}

export function showConnection(lost) {
  if (connection.hidden === !lost) return;
  connection.hidden = !lost;
  connection.textContent = lost ? texts.connection.lost : "";
  announce(lost ? texts.connection.lost : texts.connection.restored);
}
