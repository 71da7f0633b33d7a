// The photo of last time at the same place: found on this phone or at the server, kept for the hills, laid over the view of today.

import { readDrafts, readPhotos } from "./drafts.mjs";
import { drawn } from "./photos.mjs";
import { get, Refusal } from "./server.mjs";

const CACHE = "earlier";
const MOST_KEPT = 400; // small pictures of some 15 kB, larger ones of 200 kB where a visit was opened; the oldest go first

const everywhere = (person) => `${location.origin}/api/earlier?of=${encodeURIComponent(person)}`;
const listAt = (site, person) => `${location.origin}/api/earlier/${encodeURIComponent(site)}?of=${encodeURIComponent(person)}`;
const viewOf = (sha256, view) => `${location.origin}/photos/${sha256}/${view}`;

/** The earlier photos for one visit; *heard* is called when more of them are known. */
export class Earlier {
  #draft;
  #heard;
  #loading = null;
  #own = [];
  #stored = [];

  constructor(draft, heard) {
    this.#draft = draft;
    this.#heard = heard;
  }

  /** Look for them: on this phone first, then at the server where it answers. */
  load() {
    if (!this.#draft.site || this.#draft.desk) return;
    this.#loading ??= this.#load();
  }

  async #load() {
    const { site, person } = this.#draft;
    this.#own = await ownPhotos(this.#draft);
    this.#stored = await keptList(site.site, person);
    this.#heard();
    const fresh = await freshList(listAt(site.site, person));
    if (!fresh) return;
    this.#stored = fresh;
    this.#heard();
    for (const { sha256 } of fresh.filter(({ form }) => form === this.#draft.form)) await preview(sha256);
  }

  /** The newest earlier photo that answers *question*: `{key, at, blob()}`; null where there is none. */
  find({ path, at, node }) {
    const own = this.#own.map((visit) => photoAt(visit, path, at)).find(Boolean);
    if (own) return { key: own.name + own.draft, at: own.lastModified, blob: async () => own.bytes ?? own.picture };
    const repeat = at.map((number) => number + 1).join(".");
    const stored = this.#stored.find((one) => one.form === this.#draft.form && one.question === node.name && one.repeat === repeat);
    return stored ? { key: stored.sha256, at: stored.captured_at, blob: () => preview(stored.sha256) } : null;
  }
}

// What this phone itself took at the same place with the same form and still has, newest visit first.
async function ownPhotos(draft) {
  const drafts = await readDrafts(draft.person);
  const same = drafts.filter((one) => one.id !== draft.id && one.form === draft.form && one.site?.site === draft.site.site);
  return Promise.all(same.map(async ({ id, data }) => ({ data, photos: await readPhotos(id) })));
}

function photoAt({ data, photos }, path, at) {
  let held = data;
  const numbers = [...at];
  for (const step of path.split("/").slice(2)) {
    held = held?.[step];
    if (Array.isArray(held)) held = held[numbers.shift()];
  }
  return photos.find((photo) => photo.name === held && photo.kind);
}

// Without room or in a private window nothing is kept, and nothing is missed but the ghost.
async function cache() {
  try {
    return await globalThis.caches?.open(CACHE);
  } catch (error) {
    if (error instanceof DOMException) return undefined;
    throw error;
  }
}

async function keptList(site, person) {
  const kept = await cache();
  const here = await kept?.match(listAt(site, person));
  if (here) return here.json();
  const all = await kept?.match(everywhere(person));
  return all ? (await all.json()).filter((photo) => photo.site === site) : [];
}

// What the server lists at *address*, kept; null where it does not answer.
async function freshList(address) {
  try {
    const { photos } = await get(address);
    await hold(address, new Response(JSON.stringify(photos)));
    return photos;
  } catch (error) {
    if (error instanceof Refusal) return null; // only the ghost is lacking
    throw error;
  }
}

// The picture of a stored photo, large where the phone or the server gives it, else the small one; null where there is none.
async function preview(sha256) {
  return (await picture(sha256, "preview")) ?? picture(sha256, "thumb");
}

async function picture(sha256, view) {
  const address = viewOf(sha256, view);
  const kept = await (await cache())?.match(address);
  if (kept) return kept.blob();
  try {
    const answer = await fetch(address, { credentials: "same-origin" });
    if (answer.status !== 200 || answer.headers.get("Content-Type") !== "image/jpeg") return null; // not drawn yet, or never
    await hold(address, answer.clone());
    return await answer.blob();
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}

async function hold(address, answer) {
  const kept = await cache();
  try {
    await kept?.put(address, answer);
    const all = (await kept?.keys()) ?? [];
    await Promise.all(all.slice(0, Math.max(0, all.length - MOST_KEPT)).map((old) => kept.delete(old)));
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
  }
}

// Megabytes are taken along over Wi-Fi, such as the office's, and not at the person's cost.
const isFree = () => navigator.connection?.type === "wifi" && !navigator.connection.saveData;

/** Fetch small pictures of what *person* photographed lately, for a day without signal; ends where the connection does. */
export async function prefetchEarlier(person) {
  if (!isFree()) return;
  const photos = (await freshList(everywhere(person))) ?? [];
  for (const { sha256 } of photos) if (!(await picture(sha256, "thumb")) && !navigator.onLine) return;
}

/**
 * Where the ghost lies over the live view: both pictures share their middle and their longer side, as two pictures of one sensor do.
 * *box* is the place on the screen, *view* the live picture, *ghost* the earlier one, each `{width, height}`; `turned` says that one
 * of them was taken upright and the other sideways, which only turning the phone mends.
 */
export function overlay(box, view, ghost) {
  const longest = Math.max(view.width, view.height) * Math.min(box.width / view.width, box.height / view.height);
  const turned = view.width > view.height !== ghost.width > ghost.height;
  const fitting = Math.min(box.width / ghost.width, box.height / ghost.height);
  const scale = turned ? fitting : longest / Math.max(ghost.width, ghost.height);
  const [width, height] = [ghost.width * scale, ghost.height * scale];
  return { left: (box.width - width) / 2, top: (box.height - height) / 2, width, height, turned };
}

/** The canvas of the earlier photo *found*, *width* wide at most; null where there is no picture to be had. */
export async function ghostCanvas(found, width) {
  const blob = await found.blob();
  return blob && drawn(blob, width);
}
