// What the client says: English sentences in the code, Vietnamese from the server's gettext catalogue (area `field`).

const LANGUAGES = ["vi", "en"];
const REMEMBERED = "field.language";
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

/** Load the catalogue of *wanted*, or of the remembered language; without a connection the last copy serves. */
export async function loadTexts(base, wanted) {
  const chosen = wanted ?? recall(REMEMBERED);
  current = LANGUAGES.includes(chosen) ? chosen : "vi";
  if (wanted) remember(REMEMBERED, current);
  if (current === "en") {
    catalogue = {};
    return;
  }
  const copy = `field.texts.${current}`;
  try {
    const answer = await fetch(`${base}texts/${current}.json`);
    if (!answer.ok) throw new TypeError(`texts answered ${answer.status}`);
    catalogue = await answer.json();
    remember(copy, JSON.stringify(catalogue));
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    catalogue = JSON.parse(recall(copy) ?? "{}");
  }
}

// Storage is refused in some private windows; the page then simply forgets.
function remember(key, value) {
  try {
    localStorage.setItem(key, value);
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
  }
}

function recall(key) {
  try {
    return localStorage.getItem(key);
  } catch (error) {
    if (error instanceof DOMException) return null;
    throw error;
  }
}
