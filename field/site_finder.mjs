// Finding the place: by hamlet, kind and typing with or without marks; the nearest first, and what is still to do before the rest.

import { fill, h, say } from "./dom.mjs";
import { keep } from "./drafts.mjs";
import { metres } from "./position.mjs";
import { language, t } from "./texts.mjs";

const SHOWN = 15; // sites at once; the search finds the others
const MOVED_M = 10; // the list is put in order again after this many metres

/** The part of the first screen that finds a site; *hamlet* was chosen last time ("" for all). */
export class SiteFinder {
  #open = true; // only what is still to do
  #kind = "";
  #drawnFrom = null;

  constructor(app, hamlet) {
    this.app = app;
    this.#build();
    this.arrange(hamlet);
    this.deaf = app.watch.listen(({ last: fix }) => {
      const from = this.#drawnFrom;
      if (fix && (!from || metres(from, fix) > MOVED_M || fix.accuracy < from.accuracy / 2)) this.#draw();
    });
    this.placed();
  }

  /** Stop following the position. */
  close() {
    this.deaf();
  }

  #build() {
    const { app } = this;
    this.choose = h("select", { id: "hamlet", onchange: () => this.#chosen() });
    this.search = h("input", {
      type: "search", id: "site-search", autocomplete: "off", placeholder: t("Name or code, marks not needed"),
      oninput: () => this.#draw(),
    }); // prettier-ignore
    this.filters = h("div", { class: "filters" });
    this.state = h("p", { class: "hint", role: "status" });
    this.list = h("div", { class: "sites" });
    const lacking = () => app.checklists(null, this.choose.value || null);
    this.element = h(
      "section",
      {},
      h("h2", {}, t("Where are you?")),
      h("div", { class: "question" }, h("label", { for: "hamlet" }, t("Hamlet")), this.choose),
      h("div", { class: "question" }, h("label", { for: "site-search" }, t("Household, road or public place")), this.search),
      this.filters,
      this.state,
      this.list,
      h("button", { type: "button", class: "plain", onclick: lacking }, t("Not in the register")),
    );
  }

  /** Offer the hamlets as they are now; the choice (or *hamlet*) stays where it still exists. */
  arrange(hamlet = this.choose.value) {
    const { hamlets, register } = this.app.work;
    const counts = register.counts();
    const words = (id, name) => {
      const { done, all } = counts.get(id) ?? { all: 0 };
      return all ? t("{name}: {done} of {all} done", { name, done, all }) : name;
    };
    const options = hamlets.map(({ id, name }) => h("option", { value: id }, words(id, name)));
    fill(this.choose, h("option", { value: "" }, words("", t("All hamlets"))), options);
    const wanted = hamlets.length === 1 ? hamlets[0].id : hamlet;
    this.choose.value = hamlets.some(({ id }) => id === wanted) ? wanted : "";
  }

  /** Show the register as it is now. */
  placed() {
    this.arrange();
    this.marked();
  }

  /** Show what is done and what is not as it is now. */
  marked() {
    this.#drawFilters();
    this.#draw();
  }

  #chosen() {
    keep("hamlet", this.choose.value);
    this.#draw();
  }

  #drawFilters() {
    const kinds = this.app.work.register.kinds();
    const names = { household: t("Households"), road_segment: t("Roads"), public_place: t("Public places") };
    const kindChoice = ["", ...kinds].map((kind) => this.#filter(kind ? names[kind] : t("All kinds"), this.#kind === kind, () => (this.#kind = kind)));
    const open = this.#filter(t("Still to do"), this.#open, () => (this.#open = !this.#open));
    fill(this.filters, open, kinds.length > 1 ? kindChoice : null);
  }

  #filter(words, pressed, choose) {
    const onclick = () => {
      choose();
      this.marked();
    };
    return h("button", { type: "button", class: "filter", "aria-pressed": String(pressed), onclick }, words);
  }

  #draw() {
    const { work, watch } = this.app;
    const query = this.search.value.trim();
    const wanted = { query, hamlet: this.choose.value, kind: this.#kind, open: this.#open };
    this.#drawnFrom = watch.last;
    const { count, entries } = work.register.find(wanted, watch.last, SHOWN);
    fill(this.list, entries.map((entry) => siteCard(this.app, entry)));
    say(this.state, work.listed ? listState(count, entries.length, wanted) : t("Fetching the list…"));
  }
}

function listState(found, shown, { query, open }) {
  if (!found && query && open) return t("Nothing found among what is still to do. Look at everything, or choose “Not in the register”.");
  if (!found && query) return t("Nothing found. Check the hamlet, or choose “Not in the register”.");
  if (!found) return open ? t("Nothing is left to do here.") : t("The register has nothing here yet.");
  return found > shown ? t("{shown} of {found}; type to find the others", { shown, found }) : "";
}

function siteCard(app, { site, hamlet, distance, done, wanted }) {
  const away = distance === null ? null : h("span", { class: "away" }, distanceText(distance));
  const detail = h("span", { class: "hint" }, [site.code, hamlet].filter(Boolean).join(" · "));
  const mark = done ? h("span", { class: `mark ${done < wanted ? "part" : "whole"}` }, t("{done} of {wanted} done", { done, wanted })) : null;
  const open = () => app.checklists(site, site.hamlet);
  const name = h("strong", {}, site.name || site.code);
  return h("button", { type: "button", class: `card site ${site.kind}`, onclick: open }, name, away, detail, mark);
}

/** *metres* for a person: `120 m`, `3.4 km`. */
export function distanceText(metres) {
  const number = (value, digits) => numbers(digits).format(value);
  return metres < 1000 ? `${number(metres, 0)} m` : `${number(metres / 1000, 1)} km`;
}

// Making a format takes longer than using it, and the list is drawn at every letter.
const formats = new Map();
function numbers(digits) {
  const key = `${language()} ${digits}`;
  if (!formats.has(key)) formats.set(key, new Intl.NumberFormat(language(), { maximumFractionDigits: digits }));
  return formats.get(key);
}
