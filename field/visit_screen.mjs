// The screen of a visit: where, how good the position is, the questions, and the way out with everything kept.

import { consentPart } from "./consent.mjs";
import { h, say } from "./dom.mjs";
import { dropDraft } from "./drafts.mjs";
import { FormView } from "./form.mjs";
import { siteName } from "./home_screen.mjs";
import { positionStrip } from "./position_strip.mjs";
import { tasksPart } from "./tasks.mjs";
import { language, pick, t } from "./texts.mjs";

/** The screen of *visit* in *app*; *release* lets go of its draft when the screen is left. */
export function visitScreen(app, visit, release) {
  visit.answers.speak(language());
  const form = new FormView(visit);
  const strip = positionStrip(visit);
  const consent = consentPart(app.work, visit);
  const kept = h("span", { class: "hint", role: "status" });
  const trouble = h("p", { class: "fault", role: "alert" });
  const send = h("button", { type: "button", class: "main", id: "send" }, t("Send"));
  const discard = h("button", { type: "button", class: "quiet" }, t("Throw this draft away"));
  const element = h(
    "div",
    { class: "visit" },
    h("link", { rel: "stylesheet", href: `${app.base}form.css` }),
    app.bar(),
    h("h1", {}, pick(visit.tree.title)),
    h("p", { class: "place" }, h("strong", {}, siteName(visit.draft.site)), visit.draft.site ? ` ${visit.draft.site.code}` : ""),
    visit.draft.reason ? h("p", { class: "notice" }, t("Returned: {reason}", { reason: visit.draft.reason })) : null,
    visit.draft.site ? tasksPart(app.work, visit.draft.site.site, visit.draft.form) : null,
    consent.element,
    strip.element,
    visit.tree.unsupported ? foreignNotice(visit) : null,
    form.element,
    discard,
    h("footer", {}, trouble, h("div", { class: "bar" }, kept, send)),
  );

  const refresh = () => {
    form.refresh();
    strip.refresh();
    consent.refresh();
    say(kept, keptWords(visit));
    if (form.asked && !visit.answers.faults().length) say(trouble, "");
  };
  visit.changed = refresh;
  visit.failed = () => say(trouble, t("This phone refuses to keep the draft: it has no room, or the window is private."));
  send.addEventListener("click", () => submit(app, visit, form, trouble, send));
  discard.addEventListener("click", () => confirm(t("Throw away the answers and photos of this draft?")) && throwAway(app, visit));
  const flush = () => visit.flush();
  const hidden = () => document.visibilityState === "hidden" && flush();
  addEventListener("pagehide", flush);
  document.addEventListener("visibilitychange", hidden);
  const unfollow = visit.follow();
  let handedOn = false; // to the same screen in another language
  refresh();
  return {
    element,
    shown: () => visit.draft.place && form.show(visit.draft.place),
    leave: flush,
    again: () => {
      handedOn = true;
      return visitScreen(app, visit, release);
    },
    close() {
      if (!handedOn) release();
      unfollow();
      removeEventListener("pagehide", flush);
      document.removeEventListener("visibilitychange", hidden);
    },
  };
}

// Said before anybody begins: what ODK Collect is needed for, and whether this phone can finish the checklist at all.
function foreignNotice({ tree, answers }) {
  const needed = ({ path }) => answers.node(path).foreign === "logic" || answers.node(path).required;
  const name = ({ path, question }) => pick(answers.node(path).label, answers.language, () => "…") || question;
  const whole = tree.unsupported.some(needed)
    ? t("Fill in this checklist in ODK Collect: here it cannot be sent where these are asked.")
    : t("These can only be answered in ODK Collect; without them it can be sent from here.");
  const items = tree.unsupported.map((one) => h("li", {}, `${name(one)}: ${pick(one)}`));
  return h("section", { class: "notice foreign-notice" }, h("p", {}, whole), h("ul", {}, items));
}

function keptWords(visit) {
  const left = visit.answers.faults().length;
  if (left) return t("{count} still to answer", { count: left });
  return visit.begun ? t("Kept on this phone") : "";
}

async function submit(app, visit, form, trouble, button) {
  const faults = visit.answers.faults();
  form.point(faults);
  if (faults.some(({ fault }) => fault === "collect")) return say(trouble, t("This checklist must be finished in ODK Collect."));
  if (faults.length) return say(trouble, t("{count} answers are missing or not possible; the first is marked.", { count: faults.length }));
  button.disabled = true;
  if (await visit.seal()) return app.sending(visit.draft.id);
  button.disabled = false;
}

async function throwAway(app, visit) {
  visit.begun = false;
  await visit.writing;
  await dropDraft(visit.draft.id);
  app.leave();
}
