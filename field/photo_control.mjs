// The control of a photo question: the camera, a picked file, a thumbnail, retake and remove.

import { clock, fill, h, megabytes, say } from "./dom.mjs";
import { thumbnail } from "./photos.mjs";
import { accuracyWords } from "./position_strip.mjs";
import { language, t } from "./texts.mjs";

// A computer's file dialogue ignores `capture`; only what a phone's camera took may call itself so.
const hasCamera = () => matchMedia("(pointer: coarse)").matches;

/** The control for *question*, whose photos *visit* takes and keeps. */
export function photoControl(question, visit) {
  const takes = [];
  const buttons = h("div", { class: "take" });
  const shown = h("div", { class: "photo" });
  const state = h("p", { class: "hint", role: "status" });
  const element = h("div", { class: "photo-question" }, shown, buttons, state);
  if (hasCamera() && !visit.desk) takes.push(button("system", "camera", true));
  takes.push(button(visit.desk ? "desk" : "picked", takes.length ? "quiet" : "camera", false));
  const remove = h("button", { type: "button", class: "quiet", onclick: () => visit.removePhoto(question) });
  fill(buttons, takes.map((take) => [take.button, take.input]), remove);
  let drawn = null;

  function button(source, look, camera) {
    const input = h("input", {
      type: "file", accept: "image/*,.heic,.heif", capture: camera ? "environment" : null,
      class: "unseen", tabindex: -1, "data-source": source,
    }); // prettier-ignore
    const made = h("button", { type: "button", class: look });
    let before = null;
    made.addEventListener("click", async () => {
      before = visit.watch.last;
      if (await visit.flush()) input.click(); // what was answered is on disk before the camera may kill this page
    });
    input.addEventListener("change", async () => {
      const [file] = input.files;
      if (!file) return;
      takes.forEach((take) => (take.button.disabled = true));
      say(state, t("Keeping the photo…"));
      const problem = await visit.takePhoto(question, file, { source, before });
      takes.forEach((take) => (take.button.disabled = false));
      input.value = "";
      state.className = problem ? "fault" : "hint";
      say(state, problem ?? "");
    });
    return { button: made, input, camera };
  }

  return {
    element,
    focus: takes[0].button,
    refresh(name) {
      const photo = name ? visit.photos.get(name) : null;
      remove.hidden = !photo;
      say(remove, t("Remove the photo"));
      for (const take of takes) say(take.button, label(take, Boolean(photo), visit.desk));
      const key = photo ? `${name}|${language()}|${photo.after?.at}|${photo.state}` : "";
      if (key === drawn) return;
      drawn = key;
      fill(shown, photo ? card(photo, question, visit) : null);
    },
  };
}

function label(take, again, desk) {
  if (take.camera) return again ? t("Take it again") : t("Take a photo");
  if (desk) return again ? t("Choose another file") : t("Choose a file");
  return again ? t("Choose another photo") : t("Choose a photo");
}

function card(photo, question, visit) {
  const picture = h("div", { class: "picture" }, plainTile(photo));
  const drawable = photo.bytes ?? photo.picture;
  if (drawable) thumbnail(drawable).then((canvas) => canvas && fill(picture, canvas));
  const fix = better(photo);
  const words = [photo.lastModified && clock(photo.lastModified, language()), photo.size && megabytes(photo.size, language())];
  if (!visit.desk) words.push(fix ? accuracyWords(fix) : t("no position yet"));
  const warning = photo.kind ? null : h("p", { class: "fault" }, t("This file does not look like a photo. Please take it again."));
  return [picture, h("p", { class: "hint" }, words.filter(Boolean).join(" · ")), warning];
}

// HEIC and the like: this browser cannot draw them, the server can.
function plainTile(photo) {
  return h("div", { class: "tile-plain" }, h("strong", {}, (photo.kind ?? "?").toUpperCase()), h("span", {}, photo.name));
}

const better = ({ before, after }) =>
  [after, before].filter(Boolean).sort((a, b) => (a.accuracy ?? Infinity) - (b.accuracy ?? Infinity))[0];
