// Copies of the server's answers that the phone keeps: at hand at once, asked for again behind the screen.

import { keepAll, recall } from "./drafts.mjs";
import { ask } from "./server.mjs";

/** The kept answer to `GET path`: its `value` (undefined where there is none yet) and `at`, when the server last said that it holds. */
export class Copy {
  /** *patience*: milliseconds that the answer may take; a register takes longer than a name. */
  constructor(key, path, patience) {
    Object.assign(this, { key, path, patience, value: undefined, etag: null, at: null });
  }

  /** Read what the phone has. */
  async recall() {
    const [kept, at] = await Promise.all([recall(this.key), recall(`${this.key}:at`)]);
    if (kept?.value !== undefined) Object.assign(this, kept, { at });
  }

  /** What the server answers now, or to what was *asked* already: `{body, etag}`, without a body where this copy holds. Raises Refusal. */
  fetch(asked = null) {
    return ask(this.path, { etag: this.etag, patience: this.patience, asked });
  }

  /** Keep what `fetch` gave; whether it differs from what was here. */
  async take({ body, etag }) {
    const changed = body !== undefined;
    this.at = new Date().toISOString();
    if (changed) Object.assign(this, { value: body, etag });
    await keepAll({ ...(changed && { [this.key]: { value: body, etag } }), [`${this.key}:at`]: this.at });
    return changed;
  }
}
