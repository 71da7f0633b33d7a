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
  #drawnFrom = null;

  constructor(app, hamlet) {
    this.app = app;
    this.#build();
    this.arrange(hamlet);
    this.deaf = app.watch.listen(({ last: fix }) => {
      const from = this.#drawnFrom;
      if (fix && (!from || metres(from, fix) > MOVED_M || fix.accuracy < from.accuracy / 2)) this.marked();
    });
    this.placed();
  }

  /** Stop following the position. */
  close() {
    this.deaf();
  }

  #build() {
    const { app } = this;
    this.choose = h("select", { id: "hamlet", "aria-label": t("Hamlet"), onchange: () => this.#chosen() });
    this.kind = h("select", { id: "kind", "aria-label": t("Kind of place"), onchange: () => this.marked() });
    this.search = h("input", {
      type: "search", id: "site-search", autocomplete: "off", enterkeyhint: "search", "aria-label": t("Household, road or public place"),
      placeholder: t("Name or code, marks not needed"), oninput: () => this.marked(), onfocus: () => app.work.register.prepare(),
    }); // prettier-ignore
    this.halves = h("div", { class: "halves", role: "group" });
    this.state = h("p", { class: "hint", role: "status" });
    this.list = h("div", { class: "sites" });
    const lacking = () => app.checklists(null, this.choose.value || null);
    this.element = h(
      "section",
      { class: "finder" },
      h("h2", {}, t("Where are you?")),
      h("div", { class: "choices" }, this.choose, this.kind),
      this.search,
      this.halves,
      this.state,
      this.list,
      h("button", { type: "button", class: "plain", onclick: lacking }, t("Not in the register")),
    );
  }

  /** Offer the hamlets and kinds as they are now; the choices (or *hamlet*) stay where they still exist. */
  arrange(hamlet = this.choose.value) {
    const { hamlets, register } = this.app.work;
    const counts = register.counts();
    const words = (id, name) => {
      const { done, all } = counts.get(id) ?? { all: 0 };
      return all ? t("{name}: {done} of {all}", { name, done, all }) : name;
    };
    const everywhere = hamlets.length === 1 ? null : ["", words("", t("All hamlets"))];
    offer(this.choose, [everywhere, ...hamlets.map(({ id, name }) => [id, words(id, name)])].filter(Boolean), hamlet);
    const kinds = register.kinds();
    offer(this.kind, [["", t("All kinds")], ...kinds.map((kind) => [kind, kindName(kind)])], this.kind.value);
    this.kind.hidden = kinds.length < 2;
  }

  /** Show the register as it is now. */
  placed() {
    this.arrange();
    this.marked();
  }

  #chosen() {
    keep("hamlet", this.choose.value);
    this.marked();
  }

  #half(words, open) {
    const choose = () => {
      this.#open = open;
      this.marked();
    };
    return h("button", { type: "button", "aria-pressed": String(open === this.#open), onclick: choose }, words);
  }

  /** Show what fits the choices, with what is done and what is not as it is now. */
  marked() {
    const { work, watch } = this.app;
    const query = this.search.value.trim();
    const wanted = { query, hamlet: this.choose.value, kind: this.kind.value, open: this.#open };
    this.#drawnFrom = watch.last;
    const { all, open, entries } = work.register.find(wanted, watch.last, SHOWN);
    fill(this.halves, this.#half(t("To do ({count})", { count: open }), true), this.#half(t("All ({count})", { count: all }), false));
    renew(this.list, entries.map((entry) => siteCard(this.app, entry)));
    say(this.state, work.listed ? this.#words(this.#open ? open : all, entries.length, query, all) : t("Fetching the list…"));
  }

  #words(found, shown, query, all) {
    if (found > shown) return t("{shown} of {found}; type to find the others", { shown, found });
    if (found) return "";
    if (!query) return this.#open ? t("Nothing is left to do here.") : t("The register has nothing here yet.");
    if (!this.#open || !all) return t("Nothing found. Check the hamlet, or choose “Not in the register”.");
    return t("Nothing found among what is still to do. Look at everything, or choose “Not in the register”.");
  }
}

const kindName = (kind) => ({ household: t("Households"), road_segment: t("Roads"), public_place: t("Public places") })[kind] ?? kind;

// Put *choices* (`[value, words]`) into *select*, with *wanted* chosen where it is among them, else the first.
function offer(select, choices, wanted) {
  fill(select, choices.map(([value, words]) => h("option", { value }, words)));
  select.value = choices.some(([value]) => value === wanted) ? wanted : choices[0]?.[0] ?? "";
}

// Put *cards* into *list* unless they show what is there: a card that is replaced under the thumb swallows its tap.
function renew(list, cards) {
  const same = cards.length === list.children.length && cards.every((card, place) => card.isEqualNode(list.children[place]));
  if (!same) fill(list, cards);
}

function siteCard(app, entry) {
  const { site, hamlet, distance } = entry;
  const open = () => {
    const now = app.work.register.byId.get(site.site)?.site ?? site; // the card may be older than the register
    app.checklists(now, now.hamlet);
  };
  const name = h("strong", {}, site.name || site.code);
  const away = distance === null ? null : h("span", { class: "away" }, distanceText(distance));
  const detail = h("span", { class: "hint" }, [site.code, hamlet].filter(Boolean).join(" · "));
  return h("button", { type: "button", class: `card site ${site.kind}`, onclick: open }, name, away, detail, siteMark(entry));
}

// What is done at a place, and what of it waits on this phone.
function siteMark({ done, wanted, states, asked }) {
  const here = new Set(states.values());
  const words = [
    asked ? t("To be visited") : null,
    done ? t("{done} of {wanted} checklists done", { done, wanted }) : null,
    here.has("begun") ? t("begun") : null,
    here.has("sending") ? t("not sent yet") : null,
  ].filter(Boolean);
  return words.length ? h("span", { class: `mark ${asked ? "asked" : done < wanted ? "part" : "whole"}` }, words.join(" · ")) : null;
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
