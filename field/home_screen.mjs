// The first screen: what was left open, then where to go next (hamlet, search, nearest first), then what was sent.

import { clock, fill, h, say } from "./dom.mjs";
import { keep, readDrafts, readSent, recall } from "./drafts.mjs";
import { matches } from "./fold.mjs";
import { Refusal } from "./server.mjs";
import { language, pick, t } from "./texts.mjs";
import { nearest } from "./work.mjs";

const SHOWN = 30; // sites at once; the search finds the others
const SEARCH_MS = 250;
const MOVED_M = 10; // the list is put in order again after this many metres

/** The screen of *app*. */
export async function homeScreen(app) {
  const { me } = app.work;
  const [drafts, sent] = await Promise.all([readDrafts(me.person), readSent(me.person)]);
  const own = drafts.filter((draft) => draft.desk === app.desk);
  const finder = await siteFinder(app);
  const lately = h("section", { class: "lately" });
  const element = h("div", { class: "home" }, head(app), own.length ? draftList(app, own) : null, finder.element, lately);
  fill(lately, sent.length ? sentList(sent, []) : null);
  app.work.submissions().then(
    (known) => fill(lately, sentList(sent, known)),
    (error) => {
      if (!(error instanceof Refusal)) throw error; // the list of what this phone sent stands already
    },
  );
  return { element, close: finder.close };
}

function head(app) {
  const { me } = app.work;
  const demonstration = me.commune.demonstration ? h("p", { class: "banner" }, t("DEMONSTRATION: people, places and figures are made up")) : null;
  const offline = app.work.fresh ? null : h("p", { class: "notice" }, t("No connection to the server: lists are as of the last time."));
  return h("header", {}, demonstration, h("div", { class: "bar" }, h("h1", {}, me.commune.name), app.languageSwitch()), h("p", { class: "hint" }, me.name), offline);
}

function draftList(app, drafts) {
  return h("section", {}, h("h2", {}, t("Continue where you stopped")), drafts.map((draft) => draftCard(app, draft)));
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
  card.addEventListener("click", () => app.open(draft));
  return card;
}

/** How a place is called where it is shown. */
export const siteName = (site) => (site ? site.name || site.code : t("Not in the register"));

async function siteFinder(app) {
  const { hamlets } = app.work;
  const hamletNow = hamlets.length === 1 ? hamlets[0].id : ((await recall("hamlet")) ?? "");
  const list = h("div", { class: "sites" });
  const state = h("p", { class: "hint", role: "status" });
  const search = h("input", { type: "search", id: "site-search", autocomplete: "off", placeholder: t("Name or code, marks not needed") });
  const choose = h("select", { id: "hamlet" }, h("option", { value: "" }, t("All hamlets")), hamlets.map(({ id, name }) => h("option", { value: id }, name)));
  choose.value = hamlets.some(({ id }) => id === hamletNow) ? hamletNow : "";
  const missing = h("button", { type: "button", class: "plain", onclick: () => app.checklists(null, choose.value || null) }, t("Not in the register"));
  let known = { sites: [], more: false };
  let drawnFrom = null;
  let asked = 0;

  const draw = () => {
    const query = search.value.trim();
    const found = known.sites.filter((site) => matches(site.folded, query));
    const ordered = nearest(found, app.watch.last).slice(0, SHOWN);
    fill(list, ordered.map((site) => siteCard(app, site, hamlets)));
    drawnFrom = app.watch.last;
    say(state, listState(found.length, ordered.length, query));
  };
  const ask = async () => {
    const turn = (asked += 1);
    const query = known.more || known.searched ? search.value.trim() : "";
    try {
      const answer = await app.work.sites(choose.value, { query, fix: app.watch.last });
      if (turn !== asked) return;
      known = { ...answer, searched: Boolean(query) };
      draw();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      say(state, error.sentence || t("No connection: the list of places cannot be fetched."));
    }
  };
  let timer = null;
  search.addEventListener("input", () => {
    draw();
    clearTimeout(timer);
    if (known.more || known.searched) timer = setTimeout(ask, SEARCH_MS);
  });
  choose.addEventListener("change", () => {
    keep("hamlet", choose.value);
    known = { sites: [], more: false };
    ask();
  });
  const deaf = app.watch.listen(({ last }) => {
    if (last && (!drawnFrom || nearest([drawnFrom], last)[0].distance > MOVED_M)) draw();
  });
  say(state, t("Fetching the list…"));
  ask();
  const element = h(
    "section",
    {},
    h("h2", {}, t("Where are you?")),
    h("div", { class: "question" }, h("label", { for: "hamlet" }, t("Hamlet")), choose),
    h("div", { class: "question" }, h("label", { for: "site-search" }, t("Household, road or public place")), search),
    state,
    list,
    missing,
  );
  return { element, close: deaf };
}

function listState(found, shown, query) {
  if (!found && query) return t("Nothing found. Check the hamlet, or choose “Not in the register”.");
  if (!found) return t("The register has nothing here yet.");
  return found > shown ? t("{shown} of {found}; type to find the others", { shown, found }) : "";
}

function siteCard(app, site, hamlets) {
  const hamlet = hamlets.find(({ id }) => id === site.hamlet)?.name;
  const away = site.distance === null ? null : h("span", { class: "away" }, distanceText(site.distance));
  const detail = [site.code, hamlet].filter(Boolean).join(" · ");
  const card = h("button", { type: "button", class: `card site ${site.kind}` }, h("strong", {}, site.name || site.code), away, h("span", { class: "hint" }, detail));
  card.addEventListener("click", () => app.checklists(site, site.hamlet));
  return card;
}

function distanceText(metres) {
  const number = (value, digits) => new Intl.NumberFormat(language(), { maximumFractionDigits: digits }).format(value);
  return metres < 1000 ? `${number(metres, 0)} m` : `${number(metres / 1000, 1)} km`;
}

// What this phone sent and what the server knows of the person's work from any phone; the server's state counts.
function sentList(sent, known) {
  const byId = new Map(sent.map((record) => [record.id, record]));
  for (const one of known) byId.set(one.id, { ...byId.get(one.id), ...one, at: one.received_at });
  const records = [...byId.values()].sort((a, b) => b.at.localeCompare(a.at)).slice(0, 10);
  if (!records.length) return null;
  return [h("h2", {}, t("Sent")), records.map(sentCard)];
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
