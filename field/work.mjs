// What there is to do: who is signed in, hamlets, forms, sites; from the server, else the last copy that the phone keeps.

import { keep, recall } from "./drafts.mjs";
import { fold } from "./fold.mjs";
import { grade, metres } from "./position.mjs";
import { get, Refusal } from "./server.mjs";

const SITES_AT_ONCE = 1000;

/** Reads the server's work for one person. */
export class Work {
  constructor(api) {
    this.api = api;
    this.me = null;
    this.fresh = true;
  }

  /** Load who is here and what there is to do. Raises Refusal: 401 where nobody is signed in, 0 where there is neither server nor copy. */
  async load() {
    const [me, work] = await Promise.all([this.#kept("me", "me"), this.#kept("work", "work")]);
    if (work.person !== me.person) throw new Refusal(0, "NO_CONNECTION", ""); // the copy is of who used this phone before
    Object.assign(this, { me, hamlets: work.hamlets, forms: work.forms });
  }

  // The server's answer to *path*, kept under *key*; the kept one where no server can be reached.
  async #kept(path, key) {
    try {
      const answer = await get(this.api + path);
      await keep(key, answer);
      return answer;
    } catch (error) {
      const copy = error instanceof Refusal && error.passing ? await recall(key) : undefined;
      if (copy === undefined) throw error;
      this.fresh = false;
      return copy;
    }
  }

  /** The tree of *form*; a version never changes, so the phone's copy serves first. */
  async tree(form, version) {
    const key = `tree:${this.me.commune.code}:${form}:${version}`;
    const kept = await recall(key);
    if (kept) return kept;
    const tree = await get(`${this.api}forms/${encodeURIComponent(form)}/${encodeURIComponent(version)}`);
    await keep(key, tree);
    return tree;
  }

  /** Sites of *hamlet* ("" for all), and whether there are more than were sent; *query* and *fix* choose among too many. */
  async sites(hamlet, { query = "", fix = null } = {}) {
    const wanted = new URLSearchParams({ limit: SITES_AT_ONCE });
    if (hamlet) wanted.set("hamlet", hamlet);
    if (query) wanted.set("q", query);
    if (fix) {
      wanted.set("lat", fix.latitude);
      wanted.set("lon", fix.longitude);
    }
    const { sites } = await get(`${this.api}sites?${wanted}`);
    const name = (id) => this.hamlets.find((one) => one.id === id)?.name ?? "";
    const folded = (site) => fold(`${site.code} ${site.name} ${name(site.hamlet)}`);
    return { sites: sites.map((site) => ({ ...site, folded: folded(site) })), more: sites.length >= SITES_AT_ONCE };
  }

  /** What the person handed in lately (`submissions`) and all that came `returned` and waits, with states and the reviewer's reason. */
  submissions() {
    return get(`${this.api}submissions?limit=20`);
  }

  /** The submission *id* as it was handed in: its `xml`, and which `files` the server has. */
  instance(id) {
    return get(`${this.api}submissions/${encodeURIComponent(id)}/instance`);
  }

  /** The small picture of a photo that the server has, as a blob; null where there is none to be had. */
  async picture(sha256) {
    try {
      const answer = await fetch(`${location.origin}/photos/${sha256}/thumb`, { credentials: "same-origin" });
      return answer.status === 200 ? await answer.blob() : null;
    } catch (error) {
      if (error instanceof TypeError) return null; // only the picture is lacking
      throw error;
    }
  }
}

/** *sites* in the order of the list: nearest first where *fix* is usable, else as the register sorts; each with its `distance`. */
export function nearest(sites, fix) {
  if (!fix || grade(fix.accuracy) === "unusable") return sites.map((site) => ({ ...site, distance: null }));
  const measured = sites.map((site) => ({ ...site, distance: site.latitude === null ? null : metres(fix, site) }));
  return measured.sort((a, b) => (a.distance ?? Infinity) - (b.distance ?? Infinity));
}
