// How much room the phone has left for this page, and whether it promises to keep what is here; in words.

import { megabytes } from "./dom.mjs";
import { language, t } from "./texts.mjs";

// A choice of display only: room for fewer photos is said as a warning, about a morning's work; more than so many are not counted.
const FEW_PHOTOS = 30;
const MANY_PHOTOS = 2000;

/** What the browser says of this page's room: `{used, free, lasting}` in bytes; null where it says nothing. */
export async function room() {
  if (!navigator.storage?.estimate) return null;
  const [{ usage, quota }, lasting] = await Promise.all([navigator.storage.estimate(), navigator.storage.persisted?.() ?? false]);
  return { used: usage, free: Math.max(0, quota - usage), lasting };
}

/** Ask the browser to keep what is here even when the phone runs short; true where it promises. */
export const askToStay = async () => (await navigator.storage?.persist?.()) ?? false;

/** The mean size of the photos that *visits* (drafts or sent records) name, in bytes; null without any. */
export function photoSize(visits) {
  const sizes = visits.flatMap((visit) => visit.files ?? []).map((file) => file.size).filter(Boolean);
  return sizes.length ? sizes.reduce((sum, size) => sum + size, 0) / sizes.length : null;
}

/** *here* (of `room`) in words, with the number of photos of *size* bytes that still fit; `{text, tight}`. */
export function roomWords(here, size) {
  const free = megabytes(here.free, language());
  const count = size ? Math.floor(here.free / size) : Infinity;
  if (count > MANY_PHOTOS) return { text: t("Room on this phone: {free}.", { free }), tight: false };
  const tight = count < FEW_PHOTOS;
  const words = tight
    ? t("Little room on this phone: {free}, about {count} photos. Send what waits, or free some space.", { free, count })
    : t("Room on this phone: {free}, about {count} photos.", { free, count });
  return { text: words, tight };
}

/** Whether the browser promised to keep what is here, in words. */
export function lastingWords(here) {
  if (here.lasting) return t("This browser has promised to keep what is here.");
  return t("This browser may delete what is here when the phone runs short of room. Send often; adding the page to the home screen helps.");
}
