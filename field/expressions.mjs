// Evaluates the JSON expressions of a form's tree: XPath 1.0 with OpenRosa's functions, by the rules of tests/vectors/README.md.

import { FUNCTIONS } from "./functions.mjs";
import { asBoolean, asNumber, first } from "./values.mjs";

/**
 * The value of *expr*: a text, a number or a boolean; of several nodes the first counts.
 *
 * *env* is the place from which it is asked: `self` (the question's own answer), `read(path)` (the answers that a path means there),
 * `position(repeat)`, `indexed(path, repeat, number)`, `choices(list)`, `column(name, choice)`, `item` (the choice that a filter looks
 * at), `now` (a Date).
 */
export function evaluate(expr, env) {
  if (expr.op) return operate(expr, env);
  if (expr.fn) return call(expr, env);
  return first(nodes(expr, env));
}

/** All values that *expr* stands for: one, except for a path through repeats. */
export function nodes(expr, env) {
  if ("path" in expr) return env.read(expr.path);
  if ("self" in expr) return [env.self];
  if ("n" in expr) return [expr.n];
  if ("s" in expr) return [expr.s];
  if ("column" in expr) return [env.column(expr.column, env.item)];
  return [evaluate(expr, env)];
}

/** Every path that *expr* refers to. */
export function* pathsIn(expr) {
  if (expr.path) yield expr.path;
  for (const arg of expr.args ?? []) yield* pathsIn(arg);
}

function call({ fn, args }, env) {
  const known = FUNCTIONS[fn];
  if (!known) throw new Error(`unknown function ${fn}`);
  return known(args, env);
}

const ARITHMETIC = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  div: (a, b) => a / b,
  mod: (a, b) => a % b,
};

const COMPARISON = {
  "=": (a, b) => equal(a, b),
  "!=": (a, b) => !equal(a, b),
  "<": (a, b) => asNumber(a) < asNumber(b),
  "<=": (a, b) => asNumber(a) <= asNumber(b),
  ">": (a, b) => asNumber(a) > asNumber(b),
  ">=": (a, b) => asNumber(a) >= asNumber(b),
};

function operate({ op, args }, env) {
  if (op === "and") return args.every((arg) => asBoolean(evaluate(arg, env)));
  if (op === "or") return args.some((arg) => asBoolean(evaluate(arg, env)));
  if (op === "neg") return -asNumber(evaluate(args[0], env));
  if (op in ARITHMETIC) return ARITHMETIC[op](asNumber(evaluate(args[0], env)), asNumber(evaluate(args[1], env)));
  const right = nodes(args[1], env);
  return nodes(args[0], env).some((a) => right.some((b) => COMPARISON[op](a, b)));
}

// As in ODK Collect: sums of tenths are equal to what a person expects.
const same = (a, b) => a === b || Math.abs(a - b) < 1e-12;

function equal(a, b) {
  if (typeof a === "boolean" || typeof b === "boolean") return asBoolean(a) === asBoolean(b);
  if (typeof a === "number" || typeof b === "number") return same(asNumber(a), asNumber(b));
  return a === b;
}
