// Sending, step by step, and the receipt: the short code, the log's head and what was sent.

import { asNew, correction } from "./again.mjs";
import { driftWords } from "./clock.mjs";
import { clock, fill, h, megabytes } from "./dom.mjs";
import { dropDraft, keepDraft, readDraft, readPhotos, replaceDraft } from "./drafts.mjs";
import { passing } from "./lasting.mjs";
import { signInLink } from "./notices.mjs";
import { siteName } from "./home_screen.mjs";
import { sentRecord } from "./send.mjs";
import { language, pick, t } from "./texts.mjs";
import { troubleLabel, troubleWords } from "./trouble.mjs";

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
  // Without a connection nothing is wrong: the visit waits, and the day goes on.
  const aside = trouble && draft?.state === "sending" && passing(trouble) && !app.embedded;
  const again = () => app.sender.send(id);
  return [
    h("h1", {}, aside ? t("In the outbox") : trouble ? t("Not sent yet") : t("Sending…")),
    draft ? h("p", {}, `${siteName(draft.site)} – ${pick(draft.title)}`) : null,
    trouble ? h("p", { class: aside ? "" : "notice", role: "alert" }, troubleWords(trouble)) : null,
    trouble?.status === 401 ? signInLink() : null,
    aside ? nextButton(app) : null,
    h("ul", { class: "items" }, items.map(itemRow)),
    draft?.state === "conflict" ? conflictChoices(app, id) : null,
    trouble && draft?.state !== "conflict"
      ? h("button", { type: "button", class: aside ? "plain" : "main", onclick: again }, t("Try again now"))
      : null,
    h("p", { class: "hint" }, t("Everything stays on this phone until the server has it.")),
  ];
}

/** The line of one part of a visit: its question or `Answers`, its size, and where it stands, in words. */
export function itemRow(item) {
  const words = {
    waiting: item.trouble ? troubleLabel(item.trouble) : t("waiting"),
    sending: item.share ? t("sending, {percent} %", { percent: Math.round(item.share * 100) }) : t("sending"),
    stored: t("stored"),
    refused: t("refused"),
  };
  const size = item.size ? ` (${megabytes(item.size, language())})` : "";
  const why = item.reason ?? (item.trouble && item.state === "waiting" ? troubleWords(item.trouble) : null);
  const reason = why ? h("span", { class: "reason" }, why) : null;
  return h("li", { class: item.state }, h("span", {}, itemName(item) + size), h("strong", {}, words[item.state]), reason);
}

const itemName = (item) => pick(item.label) || item.name || t("Answers");

function receipt(app, sent, id) {
  const refused = sent.files.filter((file) => file.state === "refused");
  const drift = driftWords(sent.drift);
  return [
    h("h1", {}, refused.length ? t("Sent, but a photo was refused") : t("Sent")),
    h("p", { class: "big code", id: "receipt-code" }, sent.code),
    h("p", {}, `${siteName(sent.site)} – ${pick(sent.title)}`),
    h("p", { class: "hint" }, t("Received by the server at {time}", { time: clock(sent.at, language()) })),
    drift ? h("p", { class: "notice", id: "drift" }, `${drift} ${t("Set the date and time to automatic in the phone's settings.")}`) : null,
    h("ul", { class: "items" }, sent.files.map((file) => itemRow(file))),
    refused.length ? choices(app, id) : null,
    h("details", {}, h("summary", {}, t("For the record")), record(sent)),
    refused.length ? null : nextButton(app),
  ];
}

const nextButton = (app) => h("button", { type: "button", class: "main", id: "next", onclick: () => app.leave() }, t("Next place"));

function choices(app, id) {
  return [
    h("button", { type: "button", class: "main", onclick: () => correct(app, id) }, t("Take the refused photo again")),
    h("button", { type: "button", class: "quiet", onclick: () => leaveAsIs(app, id) }, t("Leave it as it is")),
  ];
}

/** What can be done with the draft *id*, whose id the server has with other content. */
export function conflictChoices(app, id) {
  const fault = h("p", { class: "fault", role: "alert" });
  const anew = h("button", { type: "button", class: "main" }, t("Send it as a new submission"));
  anew.addEventListener("click", async () => {
    anew.disabled = true;
    try {
      await sendAsNew(app, id);
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
      fill(fault, t("The phone has no room to go on. Free some space, then try again."));
      anew.disabled = false;
    }
  });
  const hint = t("Or leave it here and ask the reviewer which of the two counts; the server keeps a copy aside.");
  return [anew, h("p", { class: "hint" }, hint), fault];
}

async function sendAsNew(app, id) {
  const [draft, photos] = await Promise.all([readDraft(id), readPhotos(id)]);
  const next = asNew(draft, photos);
  await replaceDraft(id, next.draft, next.photos);
  await app.open(next.draft);
}

function record(sent) {
  const lines = [[t("Head of the log"), sent.head], [t("Submission"), sent.id], ...sent.files.map((file) => [itemName(file), file.sha256])];
  return h("dl", {}, lines.map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]));
}

// A refused photo is taken again in a new version that names the one it replaces; the photos that were taken in stay there.
async function correct(app, id) {
  const [draft, photos] = await Promise.all([readDraft(id), readPhotos(id)]);
  const next = correction(draft, photos);
  await keepDraft(next.draft, { photos: next.photos });
  await dropDraft(id, sentRecord(draft));
  await app.attempt(() => app.open(next.draft));
}

async function leaveAsIs(app, id) {
  await dropDraft(id, sentRecord(await readDraft(id)));
  app.leave();
}
