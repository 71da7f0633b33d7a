// The first screen: what was left open, then where to go next (hamlet, search, nearest first), then what was sent.

import { clock, fill, h } from "./dom.mjs";
import { readDrafts, readSent, recall } from "./drafts.mjs";
import { Refusal } from "./server.mjs";
import { SiteFinder } from "./site_finder.mjs";
import { language, pick, t } from "./texts.mjs";

/** The screen of *app*. */
export async function homeScreen(app) {
  const { me } = app.work;
  const [drafts, sent] = await Promise.all([readDrafts(me.person), readSent(me.person)]);
  const finder = new SiteFinder(app, (await recall("hamlet")) ?? "");
  const lately = h("details", { class: "group lately" });
  const cameBack = h("div");
  const begun = h("div", {}, draftList(app, drafts));
  const element = h("div", { class: "home" }, head(app), begun, cameBack, lately, finder.element);
  fill(lately, sentList(sent, []));
  app.work.submissions().then(
    ({ submissions, returned }) => {
      fill(cameBack, returnedList(app, returned, drafts));
      fill(lately, sentList(sent, submissions));
    },
    (error) => {
      if (!(error instanceof Refusal)) throw error; // the list of what this phone sent stands already
    },
  );
  // What is sent meanwhile, once there is a connection again, is no longer offered.
  const deaf = app.sender.listen(async (id) => {
    if (!app.sender.states.get(id).sent) return;
    fill(begun, draftList(app, await readDrafts(me.person)));
    fill(lately, sentList(await readSent(me.person), []));
  });
  const close = () => {
    deaf();
    finder.close();
  };
  return { element, close };
}

function head(app) {
  const { me } = app.work;
  const banner = () => h("p", { class: "banner" }, t("DEMONSTRATION: people, places and figures are made up"));
  const offline = app.work.fresh ? null : h("p", { class: "notice" }, t("No connection to the server: lists are as of the last time."));
  const bar = h("div", { class: "bar" }, h("h1", {}, me.commune.name), app.languageSwitch());
  return h("header", {}, me.commune.demonstration && !app.embedded ? banner() : null, bar, h("p", { class: "hint" }, me.name), offline);
}

function draftList(app, drafts) {
  const own = drafts.filter((draft) => draft.desk === app.desk);
  if (!own.length) return null;
  return h("section", {}, h("h2", {}, t("Continue where you stopped")), own.map((draft) => draftCard(app, draft)));
}

function draftCard(app, draft) {
  const state = { open: t("not finished"), sending: t("not sent yet"), refused: t("a photo was refused") }[draft.state];
  const card = h(
    "button",
    { type: "button", class: `card ${draft.state}` },
    h("strong", {}, siteName(draft.site)),
    h("span", {}, pick(draft.title)),
    h("span", { class: "hint" }, `${state} · ${clock(draft.changedAt, language())}`),
  );
  card.addEventListener("click", () => app.attempt(() => app.open(draft)));
  return card;
}

// What a reviewer sent back stands first of all, with the reason and the door to doing it again.
function returnedList(app, returned, drafts) {
  const waiting = returned.filter((record) => !drafts.some((draft) => draft.replaces === record.id));
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
