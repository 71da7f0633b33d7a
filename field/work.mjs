// What there is to do: who is signed in, hamlets, checklists, places; from the phone's copies, asked for again behind the screen.

import { Copy } from "./copies.mjs";
import { keep, keptKeys, readDrafts, readSent, recall } from "./drafts.mjs";
import { askedOf, Register, statesOf } from "./register.mjs";
import { get, Refusal } from "./server.mjs";

const QUICK_MS = 20_000;
const SLOW_MS = 120_000; // a register of thousands over a bad line
const SHORT_MS = 5_000; // where a copy stands by
const MOMENT_MS = 5_000; // within it the same is not asked twice
const AGAIN_MS = 60_000; // a line that came back says nothing on some phones: it is tried
const PATHS = { work: "work", register: "register", visits: "visits", submissions: "submissions?limit=20", map: "map" };

/** What one person has to do. Listeners hear what changed: `person`, `work`, `places`, `submissions`, `state`. */
export class Work {
  #listeners = new Set();
  #asking = null;
  #timer = null;
  #copies = null;
  #recalled = null;
  #trees = new Set();
  #knownAt = -Infinity; // when the server last said who is here, by the page's own clock

  constructor(api) {
    this.api = api;
    this.me = null;
    this.trouble = null; // the Refusal that ended the last asking, null where all is as the server says
    this.register = new Register();
    this.who = new Copy("me", `${api}me`, QUICK_MS);
  }

  /** Call *listener* with what changed until the returned function is called. */
  listen(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #tell(what) {
    this.#listeners.forEach((listener) => listener(what));
  }

  /** Stop asking. */
  close() {
    clearTimeout(this.#timer);
    this.#listeners.clear();
  }

  /**
   * Be ready to show the work, from the phone's copies where it has them, else from the server, *asked* for `me` and `work` already.
   * Raises Refusal where there is neither.
   */
  async load(asked = {}) {
    await this.who.recall();
    if (this.who.value) await this.#become(this.who.value);
    if (!this.work) await this.#refreshWho(asked);
  }

  get work() {
    return this.#copies?.work.value;
  }

  get hamlets() {
    return this.work.hamlets;
  }

  get forms() {
    return this.work.forms;
  }

  get round() {
    return this.work.round ?? null;
  }

  /** What the commune has set about privacy: `{retention_years, contact}`, null where it has not; a copy of before knows of none. */
  get privacy() {
    return this.work.privacy ?? { retention_years: null, contact: null };
  }

  get tiles() {
    return this.work.tiles ?? null;
  }

  /** The map of the commune (`{border, hamlets}`), undefined while the phone has none. */
  get map() {
    return this.#copies.map.value;
  }

  /** Whether the register has been fetched once. */
  get listed() {
    return this.#copies.register.value !== undefined;
  }

  /** When the server last said that the work is so. */
  get asOf() {
    return this.#copies.work.at;
  }

  /** Whether the server is being asked at this moment. */
  get asking() {
    return this.#asking !== null;
  }

  /** Whether the server no longer knows who this is; what is on the phone goes on. */
  get signedOut() {
    return this.trouble?.status === 401;
  }

  /** What the person handed in lately (`submissions`) and all that came `returned` and waits, with states and the reviewer's reason. */
  get handedIn() {
    return this.#copies.submissions.value ?? { submissions: [], returned: [] };
  }

  /** What is to be done at places: `{tasks: {site: [[finding, amount or words, day]]}, findings: {code: {vi, en, form}}}`. */
  get todo() {
    const { tasks = {}, findings = {} } = this.#copies.visits.value ?? {};
    return { tasks, findings };
  }

  /** What the phone has for a day without a connection: `{trees, wanted, places, map}`; places is null without a register. */
  get ready() {
    const trees = this.forms.filter((form) => this.#trees.has(`${this.#treeKey}:${form.form}:${form.version}`)).length;
    return { trees, wanted: this.forms.length, places: this.listed ? this.register.entries.length : null, map: this.map !== undefined };
  }

  /** Ask the server for everything once more; whoever asks meanwhile waits for the same answers. Never raises Refusal. */
  refresh() {
    this.#asking ??= this.#refreshAll().finally(() => {
      this.#asking = null;
      this.#tell("state");
    });
    return this.#asking;
  }

  /** `refresh`, unless the copies are younger than *age* milliseconds and nothing went wrong. */
  refreshAfter(age = AGAIN_MS) {
    if (this.trouble || !this.asOf || Date.now() - Date.parse(this.asOf) > age) return this.refresh();
    return Promise.resolve();
  }

  async #refreshAll() {
    clearTimeout(this.#timer);
    await this.#recallRest();
    try {
      if (performance.now() - this.#knownAt > MOMENT_MS) await this.#refreshWho();
      await this.#recallRest(); // somebody else's, where the server says so
      const rest = ["register", "visits", "submissions", "map"].map((name) => this.#refreshOne(name));
      const failed = (await Promise.allSettled([...rest, this.#fetchTrees()])).find(({ status }) => status === "rejected");
      if (failed) throw failed.reason;
      this.trouble = null;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.trouble = error;
      if (error.passing) this.#timer = setTimeout(() => this.refresh(), AGAIN_MS);
    }
  }

  // Both questions at once: on a slow line each wait counts.
  async #refreshWho(asked = {}) {
    const work = (this.#copies?.work ?? new Copy("", this.api + PATHS.work, QUICK_MS)).fetch(asked.work);
    work.catch(() => {}); // heard below
    const changed = await this.who.take(await this.who.fetch(asked.me));
    const me = this.who.value;
    const other = this.me && (this.me.person !== me.person || this.me.commune.code !== me.commune.code);
    if (changed) await this.#become(me);
    const answer = await work;
    if ((answer.body ?? this.work)?.person !== me.person) throw new Refusal(0, "NO_CONNECTION", ""); // signed in anew in between
    if ((await this.#copies.work.take(answer)) || changed) await this.#arrange();
    this.#knownAt = performance.now();
    this.#tell(other ? "person" : "work");
  }

  async #refreshOne(name) {
    const copy = this.#copies[name];
    if (!(await copy.take(await copy.fetch())) || copy !== this.#copies[name]) return;
    if (name === "submissions") await this.#keepReturned();
    if (name === "register") await this.#arrange();
    else await this.mark();
    this.#tell(name === "submissions" ? name : "places");
  }

  // From here on it is *me* whose copies count: nobody sees what another person has on this phone.
  async #become(me) {
    const same = this.me?.person === me.person && this.me.commune.code === me.commune.code;
    this.me = me;
    if (same) return;
    const patience = { register: SLOW_MS };
    const copy = ([name, path]) => [name, new Copy(this.#key(name), this.api + path, patience[name] ?? QUICK_MS)];
    this.#copies = Object.fromEntries(Object.entries(PATHS).map(copy));
    this.register = new Register();
    this.#recalled = null;
    await this.#copies.work.recall();
  }

  // The other copies, once for each person. The register is long: the first screen stands before it is read.
  #recallRest() {
    this.#recalled ??= this.work ? this.#readRest() : Promise.resolve();
    return this.#recalled;
  }

  async #readRest() {
    const { register, visits, submissions, map } = this.#copies;
    this.#trees = new Set(await keptKeys(`${this.#treeKey}:`));
    await Promise.all([submissions, visits, map, register].map((copy) => copy.recall()));
    if (register !== this.#copies.register) return; // another person meanwhile
    await this.#arrange();
    this.#tell("submissions");
    this.#tell("places");
  }

  // The register anew: after it has changed, or the names of the hamlets.
  async #arrange() {
    this.register = new Register(this.#copies.register.value?.sites, this.hamlets);
    await this.mark();
  }

  /** Take in what is done and what is not, from the server's visits and this phone's own work. */
  async mark() {
    const [drafts, sent] = await Promise.all([readDrafts(this.me.person), readSent(this.me.person, Infinity)]);
    const { submissions, returned } = this.handedIn;
    const { visits, asked } = this.#copies.visits.value ?? {};
    const states = statesOf({ visits, round: this.round, drafts, sent, own: [...submissions, ...returned] });
    this.register.mark(this.forms, states, askedOf({ asked, visits, states }));
  }

  #key(name) {
    return `${name}:${this.me.commune.code}:${this.me.person}`;
  }

  get #treeKey() {
    return `tree:${this.me.commune.code}`;
  }

  async #fetchTrees() {
    await Promise.all(this.forms.map(({ form, version }) => this.tree(form, version)));
    this.#tell("state");
  }

  /** The tree of *form*; a version never changes, so the phone's copy serves first. Raises Refusal. */
  async tree(form, version) {
    const key = `${this.#treeKey}:${form}:${version}`;
    const kept = await recall(key);
    const tree = kept ?? (await get(`${this.api}forms/${encodeURIComponent(form)}/${encodeURIComponent(version)}`));
    if (!kept) await keep(key, tree);
    this.#trees.add(key);
    return tree;
  }

  // What came back is done again where there is no connection, too.
  async #keepReturned() {
    await Promise.all(this.handedIn.returned.map(({ id }) => this.instance(id)));
  }

  /** The submission *id* as it was handed in: its `xml`, and which `files` the server has. Raises Refusal. */
  async instance(id) {
    const copy = new Copy(`instance:${id}`, `${this.api}submissions/${encodeURIComponent(id)}/instance`, SHORT_MS);
    await copy.recall();
    try {
      await copy.take(await copy.fetch());
    } catch (error) {
      if (!(error instanceof Refusal) || copy.value === undefined) throw error;
    }
    return copy.value;
  }

  /** The small picture of a photo that the server has, as a blob; null where there is none to be had. */
  async picture(sha256) {
    try {
      const patience = { credentials: "same-origin", signal: AbortSignal.timeout(SHORT_MS) };
      const answer = await fetch(`${location.origin}/photos/${sha256}/thumb`, patience);
      return answer.status === 200 ? await answer.blob() : null;
    } catch (error) {
      if (error instanceof TypeError || error instanceof DOMException) return null; // only the picture is lacking
      throw error;
    }
  }
}
