// Runs the shared cases of tests/vectors in the field client's own code; loaded by test_vectors.py with the client's modules.

/** The names of the cases in *cases* that *Answers* computes differently, with what came out. */
export function failures(cases, Answers) {
  const wrong = [];
  for (const one of cases) {
    let got;
    try {
      got = compute(one, Answers);
    } catch (error) {
      got = `${error}`;
    }
    if (!same(got, one.expected)) wrong.push({ name: one.name, expected: one.expected, got });
  }
  return wrong;
}

function compute(one, Answers) {
  const here = one.here ?? "/data/g/n";
  const values = { ...one.values, ...("self" in one ? { [here]: one.self } : {}) };
  const tree = treeOf(values, [here, ...pathsIn(one.tree_expr)], one);
  const language = one.language ?? "vi";
  const answers = new Answers(tree, dataOf(tree.children, values, one.repeats ?? {}), { language, now: () => new Date(one.now ?? 0) });
  const at = [...here.matchAll(/\[(\d+)\]/g)].map((found) => Number(found[1]) - 1);
  return answers.ask(one.tree_expr, plain(here), at, { item: one.item });
}

const plain = (path) => path.replace(/\[\d+\]/g, "");

function pathsIn(expr) {
  return [expr.path, ...(expr.args ?? []).flatMap(pathsIn)].filter(Boolean);
}

// A form with just the questions that a case speaks of.
function treeOf(values, others, { repeats = {}, choices = {} }) {
  const numbered = [...Object.keys(values), ...others];
  const repeated = new Set(Object.keys(repeats).map(plain));
  for (const path of numbered) for (const found of path.matchAll(/\[\d+\]/g)) repeated.add(plain(path.slice(0, found.index)));
  const root = { children: [] };
  for (const path of [...new Set([...numbered, ...Object.keys(repeats)].map(plain))]) {
    let parent = root;
    let where = "/data";
    for (const name of path.split("/").slice(2)) {
      where += `/${name}`;
      let node = parent.children?.find((child) => child.name === name);
      if (!node) {
        node = { name, path: where, kind: "question", type: typeOf(values, where) };
        (parent.children ??= []).push(node);
      }
      parent = node;
    }
  }
  const settle = (node) => {
    if (repeated.has(node.path)) node.kind = "repeat";
    else if (node.children) node.kind = "group";
    if (node.kind !== "question") node.children ??= [];
    (node.children ?? []).forEach(settle);
  };
  root.children.forEach(settle);
  return { form: "vectors", root: "data", children: root.children, choices };
}

function typeOf(values, path) {
  return Object.entries(values).some(([key, value]) => plain(key) === path && typeof value === "number") ? "decimal" : "text";
}

function dataOf(children, values, repeats, prefix = "/data") {
  const data = {};
  for (const node of children) {
    const path = `${prefix}/${node.name}`;
    if (node.kind === "group") data[node.name] = dataOf(node.children, values, repeats, path);
    else if (node.kind === "repeat") {
      const seen = Object.keys(values).filter((key) => key.startsWith(`${path}[`)).map((key) => parseInt(key.slice(path.length + 1), 10));
      const count = repeats[path] ?? Math.max(0, ...seen);
      data[node.name] = Array.from({ length: count }, (_, index) => dataOf(node.children, values, repeats, `${path}[${index + 1}]`));
    } else data[node.name] = textOf(values[path]);
  }
  return data;
}

function textOf(value) {
  if (value === undefined || value === null) return "";
  return Array.isArray(value) ? value.join(" ") : String(value);
}

function same(got, expected) {
  if (expected === null) return Number.isNaN(got);
  if (typeof expected === "number") return typeof got === "number" && Math.abs(got - expected) < 1e-9;
  return got === expected;
}
