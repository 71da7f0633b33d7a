// The checklists that fit a place; one that was begun there is continued.

import { clock, h, say } from "./dom.mjs";
import { readDrafts } from "./drafts.mjs";
import { siteName } from "./home_screen.mjs";
import { Refusal } from "./server.mjs";
import { tasksPart } from "./tasks.mjs";
import { language, pick, t } from "./texts.mjs";

/** The screen for *site* (null: a place that the register does not have) in *hamlet*. */
export function checklistScreen(app, site, hamlet) {
  const trouble = h("p", { class: "fault", role: "alert" });
  const forms = app.work.forms.filter((form) => !site || !form.site_kind || form.site_kind === site.kind);
  const tiles = forms.map((form) => formTile(app, form, site, hamlet, trouble));
  const element = h(
    "div",
    {},
    app.bar(),
    h("h1", {}, siteName(site)),
    h("p", { class: "hint" }, site ? site.code : t("Describe the place in the checklist. The office adds it to the register.")),
    site ? tasksPart(app.work, site.site) : null,
    h("h2", {}, t("Which checklist?")),
    tiles,
    forms.length ? null : h("p", { class: "notice" }, t("There is no checklist for this kind of place.")),
    trouble,
  );
  return { element, again: () => checklistScreen(app, site, hamlet) };
}

function formTile(app, form, site, hamlet, trouble) {
  const begun = h("span", { class: "hint" });
  const words = { accepted: t("accepted"), received: t("handed in in this round"), sending: t("not sent yet") };
  const state = words[app.work.register.byId.get(site?.site)?.states.get(form.form)];
  const mark = state ? h("span", { class: "mark whole" }, state) : null;
  const tile = h("button", { type: "button", class: "card form-tile" }, h("strong", {}, pick(form.title)), mark, begun);
  let draft = null;
  const ready = readDrafts(app.work.me.person).then((drafts) => {
    const same = (one) => site && one.state === "open" && one.form === form.form && one.site?.site === site.site && one.desk === app.desk;
    draft = drafts.find(same) ?? null;
    if (draft) say(begun, t("begun at {time}, continue", { time: clock(draft.changedAt, language()) }));
  });
  sayForeign(app, form, tile);
  tile.addEventListener("click", async () => {
    await ready;
    try {
      await (draft ? app.open(draft) : app.begin(form, site, hamlet));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      say(trouble, error.sentence || t("No connection: this checklist is not on the phone yet."));
    }
  });
  return tile;
}

async function sayForeign(app, form, tile) {
  try {
    const { unsupported } = await app.work.tree(form.form, form.version);
    if (unsupported) tile.append(h("span", { class: "reason" }, t("Some questions only in ODK Collect")));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error; // not on the phone yet: a tap says so
  }
}
