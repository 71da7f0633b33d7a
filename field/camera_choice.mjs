// Which camera comes first on this phone: the phone's own, until the phone has closed the page behind it; then the one in the page.

import { keep, recall } from "./drafts.mjs";

const MARK = "camera"; // who went to the phone's camera and has not come back
const FIRST = "camera-first";
const choices = new Map();

/** Note that the phone's camera opens for *question* (a key of the form) of the draft *draft*. */
export async function leaveForCamera(draft, question) {
  await keep(MARK, { draft, question, at: new Date().toISOString() });
  const seen = () => {
    if (document.visibilityState !== "visible") return;
    document.removeEventListener("visibilitychange", seen);
    backFromCamera();
  };
  document.addEventListener("visibilitychange", seen);
}

/** The page is still here: whatever the camera brought, the phone did not close it. */
export const backFromCamera = () => keep(MARK, null);

/**
 * The choice for the visit *draft*, which this page holds: `first` is `system` or `in_page`, `killed` the key of the question whose
 * camera was open when the phone closed the page, or null. From that moment on the camera in the page comes first.
 */
export function cameraChoice(draft) {
  if (!choices.has(draft)) choices.set(draft, read(draft));
  return choices.get(draft);
}

async function read(draft) {
  const [mark, first] = await Promise.all([recall(MARK), recall(FIRST)]);
  if (mark?.draft !== draft) return { first: first ?? "system", killed: null };
  await keep(FIRST, "in_page");
  await keep(MARK, null);
  return { first: "in_page", killed: mark.question };
}

/** Put the camera *first* (`system`, `in_page`) first from now on. */
export async function preferCamera(first) {
  choices.clear();
  await keep(FIRST, first);
}
