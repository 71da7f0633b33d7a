// The photo of last time, small beside the button of the camera; a tap shows it large, so that a person can stand at the same spot.

import { fill, h } from "./dom.mjs";
import { ghostCanvas } from "./ghost.mjs";
import { language, t } from "./texts.mjs";

const SMALL_PX = 240;
const LARGE_PX = 1280;

/** The tile: `{element, refresh(found)}`, *found* as `Earlier.find` gives it. */
export function earlierTile() {
  const element = h("button", { type: "button", class: "earlier", hidden: true });
  let key = null;
  let now = null;
  element.addEventListener("click", () => enlarge(now, element));

  async function draw(found) {
    const canvas = await ghostCanvas(found, SMALL_PX);
    if (found.key !== now?.key || !canvas) return;
    fill(element, canvas, h("span", {}, caption(found)));
    element.hidden = false;
  }

  return {
    element,
    refresh(found) {
      now = found;
      const wanted = found && `${found.key}|${language()}`;
      if (wanted === key) return;
      key = wanted;
      element.hidden = true;
      if (found) draw(found);
    },
  };
}

function caption({ at }) {
  const day = at && new Intl.DateTimeFormat(language(), { dateStyle: "medium" }).format(new Date(at));
  return day ? t("Photo of last time, {day}", { day }) : t("Photo of last time");
}

async function enlarge(found, beside) {
  const canvas = await ghostCanvas(found, LARGE_PX);
  if (!canvas) return;
  const close = h("button", { type: "button", onclick: () => dialog.close() }, t("Close"));
  const dialog = h("dialog", { class: "enlarged", "aria-label": caption(found) }, canvas, h("p", {}, caption(found)), close);
  dialog.addEventListener("close", () => dialog.remove());
  beside.after(dialog);
  dialog.showModal();
}
