// The controls of choices: tiles for short lists, the phone's own drop-down for longer ones, a search box for long ones.

import { fill, h, say } from "./dom.mjs";
import { fold, matches } from "./fold.mjs";
import { pick, t } from "./texts.mjs";

const SHORT_LABEL = 16; // letters; longer labels take a line of their own
const TILES_AT_MOST = 12; // longer lists become one native drop-down, which phones show full screen
const MENU_AT_MOST = 30; // a list that nobody reads through is searched
const FOUND_AT_MOST = 8;

/** The control for the choices of *question*, by the length of its list and its appearance. */
export function choiceControl(question) {
  const { type, appearance = "" } = question.node;
  const count = (question.answers.lists.get(question.node.choices) ?? []).length;
  const one = type === "select_one";
  if (count > MENU_AT_MOST || (/autocomplete|search/.test(appearance) && count > TILES_AT_MOST)) return finder(question, !one);
  return one && (count > TILES_AT_MOST || /minimal|autocomplete/.test(appearance)) ? menu(question) : tiles(question, !one);
}

const offered = (question) => question.answers.choices(question.path, question.at);
const labelOf = (question, choice) => pick(choice.label, question.answers.language) || choice.name;
const group = (question, many) =>
  h("div", { class: "tiles", role: many ? "group" : "radiogroup", "aria-labelledby": `${question.id}-label` });

function tiles(question, many) {
  const element = group(question, many);
  const show = painter(question, element, many);
  return {
    element,
    get focus() {
      return element.querySelector("input") ?? element;
    },
    refresh: (value, locked) => show(offered(question), value, locked),
  };
}

// Draws choices as tiles into *element*, anew only where they differ from those that stand there.
function painter(question, element, many) {
  let drawn = "";
  return (choices, value, locked) => {
    const now = JSON.stringify([question.answers.language, choices.map((choice) => choice.name)]);
    if (now !== drawn) element.replaceChildren(...choices.map((choice) => tile(question, choice, many)));
    element.classList.toggle("long", choices.some((choice) => labelOf(question, choice).length > SHORT_LABEL));
    drawn = now;
    const chosen = value.split(" ");
    for (const box of element.querySelectorAll("input")) {
      box.checked = chosen.includes(box.value);
      box.disabled = locked;
    }
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
  return h("label", { class: "tile" }, box, h("span", {}, labelOf(question, choice)));
}

// The codes chosen, in the order of the list.
function toggled(question, name, on) {
  const held = question.answers.value(question.path, question.at).split(" ").filter((code) => code && code !== name);
  const wanted = new Set(on ? [...held, name] : held);
  const order = (question.answers.lists.get(question.node.choices) ?? []).map((choice) => choice.name);
  return order.filter((code) => wanted.has(code)).join(" ");
}

function menu(question) {
  const element = h("select", { id: question.id, onchange: () => question.answer(element.value) });
  let drawn = null;
  return {
    element,
    focus: element,
    refresh(value, locked) {
      const now = JSON.stringify([question.answers.language, offered(question).map((choice) => choice.name)]);
      const options = () => offered(question).map((choice) => h("option", { value: choice.name }, labelOf(question, choice)));
      if (now !== drawn) fill(element, h("option", { value: "" }, t("Choose…")), options());
      drawn = now;
      element.value = value;
      element.disabled = locked;
    },
  };
}

const rest = (found, shown) => {
  if (!found) return t("Nothing found");
  return found > shown ? t("{count} more; type a part of the name", { count: found - shown }) : "";
};

// What is chosen stands first; then come the choices in which every word typed occurs, marks and case aside.
function finder(question, many) {
  const typing = { type: "search", autocomplete: "off", placeholder: t("Search the list"), oninput: () => draw() };
  const box = h("input", { id: question.id, ...typing });
  const element = group(question, many);
  const more = h("p", { class: "hint", role: "status" });
  const show = painter(question, element, many);
  let state = { list: [], folded: [], value: "", locked: false, language: "" };

  function draw() {
    const chosen = new Set(state.value.split(" "));
    const found = state.folded.filter(({ choice, text }) => !chosen.has(choice.name) && matches(text, box.value));
    const short = state.list.length <= TILES_AT_MOST; // after its filter a long list may be one to read
    const first = found.slice(0, FOUND_AT_MOST).map(({ choice }) => choice);
    const shown = short ? state.list : [...state.list.filter((choice) => chosen.has(choice.name)), ...first];
    show(shown, state.value, state.locked);
    const none = state.list.length ? "" : t("Nothing to choose from yet");
    say(more, short ? none : rest(found.length, first.length));
    box.hidden = short;
    box.disabled = state.locked;
  }

  return {
    element: h("div", { class: "finder" }, box, element, more),
    get focus() {
      return box.hidden ? (element.querySelector("input") ?? element) : box;
    },
    refresh(value, locked) {
      const [list, { language }] = [offered(question), question.answers];
      if (list === state.list && value === state.value && locked === state.locked && language === state.language) return;
      const same = list === state.list && language === state.language;
      const folded = same ? state.folded : list.map((choice) => ({ choice, text: fold(labelOf(question, choice)) }));
      if (value !== state.value) box.value = "";
      state = { list, folded, value, locked, language };
      draw();
    },
  };
}
