// The controls of single questions: text and numbers, choices as tiles, dates, positions. Each is `{element, focus, refresh}`.

import { h, say } from "./dom.mjs";
import { geopointText } from "./position.mjs";
import { language, pick, t } from "./texts.mjs";

const SHORT_LABEL = 16; // letters; longer labels take a line of their own
const TILES_AT_MOST = 12; // longer lists become one native drop-down, which phones show full screen

/** The control for *question* (`path`, `at`, `node`, `answers`, `answer(text)`), by its type. */
export function control(question) {
  const { type } = question.node;
  if (type === "select_one" && asMenu(question)) return menu(question);
  if (type === "select_one" || type === "select_multiple") return tiles(question);
  if (type === "integer" || type === "decimal") return number(question);
  if (type === "date") return input(question, { type: "date" });
  if (type === "text" && /multiline/.test(question.node.appearance ?? "")) return area(question);
  if (type === "text") return input(question, { type: "text", autocomplete: "off" });
  return unknown(question);
}

const asMenu = ({ node, answers }) =>
  /minimal|autocomplete/.test(node.appearance ?? "") || (answers.lists.get(node.choices) ?? []).length > TILES_AT_MOST;

function input(question, attributes) {
  const element = h("input", { id: question.id, ...attributes, oninput: () => question.answer(element.value) });
  return {
    element,
    focus: element,
    refresh(value, locked) {
      if (element.value !== value && element.getRootNode().activeElement !== element) element.value = value;
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
  return type === "decimal" ? bare.replace(",", ".") : bare;
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

function tiles(question) {
  const many = question.node.type === "select_multiple";
  const element = h("div", { class: "tiles", role: many ? "group" : "radiogroup", "aria-labelledby": `${question.id}-label` });
  let offered = "";
  return {
    element,
    get focus() {
      return element.querySelector("input") ?? element;
    },
    refresh(value, locked) {
      const choices = question.answers.choices(question.path, question.at);
      const now = JSON.stringify([language(), choices.map((choice) => choice.name)]);
      if (now !== offered) element.replaceChildren(...choices.map((choice) => tile(question, choice, many)));
      element.classList.toggle("long", choices.some((choice) => pick(choice.label).length > SHORT_LABEL));
      offered = now;
      const chosen = value.split(" ");
      for (const box of element.querySelectorAll("input")) {
        box.checked = chosen.includes(box.value);
        box.disabled = locked;
      }
    },
  };
}

function tile(question, choice, many) {
  const box = h("input", { type: many ? "checkbox" : "radio", name: question.id, value: choice.name });
  const answer = () => question.answer(many ? toggled(question, choice.name, box.checked) : choice.name);
  box.addEventListener("change", answer);
  // A second tap on the chosen tile takes an answer back that need not be given.
  box.addEventListener("click", () => {
    const taken = !many && question.answers.value(question.path, question.at) === choice.name;
    if (taken && !question.answers.isRequired(question.path, question.at)) question.answer("");
  });
  return h("label", { class: "tile" }, box, h("span", {}, pick(choice.label) || choice.name));
}

// The codes chosen, in the order of the list.
function toggled(question, name, on) {
  const held = question.answers.value(question.path, question.at).split(" ").filter((code) => code && code !== name);
  const wanted = on ? [...held, name] : held;
  const order = (question.answers.lists.get(question.node.choices) ?? []).map((choice) => choice.name);
  return wanted.sort((a, b) => order.indexOf(a) - order.indexOf(b)).join(" ");
}

function menu(question) {
  const element = h("select", { id: question.id, onchange: () => question.answer(element.value) });
  return {
    element,
    focus: element,
    refresh(value, locked) {
      const choices = question.answers.choices(question.path, question.at);
      const options = choices.map((choice) => h("option", { value: choice.name }, pick(choice.label) || choice.name));
      element.replaceChildren(h("option", { value: "" }, t("Choose…")), ...options);
      element.value = value;
      element.disabled = locked;
    },
  };
}

function unknown(question) {
  const element = h("p", { class: "notice" }, t("This kind of question cannot be answered here: {type}", { type: question.node.type }));
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
