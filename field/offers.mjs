// What the choice filters of a form offer, and what of the answers they no longer offer.

import { pathsIn } from "./expressions.mjs";
import { asBoolean } from "./values.mjs";

const words = (text) => text.split(" ").filter(Boolean);

/** The filtered lists of *answers*. */
export class Offers {
  #answers;
  #known = new Map();

  constructor(answers) {
    this.#answers = answers;
  }

  /** The choices that the filter of *node* lets through at *at*. A list is gone through anew only where an answer it looks at changed. */
  list(node, at) {
    const answers = this.#answers;
    const read = (path) => answers.ask({ fn: "join", args: [{ s: " " }, { path }] }, node.path, at);
    const asked = JSON.stringify([...[...pathsIn(node.choice_filter)].map(read), answers.value(node.path, at), answers.language]);
    const key = `${node.path}|${at.join(".")}`;
    const known = this.#known.get(key);
    if (known?.asked === asked) return known.list;
    const all = answers.lists.get(node.choices) ?? [];
    const list = all.filter((item) => asBoolean(answers.ask(node.choice_filter, node.path, at, { item })));
    this.#known.set(key, { asked, list });
    return list;
  }

  /** The chosen codes that are not offered. */
  gone(node, at) {
    const codes = words(this.#answers.value(node.path, at));
    if (!codes.length) return codes;
    const names = new Set(this.list(node, at).map((choice) => choice.name));
    return codes.filter((code) => !names.has(code));
  }

  /** Take back every choice that is no longer offered, since an earlier answer changed; how many answers that touched. */
  drop() {
    let dropped = 0;
    for (const { node } of this.#answers.nodes.values()) {
      for (const at of node.choice_filter ? this.#answers.instances(node.path) : []) {
        const gone = this.gone(node, at);
        if (!gone.length) continue;
        const kept = words(this.#answers.value(node.path, at)).filter((code) => !gone.includes(code));
        this.#answers.put(node.path, at, kept.join(" "));
        dropped += 1;
      }
    }
    return dropped;
  }
}
