// Whole screens that say what is in the way, and the door to signing in.

import { h } from "./dom.mjs";
import { t } from "./texts.mjs";

/** A screen that says *text*, with *more* below. */
export function notice(text, ...more) {
  return { element: h("div", { class: "notice" }, h("p", {}, text), more) };
}

/** The way to the sign-in page and back to where the person is. */
export function signInLink() {
  return h("a", { class: "button main", href: `/sign-in?next=${encodeURIComponent(location.pathname)}` }, t("Sign in"));
}

/** The screen of who is not signed in. */
export function signInNotice() {
  return notice(t("Please sign in. What you have begun on this phone is kept."), signInLink());
}

/** The screen of a visit that another tab has open; *home* leads to the first screen. */
export function elsewhere(home) {
  const door = h("button", { type: "button", class: "button main", onclick: home }, t("Back"));
  return notice(t("This checklist is open in another tab or window. Go on there, or close it first."), door);
}

/** The screen of a browser that keeps nothing; *again* tries once more. */
export function forgetful(again) {
  const text = t(
    "This browser keeps nothing on the phone. Open the page in an ordinary window, not a private one, or free some space.",
  );
  return notice(text, h("button", { type: "button", class: "button main", onclick: again }, t("Try again")));
}

/** The screen where there is neither server nor a copy on the phone; *again* tries once more. */
export function unreachable(error, again) {
  const text = error.sentence || t("The server cannot be reached. What you have begun on this phone is kept.");
  return notice(text, h("button", { type: "button", class: "button main", onclick: again }, t("Try again")));
}
