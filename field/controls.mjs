// The controls of single questions: texts, numbers, dates, positions. Each is `{element, focus, refresh}`.

import { choiceControl } from "./choice_controls.mjs";
import { h, say } from "./dom.mjs";
import { geopointText } from "./position.mjs";
import { language, pick, t } from "./texts.mjs";

/** The control for *question* (`path`, `at`, `node`, `answers`, `answer(text)`, and `foreign` where it is not for us), by its type. */
export function control(question) {
  const { type, range, appearance = "" } = question.node;
  if (question.foreign) return foreign(question);
  if (type === "select_one" || type === "select_multiple") return choiceControl(question);
  if (range) return slider(question);
  if (type === "integer" || type === "decimal") return number(question);
  if (type === "date") return input(question, { type: "date" });
  if (type === "time") return input(question, { type: "time" }, untilMinutes(5));
  if (type === "datetime") return input(question, { type: "datetime-local" }, untilMinutes(16));
  if (type === "acknowledge") return acknowledgement(question);
  if (/multiline/.test(appearance)) return area(question);
  return input(question, { type: "text", autocomplete: "off", inputmode: /numbers/.test(appearance) ? "numeric" : null });
}

// As OpenRosa writes times; the offset is Viet Nam's, which knows no summer time.
const SECONDS = ":00.000+07:00";
const untilMinutes = (end) => ({ shown: (value) => value.slice(0, end), kept: (typed) => `${typed.slice(0, end)}${SECONDS}` });
const AS_IT_IS = { shown: (value) => value, kept: (typed) => typed };

// *shown* turns an answer into what the field holds, *kept* what was typed into an answer.
function input(question, attributes, { shown, kept } = AS_IT_IS) {
  const element = h("input", { id: question.id, ...attributes, oninput: () => question.answer(element.value && kept(element.value)) });
  return {
    element,
    focus: element,
    refresh(value, locked) {
      if (element.value !== shown(value) && element.getRootNode().activeElement !== element) element.value = shown(value);
      element.disabled = locked;
    },
  };
}

function area(question) {
  const made = input(question, {});
  const element = h("textarea", { id: question.id, rows: 3, oninput: () => question.answer(element.value) });
  return { ...made, element, focus: element, refresh: (value, locked) => refreshArea(element, value, locked) };
}

function refreshArea(element, value, locked) {
  if (element.value !== value && element.getRootNode().activeElement !== element) element.value = value;
  element.disabled = locked;
}

// What a person typed as a number, as the instance wants it: a comma is a decimal point, spaces go.
function numeral(typed, type) {
  const bare = typed.replace(/[\s\u00a0]/g, "");
  return type === "decimal" ? bare.replace(",", ".").replace(/^(-?)\./, "$10.") : bare;
}

// The keyboard of numbers; 1.000 is said back, since it is read in two ways.
function number(question) {
  const { type } = question.node;
  const reading = h("output", { class: "reading", for: question.id });
  const box = h("input", {
    id: question.id,
    type: "text",
    inputmode: type === "integer" ? "numeric" : "decimal",
    autocomplete: "off",
    oninput: () => question.answer(numeral(box.value, type)),
  });
  return {
    element: h("div", { class: "number" }, box, reading),
    focus: box,
    refresh(value, locked) {
      const shown = language() === "vi" ? value.replace(".", ",") : value;
      if (numeral(box.value, type) !== value) box.value = shown;
      box.disabled = locked;
      const doubtful = type === "decimal" && /[.,]\d{3}$/.test(box.value) && Number.isFinite(Number(value));
      const spoken = () => new Intl.NumberFormat(language(), { maximumFractionDigits: 6 }).format(Number(value));
      say(reading, doubtful ? t("read as {number}", { number: spoken() }) : "");
    },
  };
}

// A thumb on a line; nothing is answered before it is moved or tapped.
function slider(question) {
  const { start, end, step } = question.node.range;
  const reading = h("output", { class: "reading", for: question.id });
  const answer = () => question.answer(bar.value);
  const bar = h("input", { id: question.id, type: "range", min: start, max: end, step, oninput: answer, onclick: answer });
  return {
    element: h("div", { class: "slider" }, h("span", {}, String(start)), bar, h("span", {}, String(end)), reading),
    focus: bar,
    refresh(value, locked) {
      bar.value = value || String((start + end) / 2);
      bar.classList.toggle("unset", !value);
      bar.disabled = locked;
      say(reading, value || t("Not answered"));
    },
  };
}

function acknowledgement(question) {
  const box = h("input", { id: question.id, type: "checkbox", onchange: () => question.answer(box.checked ? "OK" : "") });
  return {
    element: h("div", { class: "tiles" }, h("label", { class: "tile" }, box, h("span", {}, t("I confirm")))),
    focus: box,
    refresh(value, locked) {
      box.checked = Boolean(value);
      box.disabled = locked;
    },
  };
}

function foreign(question) {
  const element = h("p", { class: "notice", tabindex: -1 }, t("Only in ODK Collect: {what}", { what: pick(question.foreign) }));
  return { element, focus: element, refresh() {} };
}

/** A position as an answer: taken from the phone by a button, shown with its accuracy. */
export function geopoint(question, watch) {
  const shown = h("output", { class: "reading" });
  const button = h("button", { type: "button", class: "plain" }, t("Use my position"));
  button.addEventListener("click", async () => {
    button.disabled = true;
    const fix = await watch.next();
    button.disabled = false;
    if (fix) question.answer(geopointText(fix));
    else say(shown, t("The phone gave no position. Step into the open and try again."));
  });
  return {
    element: h("div", { class: "geopoint" }, button, shown),
    focus: button,
    refresh(value) {
      if (!value) return;
      const [latitude, longitude, , accuracy] = value.split(" ");
      const radius = accuracy ? ` (±${Math.round(accuracy)} m)` : "";
      say(shown, `${Number(latitude).toFixed(5)}, ${Number(longitude).toFixed(5)}${radius}`);
    },
  };
}
