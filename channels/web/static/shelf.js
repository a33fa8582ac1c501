// What this device remembers. Where storage is closed or full, memory keeps it until the page closes.

const memory = new Map();

export function read(key) {
  if (memory.has(key)) return memory.get(key);
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

export function write(key, value) {
  try {
    localStorage.setItem(key, value);
    memory.delete(key);
  } catch {
    memory.set(key, value);
  }
}

/** Whether the value outlives this page. */
export function isKept(key) {
  return !memory.has(key);
}

export function forget(key) {
  memory.delete(key);
  try {
    localStorage.removeItem(key);
  } catch {
    // Nothing was kept there.
  }
}

export function keys(prefix) {
  const found = new Set(memory.keys());
  try {
    for (let place = 0; place < localStorage.length; place += 1) found.add(localStorage.key(place));
  } catch {
    // Only memory then.
  }
  return [...found].filter((key) => key.startsWith(prefix));
}

/** 128 random bits; crypto.randomUUID is missing on plain http. */
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
