// The register on the phone: found as one types, nearest first, with what is done in this round and what is still to do.

import { fold } from "./fold.mjs";
import { grade } from "./position.mjs";

const DONE = new Set(["accepted", "received", "sending"]);
const DEGREE_M = 111_195; // metres in a degree of latitude
const FAR_M = 1e8; // farther than any two places on earth
const SLICE = 250; // sites prepared for searching at once, so that a tap in between is answered
const VIETNAM_MS = 7 * 3_600_000;

/** The sites that one person may see, in the order of the server's list. */
export class Register {
  #preparing = false;

  /** *hamlets* gives the names that are searched with each site. */
  constructor(sites = [], hamlets = []) {
    const names = new Map(hamlets.map(({ id, name }) => [id, name]));
    this.entries = sites.map((site) => new Entry(site, names.get(site.hamlet) ?? ""));
    this.byId = new Map(this.entries.map((entry) => [entry.site.site, entry]));
    this.measuredFrom = null;
  }

  /** Prepare the search, a slice at a time; without it the first letter typed waits for all. */
  async prepare() {
    if (this.#preparing) return;
    this.#preparing = true;
    for (let begin = 0; begin < this.entries.length; begin += SLICE) {
      this.entries.slice(begin, begin + SLICE).forEach((entry) => entry.folded);
      await new Promise((resolve) => setTimeout(resolve));
    }
  }

  /** Take in which of *forms* have which state where (`states` of `statesOf`), and the sites that chance has *asked* for (`askedOf`). */
  mark(forms, states, asked = new Set()) {
    this.entries.forEach((entry) => entry.mark(forms, states, asked));
  }

  /**
   * The first *limit* entries that match, those asked for before the others, nearest first where *fix* is usable, of those still to do
   * only where *open* says so; and how many match (`all`) and are still to do (`open`).
   */
  find({ query = "", hamlet = "", kind = "", open = false }, fix, limit) {
    this.#measure(fix);
    const words = spaced(query).split(" ").filter(Boolean).map(asBegun);
    const found = this.entries.filter(
      (entry) =>
        (!hamlet || entry.site.hamlet === hamlet) &&
        (!kind || entry.site.kind === kind) &&
        words.every((word) => entry.folded.includes(word)),
    );
    const todo = found.filter((entry) => entry.open);
    return { all: found.length, open: todo.length, entries: nearest(open ? todo : found, limit) };
  }

  /** For each hamlet (and "" for all of them) how many sites there are and how many are done: `Map(id → {all, done})`. */
  counts() {
    const total = { all: 0, done: 0 };
    const counts = new Map([["", total]]);
    for (const entry of this.entries) {
      if (!entry.wanted) continue;
      const { hamlet } = entry.site;
      if (hamlet && !counts.has(hamlet)) counts.set(hamlet, { all: 0, done: 0 });
      for (const count of hamlet ? [total, counts.get(hamlet)] : [total]) {
        count.all += 1;
        if (!entry.open) count.done += 1;
      }
    }
    return counts;
  }

  /** The kinds of site that occur. */
  kinds() {
    return [...new Set(this.entries.map(({ site }) => site.kind))].sort();
  }

  #measure(fix) {
    if (this.measuredFrom === fix) return;
    this.measuredFrom = fix;
    const usable = fix && grade(fix.accuracy) !== "unusable";
    this.entries.forEach((entry) => (entry.distance = usable ? distance(fix, entry.site) : null));
  }
}

class Entry {
  #folded = null;

  constructor(site, hamlet) {
    Object.assign(this, { site, hamlet, distance: null, states: new Map(), wanted: 0, done: 0, asked: false });
  }

  /** What a search looks at: code, name, hamlet and, of a road, its ends. */
  get folded() {
    const { code, name, ends = [] } = this.site;
    this.#folded ??= ` ${spaced([code, name, this.hamlet, ...ends].join(" "))}`;
    return this.#folded;
  }

  /** Whether a checklist is still to be done here in this round, or asked for once more. */
  get open() {
    return this.asked || this.done < this.wanted;
  }

  mark(forms, states, asked) {
    this.states.clear();
    this.asked = asked.has(this.site.site);
    this.wanted = this.done = 0;
    const own = forms.some(({ site_kind: kind }) => kind === this.site.kind);
    for (const { form, site_kind: kind } of forms) {
      if (kind && kind !== this.site.kind) continue;
      const state = states.get(`${this.site.site} ${form}`) ?? null;
      this.states.set(form, state);
      if (own && !kind) continue; // one that fits every place is due only where the place has none of its own kind
      this.wanted += 1;
      if (DONE.has(state)) this.done += 1;
    }
  }
}

/**
 * What is known of each site and form, `Map("site form" → state)`: the server's *visits* of this *round* by anybody, what this phone
 * has *sent* since (but not what the server's list *own* says came back), and its *drafts*: `sending` waits here, `begun` is not finished.
 */
export function statesOf({ visits = [], round = null, sent = [], drafts = [], own = [] }) {
  const states = new Map();
  const back = new Set(own.filter(({ state }) => state === "returned" || state === "rejected").map(({ id }) => id));
  const since = round?.starts_on ?? "";
  const set = (site, form, state) => site && states.set(`${site.site} ${form}`, state);
  drafts.filter(({ state }) => state === "open").forEach(({ site, form }) => set(site, form, "begun"));
  sent.filter(({ id, at }) => !back.has(id) && day(at) >= since).forEach(({ site, form }) => set(site, form, "received"));
  visits.forEach(([site, form, state]) => states.set(`${site} ${form}`, state));
  drafts.filter(({ state }) => state !== "open").forEach(({ site, form }) => set(site, form, "sending"));
  return states;
}

/**
 * The sites at which a visit that chance has drawn (*asked*: `[site, form]`, of the same answer as *visits*) is still to be made. What this
 * phone did since that answer is done; what the answer itself knows was done before the draw.
 */
export function askedOf({ asked = [], visits = [], states }) {
  const before = new Map(visits.map(([site, form, state]) => [`${site} ${form}`, state]));
  const isOpen = (key) => !DONE.has(states.get(key)) || states.get(key) === before.get(key);
  return new Set(asked.filter(([site, form]) => isOpen(`${site} ${form}`)).map(([site]) => site));
}

// Letters and digits alone, in words: a hyphen or a bracket parts words as a space does.
const spaced = (text) => fold(text).replace(/[^\p{L}\p{N}]+/gu, " ");

// Letters are looked for where a word begins ("ho" is no "thôn"), digits anywhere: nobody types the zeros of a code.
const asBegun = (word) => (/^\d/.test(word) ? word : ` ${word}`);

// The day in Vietnam on which something was sent.
const day = (at) => new Date(Date.parse(at) + VIETNAM_MS).toISOString().slice(0, 10);

// The *limit* nearest, without sorting thousands, those asked for before all; who has no position comes last, in the register's order.
function nearest(entries, limit) {
  const away = (entry) => (entry.distance ?? FAR_M) - (entry.asked ? 2 * FAR_M : 0);
  const first = [];
  for (const entry of entries) {
    if (first.length === limit && away(entry) >= away(first[limit - 1])) continue;
    let place = first.length;
    while (place > 0 && away(first[place - 1]) > away(entry)) place -= 1;
    first.splice(place, 0, entry);
    if (first.length > limit) first.pop();
  }
  return first;
}

// Metres from *fix* to a site, to the nearest place of its line where it has one; null without a position. Flat within a commune.
function distance(fix, site) {
  const scale = Math.cos((fix.latitude * Math.PI) / 180);
  const flat = ([longitude, latitude]) => [(longitude - fix.longitude) * scale * DEGREE_M, (latitude - fix.latitude) * DEGREE_M];
  if (site.line?.length) {
    const line = site.line.map(flat);
    return Math.min(...line.map((point, index) => toSegment(point, line[index + 1] ?? point)));
  }
  return site.latitude === null ? null : Math.hypot(...flat([site.longitude, site.latitude]));
}

// From the origin to the segment between two places.
function toSegment([x, y], [toX, toY]) {
  const [alongX, alongY] = [toX - x, toY - y];
  const length = alongX ** 2 + alongY ** 2;
  const share = length ? Math.min(1, Math.max(0, -(x * alongX + y * alongY) / length)) : 0;
  return Math.hypot(x + share * alongX, y + share * alongY);
}
