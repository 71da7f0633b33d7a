// The control of a photo question: two cameras, a picked file, the small picture, retake and remove, the photo of last time.

import { canLook } from "./camera.mjs";
import { backFromCamera, cameraChoice, leaveForCamera, preferCamera } from "./camera_choice.mjs";
import { clock, fill, h, megabytes, say } from "./dom.mjs";
import { earlierTile } from "./earlier_tile.mjs";
import { drawn, THUMB_PX } from "./photos.mjs";
import { accuracyWords } from "./position_strip.mjs";
import { language, t } from "./texts.mjs";
import { cameraStyle, lookThrough } from "./viewfinder.mjs";

// A computer's file dialogue ignores `capture`; only what a phone's camera took may call itself so.
const hasCamera = () => matchMedia("(pointer: coarse)").matches;

/** The control for *question*, whose photos *visit* takes and keeps. */
export const photoControl = (question, visit) => new PhotoControl(question, visit);

class PhotoControl {
  #question;
  #visit;
  #first = "system";
  #drawn = null;
  #takes = [];

  constructor(question, visit) {
    this.#question = question;
    this.#visit = visit;
    this.shown = h("div", { class: "photo" });
    this.buttons = h("div", { class: "take" });
    this.state = h("p", { class: "hint", role: "status" });
    this.remove = h("button", { type: "button", class: "quiet", onclick: () => visit.removePhoto(question) });
    this.earlier = earlierTile();
    this.element = h("div", { class: "photo-question" }, cameraStyle(), this.earlier.element, this.shown, this.buttons, this.state);
    this.#offer();
    if (!this.#onPhone) return;
    visit.earlier.load();
    cameraChoice(visit.draft.id).then((choice) => this.#heed(choice));
  }

  get #onPhone() {
    return hasCamera() && !this.#visit.desk;
  }

  get #key() {
    return `${this.#question.path}|${this.#question.at.join(".")}`;
  }

  // The ways to a photo, the best one first and large.
  #offer() {
    if (!this.#onPhone) this.#takes = [this.#file(this.#visit.desk ? "desk" : "picked")];
    else {
      const cameras = [this.#file("system"), canLook() && this.#page()].filter(Boolean);
      if (this.#first === "in_page") cameras.reverse();
      this.#takes = [...cameras, this.#file("picked")];
    }
    this.#takes.forEach(({ button }, place) => (button.className = place ? "quiet" : "camera"));
    this.focus = this.#takes[0].button;
    fill(this.buttons, this.#takes.map(({ button, input }) => [button, input]), this.remove);
  }

  // On a phone that closes the page behind its camera, the camera in the page comes first; who just met with that is told.
  #heed({ first, killed }) {
    if (first !== this.#first && canLook()) {
      this.#first = first;
      this.#offer();
      this.#label();
    }
    if (killed !== this.#key || !canLook()) return;
    this.state.className = "notice";
    const told = t("The phone closed this page behind its camera: take that photo again, here. All else is kept.");
    say(this.state, told);
  }

  // The phone's camera, or its files, by the browser's own control.
  #file(source) {
    const capture = source === "system" ? "environment" : null;
    const accept = "image/*,.heic,.heif";
    const unseen = { class: "unseen", tabindex: -1, "aria-hidden": "true" };
    const input = h("input", { type: "file", accept, capture, ...unseen, "data-source": source });
    const button = h("button", { type: "button" });
    let before = null;
    button.addEventListener("click", async () => {
      before = this.#visit.watch.last;
      if (!(await this.#visit.flush())) return; // what was answered is on disk before the camera may kill this page
      if (capture) await leaveForCamera(this.#visit.draft.id, this.#key);
      input.click();
    });
    input.addEventListener("cancel", backFromCamera);
    input.addEventListener("change", async () => {
      const [file] = input.files;
      const fixing = capture && this.#visit.watch.next({ patient: true });
      await backFromCamera();
      if (file) await this.#take(file, { source, before, fixing });
      input.value = "";
    });
    return { source, button, input };
  }

  // The camera in this page.
  #page() {
    const look = async () => {
      if (!(await this.#visit.flush())) return;
      const outcome = await lookThrough(this.element, { watch: this.#visit.watch, earlier: this.#visit.earlier.find(this.#question) });
      if (outcome === "system") return this.#takes.find(({ source }) => source === "system").button.click();
      if (outcome) await this.#take(outcome.file, outcome);
      this.focus.focus({ preventScroll: true });
    };
    return { source: "in_page", button: h("button", { type: "button", onclick: look }) };
  }

  async #take(file, { source, before, fixing, picture }) {
    this.#takes.forEach(({ button }) => (button.disabled = true));
    this.state.className = "hint";
    say(this.state, t("Keeping the photo…"));
    const problem = await this.#visit.takePhoto(this.#question, file, { source, before, fixing, picture });
    this.#takes.forEach(({ button }) => (button.disabled = false));
    this.state.className = problem ? "fault" : "hint";
    say(this.state, problem ?? "");
    if (!problem && source === "system" && this.#first === "in_page") this.#offerReturn();
  }

  // The page outlived the phone's camera this time: the way back to having it first.
  #offerReturn() {
    const back = async () => {
      await preferCamera("system");
      this.#heed({ first: "system" });
      say(this.state, "");
    };
    const button = h("button", { type: "button", class: "quiet", onclick: back }, t("Offer the phone's camera first again"));
    fill(this.state, t("This time the phone kept the page open."), " ", button);
  }

  refresh(name) {
    const photo = name ? this.#visit.photos.get(name) : null;
    this.remove.hidden = !photo;
    this.#label(Boolean(photo));
    if (this.#onPhone) this.earlier.refresh(this.#visit.earlier.find(this.#question));
    const key = photo ? `${name}|${language()}|${photo.after?.at}|${photo.state}` : "";
    if (key === this.#drawn) return;
    this.#drawn = key;
    fill(this.shown, photo ? card(photo, this.#visit) : null);
  }

  #label(again = !this.remove.hidden) {
    say(this.remove, t("Remove the photo"));
    this.#takes.forEach(({ source, button }, place) => say(button, words(source, place === 0, again)));
  }
}

function words(source, first, again) {
  if (source === "desk") return again ? t("Choose another file") : t("Choose a file");
  if (source === "picked") return again ? t("Choose another photo") : t("Choose a photo");
  if (first) return again ? t("Take it again") : t("Take a photo");
  return source === "system" ? t("The phone's camera") : t("Camera in this page");
}

function card(photo, visit) {
  const picture = h("div", { class: "picture" }, plainTile("…", photo.name));
  show(photo, visit, picture);
  const fix = better(photo);
  const words = [photo.lastModified && clock(photo.lastModified, language()), photo.size && megabytes(photo.size, language())];
  if (!visit.desk) words.push(fix ? accuracyWords(fix) : t("no position yet"));
  const warning = photo.kind ? null : h("p", { class: "fault" }, t("This file does not look like a photo. Please take it again."));
  return [picture, h("p", { class: "hint" }, words.filter(Boolean).join(" · ")), warning];
}

// HEIC and the like: this browser cannot draw them, the server can.
async function show(photo, visit, place) {
  const small = await visit.picture(photo);
  const canvas = small && (await drawn(small, THUMB_PX));
  fill(place, canvas ?? plainTile((photo.kind ?? "?").toUpperCase(), photo.name));
}

const plainTile = (kind, name) => h("div", { class: "tile-plain" }, h("strong", {}, kind), h("span", {}, name));

const better = ({ before, after }) =>
  [after, before].filter(Boolean).sort((a, b) => (a.accuracy ?? Infinity) - (b.accuracy ?? Infinity))[0];
