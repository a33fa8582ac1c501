// DOM made by hand: whatever comes from outside becomes a text node, never markup.

/** children: strings become text nodes; null and "" are left out. */
export function element(name, { class: className, ...attributes } = {}, ...children) {
  const made = document.createElement(name);
  if (className) made.className = className;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children.filter((child) => child !== null && child !== ""));
  return made;
}

/** "{count} 字" and {count: 3} → "3 字" */
export function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, key) => (key in values ? String(values[key]) : whole));
}

/** What a reply may hold in place of a string must not break the page. */
export function words(value) {
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

export function list(value) {
  return Array.isArray(value) ? value.filter((item) => item && typeof item === "object") : [];
}
