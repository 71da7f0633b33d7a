// The functions that form expressions may call; each takes its arguments unevaluated, and the environment they are asked in.

import { evaluate, nodes } from "./expressions.mjs";
import { pick } from "./texts.mjs";
import { asBoolean, asDate, asMoment, asNumber, asText, formatDate, rounded, vietnamText } from "./values.mjs";

const LONGEST_PATTERN_TEXT = 2000;
const MATHS = ["exp", "log", "log10", "sin", "cos", "tan", "asin", "acos", "atan", "atan2"];
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const TIME = /^(\d{2}):(\d{2})(?::(\d{2}(?:\.\d{1,6})?))?(?:Z|[+-]\d{2}:\d{2})?$/;

const words = (text) => text.split(/\s+/).filter(Boolean);
const letters = (text) => [...text]; // code points, not halves of pairs
const found = (list, index) => (Number.isFinite(index) && index >= 0 ? (list[Math.trunc(index)] ?? "") : "");

// Functions of values already computed; `text` and `number` say how all their arguments are read.
const ofValues = (read, work) => (args, env) => work(...args.map((arg) => read(evaluate(arg, env))));
const text = (work) => ofValues(asText, work);
const number = (work) => ofValues(asNumber, work);
const any = (work) => ofValues((value) => value, work);

// Functions of all nodes that their arguments stand for.
const ofNodes = (work) => (args, env) => work(args.flatMap((arg) => nodes(arg, env)));
const answered = (values) => values.filter((value) => value !== "").map(asNumber);
const extreme = (work) => ofNodes((values) => (answered(values).length ? work(...answered(values)) : Number.NaN));

function substring(subject, start, length = Number.POSITIVE_INFINITY) {
  const from = rounded(asNumber(start));
  const after = from + rounded(asNumber(length));
  return letters(asText(subject)).filter((_, index) => from <= index + 1 && index + 1 < after).join("");
}

function substr(subject, start, end = Number.POSITIVE_INFINITY) {
  const [from, to] = [asNumber(start), asNumber(end)];
  if (Number.isNaN(from) || Number.isNaN(to)) return "";
  return letters(asText(subject)).slice(Math.trunc(from), to === Number.POSITIVE_INFINITY ? undefined : Math.trunc(to)).join("");
}

function translate(subject, old, fresh) {
  const [sources, targets] = [letters(old), letters(fresh)];
  const swap = (letter) => (sources.includes(letter) ? (targets[sources.indexOf(letter)] ?? "") : letter);
  return letters(subject).map(swap).join("");
}

function regex(subject, pattern) {
  if (subject.length > LONGEST_PATTERN_TEXT) return false;
  try {
    return new RegExp(`^(?:${pattern})$`).test(subject);
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

// The share of the day that has passed at a time of day.
function partOfDay(time) {
  const found = TIME.exec(time.trim());
  if (!found) return Number.NaN;
  const [hour, minute, second] = [Number(found[1]), Number(found[2]), Number(found[3] ?? 0)];
  return hour < 24 && minute < 60 && second < 60 ? (hour * 3600 + minute * 60 + second) / 86_400 : Number.NaN;
}

// That many random letters and digits.
function code(length) {
  const letter = () => LETTERS[Math.floor(Math.random() * LETTERS.length)];
  return Array.from({ length: Math.min(Math.trunc(Math.max(length || 0, 0)), 100) }, letter).join("");
}

function coalesce([one, other], env) {
  const value = evaluate(one, env);
  return value === "" ? evaluate(other, env) : value;
}

const columnOf = (choices, env, column, test) => {
  const choice = choices.find(test);
  return choice ? env.column(column, choice) : "";
};

export const FUNCTIONS = {
  if: (args, env) => evaluate(asBoolean(evaluate(args[0], env)) ? args[1] : args[2], env),
  coalesce,
  once: ([expr], env) => coalesce([{ self: true }, expr], env),
  true: () => true,
  false: () => false,
  not: any((value) => !asBoolean(value)),
  boolean: any(asBoolean),
  "boolean-from-string": text((value) => value === "1" || value === "true"),

  selected: text((codes, code) => words(codes).includes(code.trim())),
  "selected-at": any((codes, index) => found(words(asText(codes)), asNumber(index))),
  "count-selected": text((codes) => words(codes).length),
  "choice-name": ([code, list], env) => {
    const wanted = asText(evaluate(code, env));
    return columnOf(env.choices(list.s), env, "label", (choice) => choice.name === wanted);
  },
  instance: ([list, column, filter], env) =>
    columnOf(env.choices(list.s), env, column.s, (item) => asBoolean(evaluate(filter, { ...env, item }))),

  count: ofNodes((values) => values.length),
  "count-non-empty": ofNodes((values) => values.filter((value) => value !== "").length),
  sum: ofNodes((values) => answered(values).reduce((total, value) => total + value, 0)),
  min: extreme(Math.min),
  max: extreme(Math.max),
  join: ([mark, ...rest], env) => rest.flatMap((arg) => nodes(arg, env)).map(asText).join(asText(evaluate(mark, env))),
  position: ([repeat], env) => env.position(repeat?.path),
  "indexed-repeat": ([question, repeat, index], env) => env.indexed(question.path, repeat.path, asNumber(evaluate(index, env))),

  number: number((value) => value),
  int: number(Math.trunc),
  round: number((value, places = 0) => (Number.isFinite(places) ? rounded(value, Math.trunc(places)) : Number.NaN)),
  uuid: (args, env) => (args.length ? code(asNumber(evaluate(args[0], env))) : crypto.randomUUID()),
  random: Math.random,
  pi: () => Math.PI,
  exp10: number((value) => 10 ** value),
  ...Object.fromEntries(MATHS.map((name) => [name, number(Math[name])])),
  abs: number(Math.abs),
  floor: number(Math.floor),
  ceiling: number(Math.ceil),
  pow: number((base, exponent) => base ** exponent),
  sqrt: number(Math.sqrt),

  string: text((value) => value),
  concat: ofNodes((values) => values.map(asText).join("")),
  "string-length": text((value) => letters(value).length),
  "normalize-space": text((value) => value.split(/[ \t\r\n]+/).filter(Boolean).join(" ")),
  translate: text(translate),
  substr: any(substr),
  substring: any(substring),
  "substring-before": text((value, mark) => (mark && value.includes(mark) ? value.slice(0, value.indexOf(mark)) : "")),
  "substring-after": text((value, mark) => (value.includes(mark) ? value.slice(value.indexOf(mark) + mark.length) : "")),
  contains: text((value, part) => value.includes(part)),
  "starts-with": text((value, part) => value.startsWith(part)),
  "ends-with": text((value, part) => value.endsWith(part)),
  regex: text(regex),
  "upper-case": text((value) => value.toUpperCase()),
  "lower-case": text((value) => value.toLowerCase()),

  today: (args, env) => vietnamText(env.now).slice(0, 10),
  now: (args, env) => vietnamText(env.now),
  date: any(asDate),
  "date-time": any(asMoment),
  "decimal-date-time": number((value) => value),
  "decimal-time": text(partOfDay),
  "format-date": any((value, pattern) => formatDate(value, asText(pattern))),
  "format-date-time": any((value, pattern) => formatDate(value, asText(pattern))),
};

/** A column of a *choice* in the page's language: its `name`, its `label`, or a column of its list's own. */
export function choiceColumn(column, choice, language) {
  if (column === "name") return choice?.name ?? "";
  if (column === "label") return choice?.label ? pick(choice.label, language) : "";
  return choice?.columns?.[column] ?? "";
}
