// The outbox: what is sealed and still on this phone, why each part waits, what was sent, and the last resort of a file.

import { ageWords, driftWords } from "./clock.mjs";
import { clock, fill, h, megabytes, say } from "./dom.mjs";
import { readOutbox, readSent, sealedAt } from "./drafts.mjs";
import { passing } from "./lasting.mjs";
import { signInLink } from "./notices.mjs";
import { siteName } from "./home_screen.mjs";
import { outboxTools } from "./outbox_tools.mjs";
import { conflictChoices, itemRow } from "./receipt_screen.mjs";
import { itemsOf } from "./send.mjs";
import { language, pick, t } from "./texts.mjs";
import { troubleLabel, troubleWords } from "./trouble.mjs";

const LATELY = 10;

/** The screen of *app*. */
export async function outboxScreen(app) {
  const screen = new OutboxScreen(app);
  await screen.load();
  return screen;
}

class OutboxScreen {
  #app;
  #cards = new Map(); // draft id → Card
  #parts = {
    figures: h("p", { class: "figures" }), line: h("div", { "aria-live": "polite" }), lists: h("div"),
    sent: h("details", { class: "group lately" }),
  }; // prettier-ignore
  #tools;
  #loading = null;
  #deaf;

  constructor(app) {
    this.#app = app;
    this.#tools = outboxTools(app, () => this.#brought());
    const { figures, line, lists, sent } = this.#parts;
    const bar = h("div", { class: "bar" }, h("h1", {}, t("Outbox")), app.languageSwitch());
    this.send = h("button", { type: "button", class: "main", id: "send-all", onclick: () => this.#sendAll() }, t("Send now"));
    const style = h("link", { rel: "stylesheet", href: `${app.base}outbox.css` });
    this.element = h("div", { class: "outbox" }, style, h("header", {}, bar), figures, line, this.send, lists, this.#tools.element, sent);
    this.#deaf = app.sender.listen((id) => this.#heard(id));
  }

  /** Called when the screen is left. */
  close() {
    this.#deaf();
    this.#tools.close();
  }

  /** The same screen, made anew. */
  again() {
    return outboxScreen(this.#app);
  }

  /** Read what waits, and show it. */
  async load() {
    const { person } = this.#app.work.me;
    const [drafts, sent] = await Promise.all([readOutbox(person), readSent(person, LATELY)]);
    this.#cards = new Map(drafts.map((draft) => [draft.id, this.#cards.get(draft.id)?.renewed(draft) ?? new Card(this.#app, draft)]));
    this.send.hidden = !drafts.some((draft) => draft.state === "sending");
    fill(this.#parts.sent, h("summary", {}, t("Sent lately")), sent.map(sentRow));
    this.#parts.sent.hidden = !sent.length;
    say(this.#parts.figures, figures(drafts));
    this.#arrange();
    this.#drawLine();
    this.#tools.draw(drafts, sent);
  }

  // What needs the person first, then the rest, oldest first.
  #arrange() {
    const cards = [...this.#cards.values()];
    const [urgent, waiting] = [cards.filter((card) => card.urgent), cards.filter((card) => !card.urgent)];
    const none = h("p", { class: "empty" }, t("Nothing on this phone waits to be sent."));
    fill(
      this.#parts.lists,
      urgent.length ? section(t("Needs you"), urgent) : null,
      waiting.length ? section(t("Waiting to be sent"), waiting) : null,
      cards.length ? null : none,
    );
  }

  #heard(id) {
    const card = this.#cards.get(id);
    const urgent = card?.urgent;
    const state = this.#app.sender.states.get(id);
    if (!card || state.sent) return this.#loadSoon();
    card.draw();
    this.#drawLine();
    if (card.urgent !== urgent) this.#arrange();
  }

  // Many visits may go in a second; the lists are read once for all of them.
  #loadSoon() {
    this.#loading ??= setTimeout(() => {
      this.#loading = null;
      this.load();
    }, 300);
  }

  #drawLine() {
    const { trouble } = this.#app.sender;
    const waits = [...this.#cards.values()].some((card) => !card.urgent);
    const words = trouble && waits ? h("p", { class: "notice", role: "status" }, troubleWords(trouble)) : null;
    fill(this.#parts.line, words, words && trouble.status === 401 ? signInLink() : null);
  }

  async #sendAll() {
    this.send.disabled = true;
    await this.#app.sender.sendAll({ again: true });
    this.send.disabled = false;
    await this.load();
  }

  async #brought() {
    await this.load();
    this.#app.sender.sendAll({ again: true });
  }
}

const section = (title, cards) => h("section", {}, h("h2", {}, title), cards.map((card) => card.element));

// How much waits and since when.
function figures(drafts) {
  const waiting = drafts.filter((draft) => draft.state !== "refused"); // of those the server has every byte
  if (!waiting.length) return "";
  const photos = waiting.flatMap((draft) => draft.files ?? []).filter((file) => file.here && file.state === "waiting");
  const size = megabytes(photos.reduce((sum, photo) => sum + photo.size, 0), language());
  const age = ageWords(sealedAt(waiting[0]));
  const counts = { visits: waiting.length, photos: photos.length };
  return t("{visits} visits, {photos} photos, {size}. The oldest has waited for {age}.", { ...counts, size, age });
}

// One visit: closed, where it is and how it stands; opened, each of its parts.
class Card {
  #app;
  #draft;
  #state = h("span", { class: "hint" });
  #done = h("progress", { max: "1" });
  #inside = h("div", { class: "inside" });

  constructor(app, draft) {
    this.#app = app;
    this.#draft = draft;
    const by = draft.by ? h("span", { class: "hint" }, t("of {name}", { name: draft.by })) : null;
    const summary = h("summary", {}, h("strong", {}, siteName(draft.site)), h("span", {}, pick(draft.title)), by, this.#state, this.#done);
    this.element = h("details", { "data-id": draft.id }, summary, this.#inside);
    this.element.addEventListener("toggle", () => this.draw());
    this.draw();
  }

  renewed(draft) {
    this.#draft = draft;
    this.draw();
    return this;
  }

  // What the sender knows of it now, else what was kept.
  get #now() {
    const state = this.#app.sender.states.get(this.#draft.id);
    const draft = state?.draft ?? this.#draft;
    return { draft, items: state?.items ?? itemsOf(draft), trouble: state ? state.trouble : (draft.trouble ?? null) };
  }

  /** Whether it goes no further without the person. */
  get urgent() {
    const { draft, trouble } = this.#now;
    return draft.state !== "sending" || Boolean(trouble && !passing(trouble) && trouble.status !== 401);
  }

  draw() {
    const now = this.#now;
    this.element.className = `card ${now.draft.state}`;
    say(this.#state, `${this.#words(now)} · ${t("{age} ago", { age: ageWords(sealedAt(now.draft)) })}`);
    this.#done.hidden = !now.items.some((item) => item.state === "sending");
    this.#done.value = share(now.items);
    if (this.element.open) fill(this.#inside, this.#details(now));
  }

  #words({ draft, items, trouble }) {
    if (draft.state === "refused") return t("a photo was refused");
    if (items.some((item) => item.state === "sending")) return t("sending, {percent} %", { percent: Math.round(share(items) * 100) });
    const why = trouble ?? (draft.state === "sending" ? this.#app.sender.trouble : null);
    return why ? troubleLabel(why) : t("waiting its turn");
  }

  #details({ draft, items, trouble }) {
    const retry = h("button", { type: "button", onclick: () => this.#app.sender.send(draft.id) }, t("Try again now"));
    const look = h("button", { type: "button", class: "main", onclick: () => this.#app.open(draft) }, t("Look and decide"));
    return [
      trouble ? h("p", { class: "notice" }, troubleWords(trouble)) : null,
      h("ul", { class: "items" }, items.map(itemRow)),
      draft.state === "refused" ? look : null,
      draft.state === "conflict" ? conflictChoices(this.#app, draft.id) : null,
      draft.state === "sending" && trouble ? retry : null,
    ];
  }
}

// How much of a visit the server has, by bytes.
function share(items) {
  const size = ({ size: bytes = 0 }) => (bytes ?? 0) + 4_000; // an item weighs something even where its size is not known
  const whole = items.reduce((sum, item) => sum + size(item), 0);
  const there = items.reduce((sum, item) => sum + size(item) * (["stored", "refused"].includes(item.state) ? 1 : (item.share ?? 0)), 0);
  return there / whole;
}

function sentRow(record) {
  const drift = driftWords(record.drift);
  return h(
    "div",
    { class: "card sent" },
    h("strong", { class: "code" }, record.code),
    h("span", {}, `${siteName(record.site)} – ${pick(record.title)}`),
    h("span", { class: "hint" }, clock(record.at, language())),
    drift ? h("span", { class: "reason" }, drift) : null,
  );
}
