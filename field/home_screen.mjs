// The first screen: what waits, what came back, what was left open, then where to go next, then what was sent.

import { clock, fill, h } from "./dom.mjs";
import { readDrafts, readSent, recall } from "./drafts.mjs";
import { signInLink } from "./notices.mjs";
import { SiteFinder } from "./site_finder.mjs";
import { language, pick, t } from "./texts.mjs";

const PATIENT_MS = 2_000; // before it is said that the server takes its time

/** The screen of *app*. */
export async function homeScreen(app) {
  const [hamlet] = await Promise.all([recall("hamlet"), app.work.mark()]);
  const screen = new Home(app, hamlet ?? "");
  await screen.drawOwn();
  app.work.refreshAfter(app.sender?.trouble ? 0 : undefined); // what keeps the outbox is said here too
  return screen;
}

class Home {
  #ends = [];
  late = false;

  constructor(app, hamlet) {
    this.app = app;
    this.finder = new SiteFinder(app, hamlet);
    this.parts = { line: h("div"), unsent: h("div"), cameBack: h("div"), begun: h("div"), foot: h("div") };
    const { line, unsent, cameBack, begun, foot } = this.parts;
    this.lately = h("details", { class: "group lately" });
    this.element = h("div", { class: "home" }, head(app), line, unsent, cameBack, begun, this.finder.element, this.lately, foot);
    this.#ends.push(app.work.listen((what) => this.#heard(what)));
    const timer = setTimeout(() => this.#drawAround((this.late = true)), PATIENT_MS);
    this.#ends.push(() => clearTimeout(timer));
    this.#drawAround();
    // What is sent meanwhile, once there is a connection again, is no longer offered.
    this.#ends.push(app.listenToSending((id) => app.sender.states.get(id).sent && this.#sent()));
  }

  close() {
    this.#ends.forEach((end) => end());
    this.finder.close();
  }

  async #sent() {
    await this.app.work.mark();
    this.finder.marked();
    await this.drawOwn();
  }

  /** Show what has become of the page on this phone. */
  kept() {
    this.#drawAround();
  }

  #heard(what) {
    if (what === "work") this.finder.arrange();
    if (what === "places") this.finder.placed();
    if (what === "submissions") this.drawOwn();
    this.#drawAround();
  }

  /** Show what is this person's own: drafts, what came back, what was sent. */
  async drawOwn() {
    const { app, parts } = this;
    const { person } = app.work.me;
    const [drafts, sent] = await Promise.all([readDrafts(person), readSent(person)]);
    const own = drafts.filter((draft) => draft.desk === app.desk);
    const { submissions, returned } = app.work.handedIn;
    const waiting = returned.filter((record) => ![...drafts, ...sent].some((one) => one.replaces === record.id));
    const plain = app.desk || app.embedded; // no bar below, no screen for what waits
    fill(parts.unsent, plain ? null : unsentStrip(app, own.filter(({ state }) => state !== "open")));
    fill(parts.begun, draftList(app, plain ? own : own.filter(({ state }) => state === "open")));
    fill(parts.cameBack, returnedList(app, waiting));
    fill(this.lately, sentList(sent, submissions));
  }

  #drawAround() {
    fill(this.parts.line, stateLine(this.app.work, this.late), releaseLine(this.app.keeping));
    if (!this.app.desk && !this.app.embedded) fill(this.parts.foot, readyLine(this.app), installOffer(this.app.keeping));
  }
}

function head(app) {
  const { me } = app.work;
  const banner = () => h("p", { class: "banner" }, t("DEMONSTRATION: people, places and figures are made up"));
  const bar = h("div", { class: "bar" }, h("h1", {}, me.commune.name), app.languageSwitch());
  return h("header", {}, me.commune.demonstration && !app.embedded ? banner() : null, bar, h("p", { class: "hint" }, me.name));
}

// How old the lists are, where they are not the server's of this moment.
function stateLine(work, late) {
  const as = () => ({ time: clock(work.asOf, language()) });
  if (work.signedOut) {
    const ended = () => t("Your sign-in has ended. What is on this phone goes on; sign in to send it. Lists are as of {time}.", as());
    const words = work.trouble.code === "PHONE_REVOKED" ? work.trouble.sentence : ended();
    return h("div", { class: "notice", role: "status" }, h("p", {}, words), signInLink());
  }
  const status = (kind, words) => h("p", { class: kind, role: "status" }, words);
  if (work.trouble) return status("notice", t("No connection to the server: lists are as of {time}.", as()));
  if (work.asking && late) return status("hint", t("Asking the server… Lists are as of {time}.", as()));
  return null;
}

function releaseLine(keeping) {
  if (!keeping?.newer) return null;
  const soon = () => t("The new version comes in a moment, at the latest when the app is opened again.");
  if (keeping.asked) return h("p", { class: "hint", id: "newer" }, soon());
  const blocked = () => t("Close the other tabs of this app, then tap here for the new version.");
  const words = keeping.blocked ? blocked() : t("New version here: tap to load it");
  return h("button", { type: "button", class: "plain", id: "newer", onclick: () => keeping.loadNewest() }, words);
}

// What a day without a connection needs, and what of it is still missing.
function readyLine({ work, keeping }) {
  if (keeping?.state === "impossible") {
    const words = t("This browser opens the page only with a connection. What you begin is kept all the same.");
    return h("p", { class: "hint", id: "ready" }, words);
  }
  const { trees, wanted, places, map } = work.ready;
  const shell = keeping?.state === "kept";
  const parts = [
    t("{count} checklists", { count: trees }),
    places === null ? null : t("{count} places", { count: places }),
    map ? t("map") : null,
  ].filter(Boolean);
  const missing = [
    shell ? null : t("the page itself"),
    trees < wanted ? t("{count} checklists", { count: wanted - trees }) : null,
    places === null ? t("list of places") : null,
    map ? null : t("map"),
  ].filter(Boolean);
  const words = missing.length
    ? t("Not yet on this phone for work without a connection: {parts}.", { parts: missing.join(", ") })
    : t("Ready for work without a connection: {parts}.", { parts: parts.join(", ") });
  return h("p", { class: "hint", id: "ready", "data-ready": missing.length ? null : "yes" }, words);
}

function installOffer(keeping) {
  if (!keeping || matchMedia("(display-mode: standalone)").matches) return null;
  const install = () => keeping.install();
  if (keeping.prompt) return h("button", { type: "button", class: "plain", id: "install", onclick: install }, t("Add to the home screen"));
  return h("p", { class: "hint" }, t("To open it like an app: in the browser's menu, choose “Add to home screen”."));
}

function unsentStrip(app, waiting) {
  if (!waiting.length) return null;
  const oldest = waiting.map(({ endedAt, changedAt }) => endedAt ?? changedAt).sort()[0];
  const trouble = waiting.some(({ state }) => state !== "sending");
  const words = t("{count} not sent yet, the oldest of {time}", { count: waiting.length, time: clock(oldest, language()) });
  const more = trouble ? h("span", { class: "reason" }, t("Something needs your decision.")) : null;
  return h("button", { type: "button", class: "card sending", id: "unsent", onclick: () => app.outbox() }, h("strong", {}, words), more);
}

function draftList(app, drafts) {
  if (!drafts.length) return null;
  return h("section", {}, h("h2", {}, t("Continue where you stopped")), drafts.map((draft) => draftCard(app, draft)));
}

function draftCard(app, draft) {
  const states = { open: t("not finished"), sending: t("not sent yet"), refused: t("a photo was refused"), conflict: t("not sent yet") };
  const card = h(
    "button",
    { type: "button", class: `card ${draft.state}` },
    h("strong", {}, siteName(draft.site)),
    h("span", {}, pick(draft.title)),
    h("span", { class: "hint" }, `${states[draft.state]} · ${clock(draft.changedAt, language())}`),
  );
  card.addEventListener("click", () => app.attempt(() => app.open(draft)));
  return card;
}

// What a reviewer sent back stands first of all, with the reason and the door to doing it again.
function returnedList(app, waiting) {
  if (!waiting.length) return null;
  return h("section", { id: "returned" }, h("h2", {}, t("Returned, to be done again")), waiting.map((record) => returnedCard(app, record)));
}

function returnedCard(app, record) {
  const again = () => app.attempt(() => app.again(record));
  const card = sentCard({ ...record, at: record.received_at });
  card.append(h("button", { type: "button", class: "main", onclick: again }, t("Do it again")));
  return card;
}

/** How a place is called where it is shown. */
export const siteName = (site) => (site ? site.name || site.code : t("Not in the register"));

// What this phone sent and what the server knows of the person's work from any phone; the server's state counts.
function sentList(sent, known) {
  const byId = new Map(sent.map((record) => [record.id, record]));
  for (const one of known) byId.set(one.id, { ...byId.get(one.id), ...one, at: one.received_at });
  const records = [...byId.values()].sort((a, b) => b.at.localeCompare(a.at)).slice(0, 10);
  const none = records.length ? null : h("p", { class: "hint" }, t("Nothing sent yet."));
  return [h("summary", {}, t("Sent lately")), records.map(sentCard), none];
}

function sentCard(record) {
  const states = { received: t("waiting for review"), accepted: t("accepted"), returned: t("returned"), rejected: t("rejected") };
  const missing = record.missing?.length ? ` · ${t("{count} photos missing", { count: record.missing.length })}` : "";
  return h(
    "div",
    { class: `card sent ${record.state}` },
    h("strong", { class: "code" }, record.code),
    h("span", {}, `${siteName(record.site)} – ${pick(record.title)}`),
    h("span", { class: "hint" }, `${states[record.state] ?? record.state}${missing} · ${clock(record.at, language())}`),
    record.reason ? h("span", { class: "reason" }, record.reason) : null,
  );
}
