// What the client says: English sentences in the code, Vietnamese from the server's gettext catalogue (area `field`).

import { keep, recall } from "./drafts.mjs";

const LANGUAGES = ["vi", "en"];
const PATIENCE_MS = 4_000; // where a copy stands by
let current = "vi";
let catalogue = {};

/** The language of the page, `vi` unless a person chose otherwise. */
export function language() {
  return current;
}

/** The languages that the page can be read in, with their own names. */
export function languages() {
  return [["vi", "Tiếng Việt"], ["en", "English"]];
}

/** *message* in the page's language, `{name}` replaced by values. */
export function t(message, values = {}) {
  const text = catalogue[message] || message;
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/** The words of *labels* (`{vi, en}`) in *wanted*, else in any language; parts with an expression are asked of *output*. */
export function pick(labels, wanted = current, output = () => "") {
  if (!labels) return "";
  const parts = labels[wanted] ?? labels.vi ?? Object.values(labels)[0] ?? [];
  if (typeof parts === "string") return parts;
  return parts.map((part) => (typeof part === "string" ? part : output(part.expr))).join("");
}

/**
 * Load the catalogue of *wanted*, or of the language that was chosen on this phone. Where the service worker keeps the page, the
 * catalogue comes with it; elsewhere the last copy serves where no connection gives one.
 */
export async function loadTexts(base, wanted) {
  const chosen = wanted ?? (await recallIfAny("language"));
  current = LANGUAGES.includes(chosen) ? chosen : "vi";
  if (wanted) await keep("language", current);
  catalogue = current === "en" ? {} : await fetchTexts(base);
}

async function fetchTexts(base) {
  const kept = Boolean(navigator.serviceWorker?.controller);
  const copy = kept ? null : await recallIfAny("texts");
  try {
    const answer = await fetch(`${base}texts/${current}.json`, copy ? { signal: AbortSignal.timeout(PATIENCE_MS) } : {});
    if (!answer.ok) throw new TypeError(`texts answered ${answer.status}`);
    const texts = await answer.json();
    if (!kept) keep("texts", texts);
    return texts;
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof DOMException)) throw error;
    return copy ?? {};
  }
}

// Storage is refused in some private windows; the page then simply forgets.
async function recallIfAny(key) {
  try {
    return await recall(key);
  } catch (error) {
    if (error instanceof DOMException) return undefined;
    throw error;
  }
}
