// Before anybody is photographed: what is recorded and why, and what the people of the place said to it.

import { fill, h, say } from "./dom.mjs";
import { keep, recall } from "./drafts.mjs";
import { t } from "./texts.mjs";

/** Raised whenever the notice says something else: then everybody reads it once more. A test holds the texts to it. */
export const NOTICE = 1;

/** The part of *visit*'s screen with the notice and, at a household, the question; *work* knows what the commune has set. */
export function consentPart(work, visit) {
  const notice = noticePart(work);
  visit.draft.notice = markOf(work); // the visit says with the answer which notice stood there
  const question = visit.asksConsent ? questionPart(visit) : null;
  return { element: h("div", { class: "consent" }, notice, question?.element), refresh: () => question?.refresh() };
}

/** Which notice *work* shows: the text's number and what the commune has set. */
function markOf({ privacy: { retention_years: years, contact } }) {
  return JSON.stringify([NOTICE, years, contact]);
}

// Open until this person has read it on this phone, and again after it has changed; then one line that opens it.
function noticePart(work) {
  const key = `notice:${work.me.commune.code}:${work.me.person}`;
  const mark = markOf(work);
  const read = () => {
    keep(key, mark);
    fill(element, folded(work));
  };
  const element = h("div", {}, folded(work));
  recall(key).then((seen) => seen !== mark && fill(element, unread(work, read)), () => {}); // a private window forgets
  return element;
}

function folded(work) {
  const summary = h("summary", {}, t("What is recorded here, and why"));
  return h("details", { class: "guidance", id: "notice" }, summary, paragraphs(inShort(work)), paragraphs(inFull()));
}

function unread(work, read) {
  const more = h("details", { class: "guidance" }, h("summary", {}, t("Read all of it")), paragraphs(inFull()));
  const button = h("button", { type: "button", class: "main", id: "notice-read", onclick: read }, t("I have read this"));
  const title = h("h2", {}, t("What is recorded here, and why"));
  return h("section", { class: "notice", id: "notice" }, title, paragraphs(inShort(work)), more, button);
}

const paragraphs = (texts) => texts.map((text) => h("p", {}, text));

function inShort({ me, privacy }) {
  const { retention_years: years, contact } = privacy;
  return [
    t("{commune} commune photographs houses, gardens, fences and roads, with place and time, to be assessed as a new rural commune.", {
      commune: me.commune.name,
    }),
    t("The commune's officers see the photos. Photos that count are handed to the council that appraises the commune."),
    years ? t("Photos are kept for {years} years.", { years }) : t("The commune has not set how long photos are kept."),
    contact ? t("Whom to ask: {contact}", { contact }) : t("Whom to ask: the commune's office. The commune has not named anybody yet."),
    t("Everybody may say no."),
  ];
}

function inFull() {
  return [
    t("With each photo: what the camera writes into the file, the phone's position, the time, who took it. With each visit: its answers."),
    t("Not wanted: faces, number plates, papers, what lies about in the house. Take the picture so that they are not in it."),
    t("Until they are sent, photos and answers are on this phone only. They go to the commune's own server and to nobody else."),
    t("Before a photo is shown in public, a person covers faces and number plates on the copy; the original stays closed away."),
    t("People may ask the commune to show them the photos of their place, to correct answers and to erase photos."),
    t("Of an erased photo the record stays that there was one, without the picture."),
    t("Personal data in Viet Nam: Law 91/2025/QH15 and Decree 356/2025/NĐ-CP, in force since 1 January 2026. Silence is no consent."),
  ];
}

// One tap; nothing is chosen beforehand, and a second tap takes the answer back.
function questionPart(visit) {
  const said = { given: t("They agree"), refused: t("They refuse"), absent: t("Nobody here") };
  const boxes = Object.keys(said).map((value) => h("input", { type: "radio", name: "consent", value }));
  for (const box of boxes) {
    box.addEventListener("click", () => visit.consent(visit.draft.consent === box.value ? null : box.value));
  }
  const tiles = boxes.map((box) => h("label", { class: "tile" }, box, h("span", {}, said[box.value])));
  const advice = h("p", { role: "status" });
  const title = h("div", { class: "label", id: "consent-label" }, t("Do the people here agree to photos?"));
  const group = h("div", { class: "tiles", role: "radiogroup", "aria-labelledby": "consent-label" }, tiles);
  return {
    element: h("div", { class: "question", id: "consent" }, title, group, advice),
    refresh() {
      const { consent } = visit.draft;
      for (const box of boxes) box.checked = box.value === consent;
      say(advice, adviceFor(consent));
      advice.className = consent === "refused" ? "notice" : "hint";
    },
  };
}

function adviceFor(consent) {
  if (consent === "refused") {
    const how = t("Photograph no people and nothing inside the house or yard. The answers can be sent without photos.");
    return `${how} ${t("Where the checklist needs a photo, the reviewer decides.")}`;
  }
  return consent ? "" : t("Ask before the first photo. Without an answer it counts as nobody asked.");
}
