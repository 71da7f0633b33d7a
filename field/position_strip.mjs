// The position in words and colour, as a strip at the top of a visit; at a desk a place may be typed in and is marked so.

import { clock, fill, h } from "./dom.mjs";
import { grade } from "./position.mjs";
import { language, t } from "./texts.mjs";

/** *fix* in words: how good, how many metres. */
export function accuracyWords(fix) {
  if (fix.placed === "hand") return t("position entered by hand");
  const metres = fix.accuracy === null ? "?" : Math.round(fix.accuracy);
  const words = {
    good: t("good position (±{metres} m)", { metres }),
    fair: t("fair position (±{metres} m)", { metres }),
    weak: t("weak position (±{metres} m)", { metres }),
    unusable: t("no usable position (±{metres} m)", { metres }),
  };
  return words[grade(fix.accuracy)];
}

/** The strip of *visit*: `{element, refresh}`. */
export function positionStrip(visit) {
  return visit.desk ? deskStrip(visit) : phoneStrip(visit);
}

function phoneStrip(visit) {
  const words = h("span", {});
  const again = h("button", { type: "button", class: "small" });
  const element = h("div", { class: "strip", role: "status" }, h("span", { class: "dot" }), words, again);
  again.addEventListener("click", async () => {
    again.disabled = true;
    if (visit.watch.failure === "denied") visit.watch.start();
    await visit.updatePosition();
    again.disabled = false;
  });
  return {
    element,
    refresh() {
      const { fix } = visit.draft;
      element.dataset.grade = fix ? grade(fix.accuracy) : "none";
      fill(words, fix ? `${capital(accuracyWords(fix))}, ${clock(fix.at, language())}` : failureWords(visit.watch.failure));
      fill(again, t("Update"));
    },
  };
}

/** Why there is no position, in words: *kind* as Watch.failure. */
export function failureWords(kind) {
  if (kind === "denied") return t("The phone does not give its position. Allow location for this page in the browser.");
  if (kind === "absent") return t("This device has no position.");
  return t("Looking for the position… Go into the open.");
}

// Desk: optional; what is typed in is no device's word, so it has neither accuracy nor time.
function deskStrip(visit) {
  const { fix } = visit.draft;
  const box = h("input", { id: "desk-place", type: "text", inputmode: "decimal", autocomplete: "off", placeholder: "18.07, 106.11" });
  box.value = fix ? `${fix.latitude}, ${fix.longitude}` : "";
  const fault = h("p", { class: "fault", role: "alert" });
  box.addEventListener("change", () => {
    const place = readPlace(box.value);
    fill(fault, place === undefined ? t("Write latitude and longitude, for example 18.07, 106.11") : "");
    if (place !== undefined) visit.placeByHand(place);
  });
  const label = h("label", { for: "desk-place" }, t("Position from paper, if known (latitude, longitude)"));
  return { element: h("div", { class: "question" }, label, box, fault), refresh() {} };
}

// `{latitude, longitude}` of "18.07, 106.11", null for an empty text, undefined for anything else.
function readPlace(text) {
  if (!text.trim()) return null;
  const found = /^\s*(-?\d{1,2}(?:\.\d+)?)[\s,;]+(-?\d{1,3}(?:\.\d+)?)\s*$/.exec(text);
  if (!found) return undefined;
  const [latitude, longitude] = [Number(found[1]), Number(found[2])];
  return Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180 ? { latitude, longitude } : undefined;
}

const capital = (words) => words.charAt(0).toUpperCase() + words.slice(1);
