// Draws a form's tree and keeps the drawing true to its answers: groups, skip logic, repeats, marks, faults, both languages.

import { control, geopoint } from "./controls.mjs";
import { fill, h, say } from "./dom.mjs";
import { photoControl } from "./photo_control.mjs";
import { language, pick, t } from "./texts.mjs";
import { keyOf, namesSite } from "./tree.mjs";
import { asBoolean } from "./values.mjs";

const TYPED = new Set(["text", "integer", "decimal"]);
let drawings = 0;

/**
 * The drawing of *visit* (its `answers`, `answer(path, at, text)`, photos and position).
 * `refresh()` after any change; `point(faults)` marks what is wrong and goes to the first.
 */
export class FormView {
  constructor(visit) {
    this.visit = visit;
    this.answers = visit.answers;
    this.prefix = `form${(drawings += 1)}`;
    this.questions = new Map();
    this.asked = false;
    this.parts = this.#build(visit.tree.children, []);
    const stay = (event) => event.preventDefault();
    this.element = h("form", { class: "form", novalidate: true, onsubmit: stay }, this.parts.map((part) => part.element));
    this.refresh();
  }

  /** Make the drawing say what the answers say. */
  refresh() {
    this.parts.forEach((part) => part.refresh());
  }

  /** Mark every fault from now on, and lead to the first of *faults*. */
  point(faults) {
    this.asked = true;
    this.refresh();
    if (faults.length) this.show(keyOf(faults[0].path, faults[0].at));
  }

  /** Bring the question *key* into view, opening the groups around it. */
  show(key) {
    const question = this.questions.get(key);
    if (!question) return;
    for (let around = question.element.closest("details"); around; around = around.parentElement.closest("details")) around.open = true;
    question.element.scrollIntoView({ block: "center" });
    question.control.focus.focus({ preventScroll: true });
  }

  #build(nodes, at) {
    return nodes.map((node) => this.#part(node, at)).filter(Boolean);
  }

  #part(node, at) {
    if (node.kind === "group") return this.#group(node, at);
    if (node.kind === "repeat") return this.#repeat(node, at);
    if (node.kind === "note") return this.#note(node, at);
    if (node.kind === "question") return this.#question(node, at);
    return null; // calculations have no face
  }

  #words(labels, node, at) {
    return pick(labels, this.answers.language, (expr) => shown(this.answers.ask(expr, node.path, at)));
  }

  // A group that its author wants collapsed stays closed, few taps for those who need it not, unless something in it is needed.
  #group(node, at) {
    const parts = this.#build(node.children, at);
    const inner = parts.map((part) => part.element);
    const optional = node.label && /\bcollapsed\b/.test(node.appearance) && !demands(node);
    const title = h(optional ? "summary" : "h2");
    const element = h(optional ? "details" : "section", { class: "group" }, node.label ? title : null, inner);
    if (optional) element.open = answered(this.answers, node, at);
    return {
      element,
      refresh: () => {
        element.hidden = !this.answers.isRelevant(node.path, at);
        if (element.hidden) return;
        say(title, this.#words(node.label, node, at));
        parts.forEach((part) => part.refresh());
        element.hidden = inner.every((one) => one.hidden); // a heading over nothing would only puzzle
      },
    };
  }

  #repeat(node, at) {
    const list = h("div");
    const add = h("button", { type: "button", class: "plain" });
    const title = h("h2");
    const element = h("section", { class: "group" }, title, list, node.count ? null : add); // else the form itself says how many
    let drawn = [];
    let drawnCount = -1;
    let shape = this.visit.shape;
    const redraw = (count) => {
      drawn = Array.from({ length: count }, (_, number) => this.#instance(node, [...at, number], title));
      fill(list, drawn.map((part) => part.element));
      drawnCount = count;
      shape = this.visit.shape;
    };
    add.addEventListener("click", () => this.visit.addRepeat(node.path, at));
    return {
      element,
      refresh: () => {
        element.hidden = !this.answers.isRelevant(node.path, at);
        const count = this.answers.value(node.path, at) || 0;
        if (count !== drawnCount || shape !== this.visit.shape) redraw(count);
        say(title, this.#words(node.label, node, at));
        title.hidden = !title.textContent;
        say(add, `+ ${t("Add: {name}", { name: title.textContent })}`);
        drawn.forEach((part) => part.refresh());
      },
    };
  }

  #instance(node, at, title) {
    const parts = this.#build(node.children, at);
    const heading = h("h3");
    const remove = h("button", { type: "button", class: "quiet", onclick: () => this.visit.removeRepeat(node, at) });
    return {
      element: h("section", { class: "instance" }, heading, parts.map((part) => part.element), node.count ? null : remove),
      refresh: () => {
        say(heading, `${title.textContent} ${at.at(-1) + 1}`);
        say(remove, t("Remove {name}", { name: heading.textContent }));
        parts.forEach((part) => part.refresh());
      },
    };
  }

  #note(node, at) {
    const element = h("p", { class: "note" });
    return {
      element,
      refresh: () => {
        element.hidden = !node.label || !this.answers.isRelevant(node.path, at);
        if (!element.hidden) say(element, this.#words(node.label, node, at));
      },
    };
  }

  #question(node, at) {
    if (namesSite(node) && this.visit.draft.site) return null; // known already: filled in by the visit
    const question = {
      id: `${this.prefix}-${this.questions.size}`, path: node.path, at, node, answers: this.answers, touched: false,
      foreign: node.foreign && this.visit.tree.unsupported.find((one) => one.path === node.path),
      answer: (text) => {
        question.touched ||= text !== "" && !TYPED.has(node.type); // what is chosen is said at once, what is typed when it is left
        this.visit.answer(node.path, at, text);
      },
    }; // prettier-ignore
    question.control = this.#control(question);
    const frame = framed(question);
    question.element = frame.element;
    question.element.addEventListener("focusout", () => {
      question.touched ||= this.answers.value(node.path, at) !== "";
      this.#refreshQuestion(question, frame);
    });
    this.questions.set(keyOf(node.path, at), question);
    return { element: question.element, refresh: () => this.#refreshQuestion(question, frame) };
  }

  #control(question) {
    if (question.foreign) return control(question);
    if (question.node.type === "image") return photoControl(question, this.visit);
    if (question.node.type === "geopoint") return geopoint(question, this.visit.watch);
    return control(question);
  }

  #refreshQuestion(question, frame) {
    const { path, at, node } = question;
    question.element.hidden = !this.answers.isRelevant(path, at);
    if (question.element.hidden) return;
    const required = this.answers.isRequired(path, at);
    say(frame.label, this.#words(node.label, node, at) || node.name);
    frame.mark.hidden = !required;
    frame.mark.title = t("must be answered");
    say(frame.hint, this.#words(node.hint, node, at));
    say(frame.guidance, this.#words(node.guidance, node, at));
    const locked = Boolean(node.calculation) || (Boolean(node.read_only) && asBoolean(this.answers.ask(node.read_only, path, at)));
    question.control.refresh(this.answers.value(path, at), locked);
    const fault = this.answers.fault(path, at);
    const told = fault && (fault === "missing" ? this.asked : this.asked || question.touched);
    say(frame.fault, told ? this.#sentence(node, at, fault) : "");
    question.element.classList.toggle("wrong", Boolean(told));
    question.control.focus.setAttribute("aria-invalid", told ? "true" : "false");
  }

  #sentence(node, at, fault) {
    if (fault === "collect") return t("This can only be answered in ODK Collect.");
    if (fault === "number") return t("Write a number, for example 12");
    const own = this.#words(fault === "missing" ? node.required_message : node.constraint_message, node, at);
    if (own) return own;
    if (fault === "missing") return node.type === "image" ? t("A photo is needed here") : t("Please answer this question");
    return t("This answer is not possible");
  }
}

// A number inside a sentence is written as the page's language writes numbers.
function shown(value) {
  if (typeof value !== "number") return String(value);
  const spoken = language();
  if (!numerals.has(spoken)) numerals.set(spoken, new Intl.NumberFormat(spoken, { maximumFractionDigits: 6 }));
  return numerals.get(spoken).format(value);
}

const numerals = new Map(); // making one takes as long as all else that a tap sets off

function framed(question) {
  const tiled = !question.control.element.querySelector(`[id="${question.id}"]`) && question.control.element.id !== question.id;
  const label = h("span", { id: `${question.id}-label` });
  const mark = h("abbr", { class: "must" }, " *");
  const hint = h("p", { class: "hint" });
  const guidance = h("p");
  const more = question.node.guidance ? h("details", { class: "guidance" }, h("summary", {}, t("More about this")), guidance) : null;
  const fault = h("p", { class: "fault", role: "alert", id: `${question.id}-fault` });
  const title = h(tiled ? "div" : "label", { class: "label", for: tiled ? null : question.id }, label, mark);
  question.control.focus.setAttribute("aria-describedby", fault.id);
  const named = { class: `question ${question.foreign ? "foreign" : question.node.type}`, "data-name": question.node.name };
  const element = h("div", named, title, hint, more, question.control.element, fault);
  return { element, label, mark, hint, guidance, fault };
}

function demands(node) {
  return (node.children ?? []).some((child) => child.required || child.type === "image" || demands(child));
}

function answered(answers, node, at) {
  const given = (child) => child.kind === "question" && !child.default && answers.value(child.path, at) !== "";
  return (node.children ?? []).some((child) => (child.kind === "group" ? answered(answers, child, at) : given(child)));
}
