// The field client: says who is here, finds what was left open, and moves between its screens.

import { fill, h } from "./dom.mjs";
import { holdDraft, keep, keepDraft, readDraft, readDrafts, recall } from "./drafts.mjs";
import { homeScreen } from "./home_screen.mjs";
import { elsewhere, forgetful, notice, signInNotice, unreachable } from "./notices.mjs";
import { Watch } from "./position.mjs";
import { Refusal } from "./server.mjs";
import { language, languages, loadTexts, t } from "./texts.mjs";
import { Work } from "./work.mjs";

const AGAIN_MS = 5_000; // until what is behind the first screen is asked for once more

/**
 * Run the client inside *root* and return a function that ends it. *desk* is the way for paper forms; *embedded* says that the page
 * belongs to somebody else (history, scrolling, style sheet), who also says the *language*. *page* is what the client's own page has
 * begun before it (boot.mjs). *outbox* begins with the outbox.
 */
export async function mount(root, { desk = false, embedded = false, language: wanted, page = null, outbox = false } = {}) {
  const app = new App({ desk, embedded, wanted, page });
  if (outbox) app.begins = () => app.outbox();
  if (embedded) root.append(h("link", { rel: "stylesheet", href: `${app.base}style.css` }));
  root.append(app.element);
  await app.start();
  return () => app.close();
}

// A module that is neither here nor to be had is a lack of connection.
async function fetched(module) {
  try {
    return await module;
  } catch (error) {
    if (error instanceof TypeError) throw new Refusal(0, "NO_CONNECTION", "");
    throw error;
  }
}

class App {
  #tabs = null; // the bar below
  #tab = null; // which of its screens is shown
  #hearing = new Set();
  #asking = () => document.visibilityState === "visible" && this.work.me && this.work.refreshAfter();

  constructor({ desk, embedded, wanted, page }) {
    this.desk = desk;
    this.embedded = embedded;
    this.wanted = wanted;
    this.page = page;
    this.keeping = null; // behind the first screen, on the client's own page
    this.base = `${location.origin}/field/`;
    this.api = `${location.origin}/api/`;
    this.element = h("main", { class: embedded ? "field embedded" : "field", lang: language() });
    this.watch = new Watch();
    this.work = new Work(this.api);
    this.sender = null; // with the rooms
    this.screen = null;
    this.back = () => this.home();
    if (!embedded) addEventListener("popstate", this.back);
    addEventListener("online", this.#asking);
    document.addEventListener("visibilitychange", this.#asking);
  }

  async start() {
    const working = this.work.load(this.page?.asked);
    working.catch(() => {}); // heard below, after the words to say it with are here
    await loadTexts(this.base, this.wanted);
    this.element.lang = language();
    if (!window.isSecureContext) {
      return this.show(notice(t("This address is not secure, so the phone gives neither camera nor position. Open it with https://.")));
    }
    try {
      await working;
      await this.#goOn();
    } catch (error) {
      if (error instanceof DOMException) return this.show(forgetful(() => this.start()));
      if (!(error instanceof Refusal)) throw error;
      this.show(error.status === 401 ? signInNotice() : unreachable(error, () => this.start()));
    }
  }

  // The first screen; then, behind it, what the next hours need. Raises DOMException where nothing is kept.
  async #goOn() {
    this.work.listen((what) => what === "person" && this.#another());
    await this.begins();
    this.work.refresh();
    this.#settleSoon();
  }

  // What is behind the first screen is asked for until it is here: without it nothing that waits is sent.
  async #settleSoon() {
    try {
      await this.#settle();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.settling = setTimeout(() => this.#settleSoon(), AGAIN_MS);
    }
  }

  /** The first screen: where the person stopped, or the list of work. */
  async begins() {
    if (!this.desk) this.watch.start();
    const current = await recall("current");
    const draft = current && (await readDraft(current));
    if (draft && draft.person === this.work.me.person && draft.desk === this.desk) await this.attempt(() => this.open(draft));
    else await this.home();
  }

  // Behind the first screen: the page itself for the next time, with it the other screens, and the bar below.
  async #settle() {
    if (this.page && !this.keeping) await this.#keepPage();
    const { TabBar, prefetchEarlier } = await this.rooms();
    if (!this.page) return;
    this.#tabs = new TabBar(this);
    if (this.#tab) this.element.append(this.#tabs.shown(this.#tab));
    await prefetchEarlier(this.work.me.person);
  }

  async #keepPage() {
    const { Keeping } = await fetched(import("./keeping.mjs"));
    this.keeping = new Keeping(this.page.prompt);
    this.keeping.listen(() => (this.keeping.taken && this.#tab === "work" ? location.reload() : this.screen?.kept?.()));
    await this.keeping.begin({ idle: this.#tab === "work" });
  }

  /** Call *listener* with a draft's id at every step of sending until the returned function is called. */
  listenToSending(listener) {
    this.#hearing.add(listener);
    return () => this.#hearing.delete(listener);
  }

  // Somebody else has signed in on this phone: the screen of the one before goes, and what was begun stays theirs.
  async #another() {
    await this.home();
  }

  /** The modules behind the first screen. Raises Refusal where they are neither here nor to be had. */
  async rooms() {
    await this.keeping?.settled; // all files come in one answer then, instead of one by one
    const rooms = await fetched(import("./rooms.mjs"));
    if (!this.sender) {
      this.sender = new rooms.Sender(this.api, { later: rooms.askForSync });
      this.sender.listen((id) => this.#hearing.forEach((listener) => listener(id)));
      this.sender.wake();
    }
    return rooms;
  }

  close() {
    clearTimeout(this.settling);
    removeEventListener("popstate", this.back);
    removeEventListener("online", this.#asking);
    document.removeEventListener("visibilitychange", this.#asking);
    this.screen?.close?.();
    this.watch.stop();
    this.work.close();
    this.sender?.close();
  }

  /** Put *screen* (`{element, close}`) in the place of the present one; *tab* is its name in the bar below, if it is there. */
  show(screen, tab = null) {
    this.screen?.close?.();
    this.screen = screen;
    this.#tab = tab;
    this.element.parentNode?.querySelector(".opening")?.remove();
    fill(this.element, screen.element, tab && this.#tabs?.shown(tab));
    if (!this.embedded) scrollTo(0, 0);
    screen.shown?.();
  }

  /** The list of work. */
  async home() {
    await this.screen?.leave?.();
    await keep("current", null);
    if (this.keeping?.taken) return location.reload(); // a new release, now that nothing is open
    this.show(await homeScreen(this), "work");
  }

  /** The map of the places. */
  async map() {
    await this.#showTab("map", async ({ mapScreen }) => mapScreen(this));
  }

  /** What waits to be sent, and why. */
  async outbox() {
    await this.#showTab("outbox", async ({ outboxScreen }) => outboxScreen(this));
  }

  async #showTab(name, make) {
    await this.attempt(async () => {
      const screen = await make(await this.rooms());
      await this.screen?.leave?.();
      this.#deeper();
      this.show(screen, name);
    });
  }

  /** Home by the phone's own way back, so that its button and ours do the same. */
  leave() {
    if (!this.embedded && history.state?.field) history.back();
    else this.home();
  }

  #deeper() {
    if (!this.embedded && !history.state?.field) history.pushState({ field: true }, "");
  }

  /** The checklists for *site*, or for a place that the register does not have. */
  async checklists(site, hamlet) {
    await this.attempt(async () => {
      const { checklistScreen } = await this.rooms();
      this.#deeper();
      this.show(checklistScreen(this, site, hamlet));
    });
  }

  /** Do *work*; where that needs a connection and there is none, say so and offer the first screen. */
  async attempt(work) {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.show(unreachable(error, () => this.home()));
    }
  }

  /** Begin a visit. Raises Refusal where the form cannot be fetched. */
  async begin(form, site, hamlet) {
    const { Visit, visitScreen } = await this.rooms();
    const tree = await this.work.tree(form.form, form.version);
    const visit = Visit.begin({ person: this.work.me.person, site, hamlet, tree, watch: this.watch, desk: this.desk });
    const release = await holdDraft(visit.draft.id);
    this.#deeper();
    this.show(visitScreen(this, visit, release));
  }

  /** Do the returned submission *record* once more, from what was handed in; a correction that was begun here is continued. */
  async again(record) {
    const { returnedWork } = await this.rooms();
    const drafts = await readDrafts(this.work.me.person);
    const begun = drafts.find((draft) => draft.replaces === record.id);
    if (begun) return this.open(begun);
    const { draft, photos } = await returnedWork(this.work, record, this.desk);
    await keepDraft(draft, { photos });
    await this.open(draft);
  }

  /** Go on with *draft* where it was left: filling, or sending. */
  async open(draft) {
    const { Visit, visitScreen } = await this.rooms();
    this.#deeper();
    await keep("current", draft.id);
    if (draft.state !== "open") return this.sending(draft.id);
    const tree = await this.work.tree(draft.form, draft.version);
    await this.screen?.leave?.();
    const release = await holdDraft(draft.id);
    if (!release) return this.show(elsewhere(() => this.home()));
    const visit = await Visit.resume(draft.id, tree, { watch: this.watch });
    this.show(visitScreen(this, visit, release));
  }

  /** Send the sealed draft *id* and show how that goes. */
  async sending(id) {
    const { receiptScreen } = await this.rooms();
    this.show(receiptScreen(this, id));
    this.sender.send(id);
  }

  /** Show the page in *wanted*, where it is. */
  async speak(wanted) {
    await this.screen?.leave?.();
    await loadTexts(this.base, wanted);
    this.element.lang = language();
    if (this.screen?.again) this.show(await this.screen.again(), this.#tab);
    else this.home();
  }

  /** The head of the screens behind the first: back, and the language. */
  bar() {
    const back = h("button", { type: "button", class: "small back", onclick: () => this.leave() }, t("Back"));
    return h("header", {}, h("div", { class: "bar" }, back, this.languageSwitch()));
  }

  /** The switch between languages, for a screen's head. */
  languageSwitch() {
    const [other, name] = languages().find(([code]) => code !== language());
    if (this.embedded) return null; // that page has its own
    return h("button", { type: "button", class: "small", lang: other, onclick: () => this.speak(other) }, name);
  }
}
