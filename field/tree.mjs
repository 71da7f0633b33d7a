// A form's JSON tree with one set of answers: what is relevant, required, calculated and wrong. No page here.

import { evaluate } from "./expressions.mjs";
import { choiceColumn } from "./functions.mjs";
import { Offers } from "./offers.mjs";
import { firstAnswers, nodesByPath } from "./plan.mjs";
import { asBoolean, asNumber, asText } from "./values.mjs";

const ROUNDS = 20; // calculations that still change after this many passes refer to each other in a circle
const NUMERALS = { integer: /^-?\d+$/, decimal: /^-?\d+(\.\d+)?$/ };
const MOST_INSTANCES = 500; // of a repeat whose number is computed: a slip of the finger asks for millions

export { namesSite } from "./plan.mjs";

/** The key of the question at *path* in the repeats numbered *at*. */
export const keyOf = (path, at) => `${path}|${at.join(".")}`;

/** The answers of one filled form: groups are objects, repeats arrays of objects, questions strings ("" is no answer). */
export class Answers {
  /** *data* continues a draft; without it the form's defaults are put in. *now* tells the time, *language* is that of choice labels. */
  constructor(tree, data = null, { now = () => new Date(), language = "vi" } = {}) {
    this.tree = tree;
    this.language = language;
    this.excused = null;
    this.kinds = new Map(); // of calculations' results that are no texts
    this.now = now;
    this.moment = now();
    this.nodes = nodesByPath(tree);
    this.counts = new Map();
    this.offers = new Offers(this);
    this.lists = new Map(Object.entries(tree.choices ?? {}));
    this.cache = new Map();
    this.data = data ?? firstAnswers(tree.children, this.moment);
    if (!data) this.#defaults("/", []);
    this.calculate();
  }

  /** Say choices and texts in *wanted* where the form has it, else in the form's own language. */
  speak(wanted) {
    this.language = this.tree.languages.includes(wanted) ? wanted : this.tree.default_language;
  }

  // Defaults that are computed, once, when their place comes to be.
  #defaults(prefix, at) {
    for (const [path, { node, repeats }] of this.nodes) {
      if (!node.default?.expr || !path.startsWith(prefix) || repeats.length !== at.length) continue;
      this.#holder(path, at)[node.name] = asText(this.ask(node.default.expr, path, at));
    }
  }

  /** The node at *path*. */
  node(path) {
    return this.nodes.get(path).node;
  }

  // The object that holds the answer of *path* in the repeats numbered *at* (from 0).
  #holder(path, at) {
    const { steps, repeats } = this.nodes.get(path);
    let holder = this.data;
    let where = `/${this.tree.root}`;
    let depth = 0;
    for (const step of steps.slice(0, -1)) {
      where += `/${step}`;
      holder = repeats.includes(where) ? holder?.[step]?.[at[depth++]] : (holder[step] ??= {});
      if (!holder) return {};
    }
    return holder;
  }

  /** The answer of the question at *path* in the repeats numbered *at*; the number of repeats for a repeat's own path. */
  value(path, at = []) {
    const held = this.#holder(path, at)[path.slice(path.lastIndexOf("/") + 1)];
    return Array.isArray(held) ? (this.counts.get(keyOf(path, at)) ?? held.length) : (held ?? "");
  }

  /** Answer the question at *path*, then calculate; what other questions took from its answer goes with it. */
  set(path, at, text) {
    if (this.#holder(path, at)[this.node(path).name] === text) return;
    this.put(path, at, text);
    this.calculate();
    if (this.#pull(path, at) + this.offers.drop()) this.calculate();
  }

  /** Write an answer down and no more. */
  put(path, at, text) {
    this.#holder(path, at)[this.node(path).name] = text;
  }

  // Calculations that wait for a change of this question; how many there were.
  #pull(path, at) {
    const near = { repeats: this.nodes.get(path).repeats, at };
    const waiting = [...this.nodes.values()].filter(({ node }) => node.trigger?.includes(path));
    for (const { node } of waiting) {
      for (const where of this.instances(node.path, near)) {
        const value = this.ask(node.on_trigger, node.path, where);
        this.put(node.path, where, Number.isNaN(value) ? "" : asText(value));
      }
    }
    return waiting.length;
  }

  /** Add a repeat at the end of *path*. */
  add(path, at) {
    const node = this.node(path);
    const instances = (this.#holder(path, at)[node.name] ??= []);
    instances.push(firstAnswers(node.children, this.moment));
    this.#defaults(`${path}/`, [...at, instances.length - 1]);
    this.calculate();
  }

  /** Remove the repeat *number* (from 0) of *path*. */
  remove(path, at, number) {
    this.#holder(path, at)[this.node(path).name].splice(number, 1);
    this.calculate();
  }

  /** Fill every calculation until nothing changes. Raises Error where they refer to each other in a circle. */
  calculate() {
    this.moment = this.now(); // one moment for all rounds, or now() would never come to rest
    for (let round = 0; round < ROUNDS; round += 1) {
      this.cache.clear();
      if (!this.#calculateOnce()) return;
    }
    throw new Error(`${this.tree.form}: calculations without an end`);
  }

  #calculateOnce() {
    let changed = false;
    for (const [path, { node }] of this.nodes) {
      if (node.count) changed = this.#grow(node) || changed;
      if (!node.calculation) continue;
      for (const at of this.instances(path)) {
        const holder = this.#holder(path, at);
        const result = this.isRelevant(path, at) ? this.#calculated(node, path, at) : "";
        if (holder[node.name] === result) continue;
        holder[node.name] = result;
        this.cache.clear();
        changed = true;
      }
    }
    return changed;
  }

  // A repeat with a number of its own has that many instances; those beyond it keep their answers, should the number grow again.
  #grow(node) {
    let changed = false;
    for (const at of this.instances(node.path)) {
      const wanted = Math.trunc(Math.min(Math.max(asNumber(this.ask(node.count, node.path, at)) || 0, 0), MOST_INSTANCES));
      const held = (this.#holder(node.path, at)[node.name] ??= []);
      while (held.length < wanted) {
        held.push(firstAnswers(node.children, this.moment));
        this.#defaults(`${node.path}/`, [...at, held.length - 1]);
      }
      const key = keyOf(node.path, at);
      if (this.counts.get(key) === wanted) continue;
      this.counts.set(key, wanted);
      this.cache.clear();
      changed = true;
    }
    return changed;
  }

  // What is not a number counts as no answer; a number, true and false stay what they are for those who ask.
  #calculated(node, path, at) {
    const value = this.ask(node.calculation, path, at);
    this.kinds.set(keyOf(path, at), typeof value);
    if (typeof value === "boolean") return value ? "1" : "0"; // as ODK Collect writes it
    return Number.isNaN(value) ? "" : asText(value);
  }

  /** Where *path* stands: the repeat numbers of each of its instances, those that *near* names held fast. */
  instances(path, near = { repeats: [], at: [] }) {
    let found = [[]];
    for (const [depth, repeat] of this.nodes.get(path).repeats.entries()) {
      found = found.flatMap((at) => {
        if (near.repeats[depth] === repeat && at.every((number, index) => number === near.at[index])) return [[...at, near.at[depth]]];
        return Array.from({ length: this.value(repeat, at) }, (_, number) => [...at, number]);
      });
    }
    return found;
  }

  /** Whether the node at *path* applies: its own condition and those of all groups around it. */
  isRelevant(path, at = []) {
    const { node, parent, inside } = this.nodes.get(path);
    const here = at.slice(0, inside.length);
    const key = keyOf(path, here);
    if (this.cache.has(key)) return this.cache.get(key);
    this.cache.set(key, true); // a condition that refers to its own question sees it as relevant
    const around = parent === null || this.isRelevant(parent, here);
    const relevant = around && (!node.relevant || asBoolean(this.ask(node.relevant, path, here)));
    this.cache.set(key, relevant);
    return relevant;
  }

  /** The value of *expr* as asked by the node at *path*. */
  ask(expr, path, at = [], extra = {}) {
    return evaluate(expr, this.#environment(path, at, extra));
  }

  #environment(path, at, extra) {
    const { inside, repeats } = this.nodes.get(path);
    const near = { repeats: at.length > repeats.length ? inside : repeats, at };
    return {
      self: this.#typed(path, at),
      now: this.moment,
      language: this.language,
      read: (wanted) => this.#read(wanted, near),
      position: (repeat) => 1 + (near.at[near.repeats.indexOf(repeat)] ?? 0),
      indexed: (wanted, repeat, number) => this.#indexed(wanted, repeat, number - 1, near),
      choices: (list) => this.lists.get(list) ?? [],
      column: (name, choice) => choiceColumn(name, choice, this.language),
      ...extra,
    };
  }

  // Numbers count as numbers in expressions, all else as text; what is not relevant, or only blanks, is not answered.
  #typed(path, at) {
    const { node } = this.nodes.get(path);
    if (node.kind === "repeat" || node.kind === "group" || !this.isRelevant(path, at)) return "";
    const value = node.calculation ? this.value(path, at) : this.value(path, at).trim();
    const kind = this.kinds.get(keyOf(path, at));
    if (kind === "boolean" && value) return value === "1";
    const numeric = node.type === "integer" || node.type === "decimal" || kind === "number";
    return numeric && !Number.isNaN(asNumber(value)) ? asNumber(value) : value;
  }

  #read(path, near) {
    const entry = this.nodes.get(path);
    if (!entry) return [];
    const several = entry.inside.some((repeat, depth) => near.repeats[depth] !== repeat || repeat === path);
    let found = this.instances(path, near);
    const within = (at) => Array.from({ length: this.value(path, at) }, (_, place) => [...at, place]);
    if (entry.node.kind === "repeat") found = found.flatMap(within);
    if (several) found = found.filter((at) => this.isRelevant(path, at)); // of several instances those that do not apply are not there
    return found.map((at) => this.#typed(path, at));
  }

  #indexed(path, repeat, number, near) {
    const { repeats } = this.nodes.get(path);
    const at = repeats.map((name, depth) => (name === repeat ? number : (near.at[depth] ?? 0)));
    const there = at.every((place, depth) => place >= 0 && place < this.value(repeats[depth], at.slice(0, depth)));
    return there ? this.#typed(path, at) : "";
  }

  /** What the form itself calls this filling of it, as its settings say; empty where they do not. */
  get name() {
    const [path] = this.nodes.keys();
    return this.tree.instance_name ? asText(this.ask(this.tree.instance_name, path)) : "";
  }

  /** The choices offered by the question at *path*, after its filter. */
  choices(path, at = []) {
    const { node } = this.nodes.get(path);
    const all = this.lists.get(node.choices) ?? [];
    return node.choice_filter ? this.offers.list(node, at) : all;
  }

  /**
   * What is wrong with the answer at *path*: null, `missing`, `number`, `constraint`, `choice`, or `collect` where only ODK Collect can
   * answer. Irrelevant questions are never wrong.
   */
  fault(path, at = []) {
    const key = `${keyOf(path, at)}?`;
    if (!this.cache.has(key)) this.cache.set(key, this.#fault(path, at));
    return this.cache.get(key);
  }

  #fault(path, at) {
    const node = this.node(path);
    if (!this.isRelevant(path, at)) return null;
    if (node.foreign === "logic") return "collect";
    const value = this.value(path, at).trim();
    if (value === "") return this.isRequired(path, at) ? (node.foreign ? "collect" : "missing") : null;
    if (NUMERALS[node.type]?.test(value) === false) return "number";
    if (node.choice_filter && this.offers.gone(node, at).length) return "choice";
    if (node.constraint && !asBoolean(this.ask(node.constraint, path, at))) return "constraint";
    return null;
  }

  /** Whether the question at *path* must be answered now. */
  isRequired(path, at = []) {
    const { required, type } = this.node(path);
    return Boolean(required) && type !== this.excused && asBoolean(this.ask(required, path, at));
  }

  /** Every fault of the form in the order of its questions: `{path, at, fault}`. */
  faults() {
    const found = [];
    for (const [path, { node }] of this.nodes) {
      if (node.kind !== "question" && !node.foreign) continue;
      for (const at of this.instances(path)) {
        const fault = this.fault(path, at);
        if (fault) found.push({ path, at, fault });
      }
    }
    return found;
  }
}
