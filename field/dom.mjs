// Building elements: text goes in as text, never as markup.

/** An element *tag* with *props* (attributes, `on…` listeners, `class`) and children (nodes, strings, null). */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "value" || name === "checked" || name === "disabled" || name === "hidden") element[name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** Replace what is in *element* by *children*. */
export function fill(element, ...children) {
  element.replaceChildren(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** Put *text* into *element* only where it differs, so that screen readers are not told twice. */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** A time in the phone's own words, short: today only the clock. */
export function clock(iso, language) {
  const at = new Date(iso);
  const sameDay = at.toDateString() === new Date().toDateString();
  const options = sameDay ? { timeStyle: "short" } : { dateStyle: "short", timeStyle: "short" };
  return new Intl.DateTimeFormat(language, options).format(at);
}

/** A size in bytes for a person: `3.4 MB`. */
export function megabytes(size, language) {
  const [number, unit] = size < 1e6 ? [size / 1e3, "kB"] : size < 1e9 ? [size / 1e6, "MB"] : [size / 1e9, "GB"];
  return `${new Intl.NumberFormat(language, { maximumFractionDigits: 1 }).format(number)} ${unit}`;
}
