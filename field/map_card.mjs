// The card of the place that was tapped: what it is, how far and in which direction, how far the work, and the way to its checklists.

import { h, say } from "./dom.mjs";
import { metres } from "./position.mjs";
import { project } from "./projection.mjs";
import { distanceText } from "./site_finder.mjs";
import { t } from "./texts.mjs";

/** The card of *place* for *app*: `{element, refresh}`; *close* is called when the person is done with it. */
export function placeCard(app, { entry, site, state }, close) {
  const name = site.name || site.code;
  const away = h("p", { class: "hint" });
  const open = () => app.checklists(site, site.hamlet);
  const act = (kind, onclick, label) => h("button", { type: "button", class: kind, onclick }, label);
  const element = h(
    "section",
    { class: "map-card", "aria-label": name },
    h("h2", {}, name),
    h("p", { class: "hint" }, [site.code, entry.hamlet].filter(Boolean).join(" · ")),
    h("p", {}, `${stateWords(state)} · ${t("{done} of {all} checklists done", { done: entry.done, all: entry.wanted })}`),
    away,
    h("div", { class: "map-actions" }, act("main", open, t("Choose a checklist")), act("", close, t("Close"))),
  );
  const refresh = () => say(away, awayWords(app.watch.last, site));
  refresh();
  return { element, refresh };
}

/** A state of the work in words. */
export function stateWords(state) {
  return { todo: t("To do"), draft: t("Begun on this phone"), unsent: t("Waits to be sent"), done: t("Done") }[state];
}

function awayWords(fix, site) {
  if (!fix || site.latitude === null) return "";
  const away = metres(fix, site);
  if (away <= fix.accuracy) return t("Where you stand (±{metres} m)", { metres: Math.round(fix.accuracy) });
  const distance = distanceText(away);
  return t("{distance} from you, to the {direction}", { distance, direction: directionWords(fix, site) });
}

// In the square of Web Mercator directions are those of the compass.
function directionWords(fix, site) {
  const [x, y] = project(fix.longitude, fix.latitude);
  const [toX, toY] = project(site.longitude, site.latitude);
  const eighth = Math.round((Math.atan2(toX - x, y - toY) / Math.PI) * 4);
  const words = [t("north"), t("north-east"), t("east"), t("south-east"), t("south"), t("south-west"), t("west"), t("north-west")];
  return words[(eighth + 8) % 8];
}
