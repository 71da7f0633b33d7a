// What a form's tree says before anybody answers: where each question stands, and the first answers of an empty form.

import { vietnamText } from "./values.mjs";

/** Whether *node* asks which site this is: ODK Collect offers the register there, our client knows the answer. */
export const namesSite = (node) => (node.appearance ?? "").split(" ").includes("site");

/** Every node of *tree* by path: `{node, steps, repeats, inside, parent}`, the names and repeats on the way to it. */
export function nodesByPath(tree) {
  const found = new Map();
  const visit = (children, names, repeats) => {
    for (const node of children) {
      const steps = [...names, node.name];
      const inside = node.kind === "repeat" ? [...repeats, node.path] : repeats;
      found.set(node.path, { node, steps, repeats, inside, parent: names.length ? `/${[tree.root, ...names].join("/")}` : null });
      visit(node.children ?? [], steps, inside);
    }
  };
  visit(tree.children, [], []);
  return found;
}

/** The answers under *children* in a form begun at *moment*: groups are objects, repeats lists, questions texts. */
export function firstAnswers(children, moment) {
  const data = {};
  for (const node of children) {
    if (node.kind === "group") data[node.name] = firstAnswers(node.children, moment);
    else if (node.kind === "repeat") data[node.name] = [];
    else if (node.kind !== "note") data[node.name] = first(node, moment);
  }
  return data;
}

// The day and hour of the beginning, a default that is no expression, or nothing.
function first({ preload, default: given }, moment) {
  if (preload === "start") return vietnamText(moment);
  if (preload === "today") return vietnamText(moment).slice(0, 10);
  return typeof given === "string" ? given : "";
}
