// What stands around the map: the filter, the buttons, the legend; built here, worked by map_screen.mjs.

import { h } from "./dom.mjs";
import { stateWords } from "./map_card.mjs";
import { markElement, STATES } from "./map_marks.mjs";
import { t } from "./texts.mjs";

/**
 * The parts of the map's screen for *app*, `element` holding them all; the *hamlet* and *onlyTodo* last chosen; *acts* are
 * `filter()`, `zoom(factor)`, `goHere()` and `toggle()` (the legend).
 */
export function mapFrame(app, { hamlet, onlyTodo }, acts) {
  const parts = { ...filterParts(app, hamlet, onlyTodo, acts), ...canvasParts() };
  parts.about = button("i", t("Legend and background map"), acts.toggle);
  parts.about.setAttribute("aria-expanded", "false");
  const head = h("div", { class: "map-head" }, parts.choose, h("label", {}, parts.onlyTodo, t("To do")));
  const below = h("div", { class: "map-below" }, parts.scale, parts.notice, parts.card);
  const frame = h("div", { class: "map-frame" }, parts.canvas, buttons(acts, parts.about), below, parts.aside);
  parts.style = h("link", { rel: "stylesheet", href: `${app.base}map.css` });
  parts.element = h("section", { class: "map", "aria-label": t("Map") }, parts.style, head, frame);
  return parts;
}

function filterParts(app, hamlet, onlyTodo, { filter }) {
  const { hamlets } = app.work;
  const options = hamlets.map(({ id, name }) => h("option", { value: id }, name));
  const choose = h("select", { "aria-label": t("Hamlet"), onchange: filter }, h("option", { value: "" }, t("All hamlets")), options);
  choose.value = hamlets.some(({ id }) => id === hamlet) ? hamlet : "";
  return { choose, onlyTodo: h("input", { type: "checkbox", checked: onlyTodo, onchange: filter }) };
}

function canvasParts() {
  const words = t("Map. Arrows move it, plus and minus zoom, Enter chooses the place in the middle. The list of work has the same places.");
  return {
    canvas: h("canvas", { tabindex: "0", role: "application", "aria-label": words }),
    scale: h("div", { class: "map-scale", "aria-hidden": "true" }),
    notice: h("p", { class: "map-notice", role: "status" }),
    aside: h("div", { class: "map-aside", hidden: true }),
    card: h("div", { "aria-live": "polite" }),
  };
}

function buttons({ zoom, goHere }, about) {
  return h(
    "div",
    { class: "map-buttons" },
    button("+", t("Closer"), () => zoom(2)),
    button("−", t("Farther"), () => zoom(0.5)),
    button("◎", t("My position"), goHere),
    about,
  );
}

const button = (sign, label, onclick) => h("button", { type: "button", "aria-label": label, title: label, onclick }, sign);

/** The legend, its marks in the colours of *canvas*. */
export function legend(canvas) {
  const row = (kind, state, words) => h("li", {}, markElement(kind, state, canvas), words);
  return h(
    "section",
    {},
    h("h2", {}, t("Legend")),
    h("ul", {}, STATES.map((state) => row("household", state, stateWords(state)))),
    h(
      "ul",
      {},
      row("household", "todo", t("Household")),
      row("road_segment", "todo", t("Road: a broken line until it is done")),
      row("public_place", "todo", t("Public place")),
    ),
    h("p", { class: "hint" }, t("The number beside a hamlet says how many places are to do there.")),
  );
}
