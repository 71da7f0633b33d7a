// The bar at the thumb: the work, the map, and what waits to be sent.

import { fill, h } from "./dom.mjs";
import { readOutbox } from "./drafts.mjs";
import { t } from "./texts.mjs";

/** One bar for the three screens of *app* that have it. */
export class TabBar {
  #here = "work";
  #waiting = 0;

  constructor(app) {
    this.app = app;
    this.element = h("nav", { class: "tabs" });
    app.listenToSending((id) => app.sender.states.get(id).sent && this.#count()); // not at every step: it reads them all
  }

  /** The bar as the screen *here* has it. */
  shown(here) {
    this.#here = here;
    this.#draw();
    this.#count();
    return this.element;
  }

  async #count() {
    const waiting = (await readOutbox(this.app.work.me.person)).length;
    if (waiting === this.#waiting) return;
    this.#waiting = waiting;
    this.#draw();
  }

  #draw() {
    const { app } = this;
    const outbox = this.#waiting ? t("Outbox ({count})", { count: this.#waiting }) : t("Outbox");
    fill(
      this.element,
      this.#tab("work", t("Work"), () => app.leave()),
      this.#tab("map", t("Map"), () => app.map()),
      this.#tab("outbox", outbox, () => app.outbox()),
    );
  }

  #tab(name, words, go) {
    const here = name === this.#here;
    return h("button", { type: "button", "aria-current": here ? "page" : null, onclick: () => here || go() }, words);
  }
}
