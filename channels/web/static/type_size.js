// Large type, remembered on this device.

import { fit } from "./composer.js";
import * as shelf from "./shelf.js";

const LARGE_TYPE = "linli.large_type";
const button = document.getElementById("large-type");

function set(large) {
  if (large) document.documentElement.dataset.type = "large";
  else delete document.documentElement.dataset.type;
  button.setAttribute("aria-pressed", String(large));
  fit();
}

export function openTypeSize() {
  set(shelf.read(LARGE_TYPE) === "yes");
  button.addEventListener("click", () => {
    const large = button.getAttribute("aria-pressed") !== "true";
    shelf.write(LARGE_TYPE, large ? "yes" : "no");
    set(large);
  });
}
