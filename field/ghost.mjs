// The photo of last time at the same place: found on this phone or at the server, kept for the hills, laid over the view of today.

import { readDrafts, readPhotos } from "./drafts.mjs";
import { drawn } from "./photos.mjs";
import { get, Refusal } from "./server.mjs";

const CACHE = "earlier";
const MOST_KEPT = 150; // previews of about 200 kB; the oldest go first

const listAt = (site, person) => `${location.origin}/api/earlier/${encodeURIComponent(site)}?of=${encodeURIComponent(person)}`;
const previewAt = (sha256) => `${location.origin}/photos/${sha256}/preview`;

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
    const fresh = await freshList(site.site, person);
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
  const kept = await (await cache())?.match(listAt(site, person));
  return kept ? kept.json() : [];
}

async function freshList(site, person) {
  try {
    const { photos } = await get(`${location.origin}/api/earlier/${encodeURIComponent(site)}`);
    await hold(listAt(site, person), new Response(JSON.stringify(photos)));
    return photos;
  } catch (error) {
    if (error instanceof Refusal) return null; // only the ghost is lacking
    throw error;
  }
}

// The preview of a stored photo, from this phone or the server; null where neither gives it.
async function preview(sha256) {
  const kept = await (await cache())?.match(previewAt(sha256));
  if (kept) return kept.blob();
  try {
    const answer = await fetch(previewAt(sha256), { credentials: "same-origin" });
    if (answer.status !== 200 || answer.headers.get("Content-Type") !== "image/jpeg") return null; // not drawn yet, or never
    await hold(previewAt(sha256), answer.clone());
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

/** Fetch what *person* photographed earlier at *sites* (ids), for a day without signal; ends where the connection does. */
export async function prefetchEarlier(sites, person) {
  if (navigator.connection?.saveData) return;
  for (const site of sites) {
    const photos = await freshList(site, person);
    if (!photos) return;
    for (const { sha256 } of photos) await preview(sha256);
  }
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
