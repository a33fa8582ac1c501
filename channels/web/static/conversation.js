// Which conversation this device is in. What opens it is a cookie that no script can read;
// here lies its name alone, which says nothing to anybody else.

import { Refused, beginConversation, leaveConversation } from "./api.js";
import * as shelf from "./shelf.js";

const NAME = "linli.conversation";
const LEAVING = "linli.leaving"; // the cookie is still to be taken back

let leaving = Promise.resolve();

export function current() {
  return shelf.read(NAME);
}

export function keep(name) {
  shelf.write(NAME, name);
}

export function drop() {
  shelf.forget(NAME);
}

/** → the name of a conversation of its own for this device. */
export async function begin() {
  await leaving;
  const name = await beginConversation();
  shelf.forget(LEAVING);
  keep(name);
  return name;
}

/** Forget here at once, and have the cookie taken back as soon as the service can be reached. */
export function leave() {
  drop();
  shelf.write(LEAVING, "yes");
  settle();
}

export function settle() {
  if (shelf.read(LEAVING) === null) return;
  leaving = leaveConversation().then(
    () => shelf.forget(LEAVING),
    (fault) => { if (fault instanceof Refused) shelf.forget(LEAVING); },
  );
}

/** changed: called with the name, or null, when another page of this device changes it. */
export function watch(changed) {
  addEventListener("storage", ({ key, newValue }) => { if (key === NAME) changed(newValue); });
}
