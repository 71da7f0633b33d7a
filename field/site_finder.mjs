// Finding the place: by hamlet, by typing with or without marks, the nearest first where the position is known.

import { fill, h, say } from "./dom.mjs";
import { keep } from "./drafts.mjs";
import { matches } from "./fold.mjs";
import { signInNotice } from "./notices.mjs";
import { metres } from "./position.mjs";
import { Refusal } from "./server.mjs";
import { language, t } from "./texts.mjs";
import { nearest } from "./work.mjs";

const SHOWN = 15; // sites at once; the search finds the others
const SEARCH_MS = 250;
const MOVED_M = 10; // the list is put in order again after this many metres

/** The part of the first screen that finds a site; *hamlet* was chosen last time ("" for all). */
export class SiteFinder {
  constructor(app, hamlet) {
    this.app = app;
    this.known = { sites: [], more: false, query: "" };
    this.drawnFrom = null;
    this.asked = 0;
    this.timer = null;
    this.#build();
    const { hamlets } = app.work;
    const last = hamlets.length === 1 ? hamlets[0].id : hamlet;
    this.choose.value = hamlets.some(({ id }) => id === last) ? last : "";
    this.deaf = app.watch.listen(({ last: fix }) => {
      if (fix && (!this.drawnFrom || metres(this.drawnFrom, fix) > MOVED_M || fix.accuracy < this.drawnFrom.accuracy / 2)) this.#draw();
    });
    this.online = () => this.#ask();
    addEventListener("online", this.online);
    say(this.state, t("Fetching the list…"));
    this.#ask();
  }

  /** Stop following the position and the connection. */
  close() {
    this.deaf();
    removeEventListener("online", this.online);
    clearTimeout(this.timer);
  }

  #build() {
    const { app } = this;
    const options = app.work.hamlets.map(({ id, name }) => h("option", { value: id }, name));
    this.choose = h("select", { id: "hamlet", onchange: () => this.#chosen() }, h("option", { value: "" }, t("All hamlets")), options);
    this.search = h("input", {
      type: "search", id: "site-search", autocomplete: "off", placeholder: t("Name or code, marks not needed"),
      oninput: () => this.#typed(),
    }); // prettier-ignore
    this.state = h("p", { class: "hint", role: "status" });
    this.list = h("div", { class: "sites" });
    const lacking = () => app.checklists(null, this.choose.value || null);
    this.element = h(
      "section",
      {},
      h("h2", {}, t("Where are you?")),
      h("div", { class: "question" }, h("label", { for: "hamlet" }, t("Hamlet")), this.choose),
      h("div", { class: "question" }, h("label", { for: "site-search" }, t("Household, road or public place")), this.search),
      this.state,
      this.list,
      h("button", { type: "button", class: "plain", onclick: lacking }, t("Not in the register")),
    );
  }

  #chosen() {
    keep("hamlet", this.choose.value);
    this.known = { sites: [], more: false, query: "" };
    this.#ask();
  }

  // What is here is searched at once; the server only where it has more than it sent.
  #typed() {
    this.#draw();
    clearTimeout(this.timer);
    if (this.known.more || this.known.query) this.timer = setTimeout(() => this.#ask(), SEARCH_MS);
  }

  async #ask() {
    const turn = (this.asked += 1);
    const query = this.known.more || this.known.query ? this.search.value.trim() : "";
    try {
      const answer = await this.app.work.sites(this.choose.value, { query, fix: this.app.watch.last });
      if (turn !== this.asked) return; // a later question has been asked
      this.known = { ...answer, query };
      this.#draw();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (error.status === 401) return this.app.show(signInNotice());
      say(this.state, error.sentence || t("No connection: the list of places cannot be fetched."));
    }
  }

  #draw() {
    const query = this.search.value.trim();
    const fix = this.app.watch.last;
    // The server searches more than is known here (a road's ends): what it answered to these words stands.
    const found = query === this.known.query ? this.known.sites : this.known.sites.filter((site) => matches(site.folded, query));
    const ordered = nearest(found, fix).slice(0, SHOWN);
    fill(this.list, ordered.map((site) => siteCard(this.app, site)));
    this.drawnFrom = fix;
    say(this.state, listState(found.length, ordered.length, query));
  }
}

function listState(found, shown, query) {
  if (!found && query) return t("Nothing found. Check the hamlet, or choose “Not in the register”.");
  if (!found) return t("The register has nothing here yet.");
  return found > shown ? t("{shown} of {found}; type to find the others", { shown, found }) : "";
}

function siteCard(app, site) {
  const hamlet = app.work.hamlets.find(({ id }) => id === site.hamlet)?.name;
  const away = site.distance === null ? null : h("span", { class: "away" }, distanceText(site.distance));
  const detail = h("span", { class: "hint" }, [site.code, hamlet].filter(Boolean).join(" · "));
  const open = () => app.checklists(site, site.hamlet);
  const name = h("strong", {}, site.name || site.code);
  return h("button", { type: "button", class: `card site ${site.kind}`, onclick: open }, name, away, detail);
}

/** *metres* for a person: `120 m`, `3.4 km`. */
export function distanceText(metres) {
  const number = (value, digits) => new Intl.NumberFormat(language(), { maximumFractionDigits: digits }).format(value);
  return metres < 1000 ? `${number(metres, 0)} m` : `${number(metres / 1000, 1)} km`;
}
