// What the field client makes of filled forms, for comparison with the server: every relevance, calculation, count and fault.

import { Answers } from "/field/tree.mjs";

/** For each of *fillings* of *tree*, asked at *moment*: `{relevant, calculated, counts, faults}` by numbered path. */
export function outcomes(tree, fillings, moment) {
  const now = () => new Date(moment);
  return fillings.map((data) => outcome(new Answers(tree, structuredClone(data), { now, language: languageOf(tree) })));
}

const languageOf = (tree) => (tree.languages.includes("vi") ? "vi" : tree.default_language);

function outcome(answers) {
  const found = { relevant: [], calculated: {}, counts: {}, faults: [] };
  for (const [path, { node, repeats }] of answers.nodes) {
    for (const at of answers.instances(path)) {
      const key = numbered(path, repeats, at);
      if (node.kind === "repeat") found.counts[key] = answers.value(path, at);
      else if (answers.isRelevant(path, at)) found.relevant.push(key);
      if (node.calculation && answers.isRelevant(path, at)) found.calculated[key] = answers.value(path, at);
    }
  }
  found.faults = answers.faults().map(({ path, at, fault }) => [fault, path, at.map((place) => place + 1).join(".")]);
  return found;
}

// `/data/r/q` and [1] as `/data/r[2]/q`.
function numbered(path, repeats, at) {
  return repeats.reduceRight((whole, repeat, depth) => `${repeat}[${at[depth] + 1}]${whole.slice(repeat.length)}`, path);
}
