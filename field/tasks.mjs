// What is still to be done at a place, as accepted visits found it: read where the inspector stands, so that exactly that is photographed.

import { h } from "./dom.mjs";
import { language, pick, t } from "./texts.mjs";

/** The list for *site* (a site's id) from *work*, of one *form* only where it is given; null where nothing is to be done. */
export function tasksPart(work, site, form = null) {
  const { tasks, findings } = work.todo;
  const due = (tasks[site] ?? []).filter(([code]) => !form || !findings[code] || findings[code].form === form);
  if (!due.length) return null;
  const until = (day) => (day ? ` (${t("by {day}", { day: shown(day) })})` : "");
  const items = due.map(([code, what, day]) => h("li", {}, words(findings[code], what), until(day)));
  return h("section", { class: "notice", "data-tasks": site }, h("strong", {}, t("Still to do here:")), h("ul", {}, items));
}

// The words of a finding with the amount that is missing, or what a person wrote.
const words = (finding, what) => (finding ? pick(finding).replace("{missing}", number(what)) : what);
const number = (value) => (value === null ? "" : new Intl.NumberFormat(language(), { maximumFractionDigits: 1 }).format(value));
const shown = (day) => new Intl.DateTimeFormat(language(), { day: "numeric", month: "numeric", timeZone: "UTC" }).format(new Date(day));
