// Sending, step by step, and the receipt: the short code, the log's head and what was sent.

import { correction } from "./again.mjs";
import { clock, fill, h, megabytes } from "./dom.mjs";
import { dropDraft, keepDraft, readDraft, readPhotos } from "./drafts.mjs";
import { signInLink } from "./notices.mjs";
import { siteName } from "./home_screen.mjs";
import { sentRecord } from "./send.mjs";
import { language, pick, t } from "./texts.mjs";

/** The screen of *app* for the sealed draft *id*. */
export function receiptScreen(app, id) {
  const body = h("div", { "aria-live": "polite" });
  const element = h("div", { class: "receipt" }, app.bar(), body);
  const draw = () => {
    const state = app.sender.states.get(id);
    if (state?.sent) fill(body, receipt(app, state.sent, id));
    else if (state) fill(body, progress(app, state, id));
  };
  const deaf = app.sender.listen((which) => which === id && draw());
  draw();
  return { element, close: deaf, again: () => receiptScreen(app, id) };
}

function progress(app, state, id) {
  const { items = [], trouble, draft } = state;
  return [
    h("h1", {}, trouble ? t("Not sent yet") : t("Sending…")),
    draft ? h("p", {}, `${siteName(draft.site)} – ${pick(draft.title)}`) : null,
    trouble ? h("p", { class: "notice", role: "alert" }, troubleWords(trouble)) : null,
    trouble?.status === 401 ? signInLink() : null,
    h("ul", { class: "items" }, items.map(itemRow)),
    trouble ? h("button", { type: "button", class: "main", onclick: () => app.sender.send(id) }, t("Try again now")) : null,
    h("p", { class: "hint" }, t("Everything stays on this phone until the server has it.")),
  ];
}

function troubleWords(trouble) {
  if (trouble.sentence) return trouble.sentence;
  if (trouble.code === "NO_ROOM") return t("The phone has no room to go on. Free some space, then try again.");
  if (trouble.code === "BYTES_DIFFER") return t("A photo did not arrive intact; it is sent again.");
  return t("The server cannot be reached. It is tried again by itself; keep this page open.");
}

function itemRow(item) {
  const words = {
    waiting: t("waiting"),
    sending: item.share ? t("sending, {percent} %", { percent: Math.round(item.share * 100) }) : t("sending"),
    stored: t("stored"),
    refused: t("refused"),
  };
  const size = item.size ? ` (${megabytes(item.size, language())})` : "";
  const reason = item.reason ? h("span", { class: "reason" }, item.reason) : null;
  return h("li", { class: item.state }, h("span", {}, (item.name || t("Answers")) + size), h("strong", {}, words[item.state]), reason);
}

function receipt(app, sent, id) {
  const refused = sent.files.filter((file) => file.state === "refused");
  return [
    h("h1", {}, refused.length ? t("Sent, but a photo was refused") : t("Sent")),
    h("p", { class: "big code", id: "receipt-code" }, sent.code),
    h("p", {}, `${siteName(sent.site)} – ${pick(sent.title)}`),
    h("p", { class: "hint" }, t("Received by the server at {time}", { time: clock(sent.at, language()) })),
    h("ul", { class: "items" }, sent.files.map((file) => itemRow(file))),
    refused.length ? choices(app, id) : null,
    h("details", {}, h("summary", {}, t("For the record")), record(sent)),
    refused.length ? null : h("button", { type: "button", class: "main", id: "next", onclick: () => app.leave() }, t("Next place")),
  ];
}

function choices(app, id) {
  return [
    h("button", { type: "button", class: "main", onclick: () => correct(app, id) }, t("Take the refused photo again")),
    h("button", { type: "button", class: "quiet", onclick: () => leaveAsIs(app, id) }, t("Leave it as it is")),
  ];
}

function record(sent) {
  const lines = [[t("Head of the log"), sent.head], [t("Submission"), sent.id], ...sent.files.map((file) => [file.name, file.sha256])];
  return h("dl", {}, lines.map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]));
}

// A refused photo is taken again in a new version that names the one it replaces; the photos that were taken in stay there.
async function correct(app, id) {
  const [draft, photos] = await Promise.all([readDraft(id), readPhotos(id)]);
  const next = correction(draft, photos);
  await keepDraft(next.draft, { photos: next.photos });
  await dropDraft(id, sentRecord(draft, photos));
  await app.attempt(() => app.open(next.draft));
}

async function leaveAsIs(app, id) {
  const [draft, photos] = await Promise.all([readDraft(id), readPhotos(id)]);
  await dropDraft(id, sentRecord(draft, photos));
  app.leave();
}
