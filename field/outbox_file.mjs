// The outbox as a file, the last resort: one ZIP of sealed visits with their photos, and its way into another browser's outbox.

import { sha256 } from "./digest.mjs";
import { keepDraft, readDraft, readOutbox, readPhotos, readReceipt } from "./drafts.mjs";
import { bytesOf, crc32, readDirectory, ZipFault, ZipWriter } from "./zip.mjs";

const FORMAT = "ntm-survey-outbox/1";
const LARGEST = 2_000_000_000; // bytes; phones' file systems and mail programs take no more
const LARGEST_VISIT = 2_000_000; // of the two texts of one visit
const DRAFT = [
  "id", "person", "form", "version", "title", "site", "hamlet", "data", "replaces", "startedAt", "endedAt", "changedAt", "fix",
  "photoCount", "desk",
]; // prettier-ignore
const PHOTO = ["name", "kind", "size", "sha256", "lastModified", "source", "before", "after"];
const FOR_OTHERS = new Set(["reviewer", "coordinator"]); // who may hand in another person's work; the server asks again
const ID = /^uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const NAME = /^[\w-]{1,100}\.\w{1,5}$/;
const HASH = /^[0-9a-f]{64}$/;

const some = (record, keys) => Object.fromEntries(keys.map((key) => [key, record[key] ?? null]));

/** What *person* still has to hand in, as ZIP files of at most 2 GB: `[{name, blob}]`; *progress* hears the bytes that were read. */
export async function savedOutbox(me, progress) {
  const { person, commune } = me;
  const waiting = (await readOutbox(person)).filter((draft) => draft.state !== "refused"); // of those the server has every byte
  const files = [];
  let zip = new ZipWriter();
  const finish = () => files.push({ name: fileName(commune, files.length), blob: zip.close() });
  for (const draft of waiting) {
    const photos = await readPhotos(draft.id);
    const size = photos.reduce((sum, photo) => sum + photo.size, 0);
    if (zip.size && zip.size + size > LARGEST) {
      finish();
      zip = new ZipWriter();
    }
    await addVisit(zip, draft, photos, me, progress);
  }
  if (zip.size) finish();
  return files;
}

function fileName(commune, number) {
  const day = new Date().toISOString().slice(0, 16).replace(/\D/g, "");
  return `outbox-${commune.code}-${day}${number ? `-${number + 1}` : ""}.zip`;
}

async function addVisit(zip, draft, photos, me, progress) {
  const folder = draft.id.replace("uuid:", "");
  const xml = new Blob([draft.xml]);
  const visit = {
    format: FORMAT, commune: me.commune.code, by: draft.by ?? me.name, xml_sha256: await sha256(await xml.arrayBuffer()),
    draft: some(draft, DRAFT), files: draft.files ?? null, photos: photos.map((photo) => some(photo, PHOTO)),
  }; // prettier-ignore
  await zip.add(`${folder}/visit.json`, new Blob([JSON.stringify(visit)]), progress);
  await zip.add(`${folder}/instance.xml`, xml, progress);
  for (const photo of photos) if (photo.bytes) await zip.add(`${folder}/photos/${photo.name}`, photo.bytes, progress);
}

/** Why a saved outbox is not taken: *code* is `DAMAGED`, `FOREIGN`, `COMMUNE` or `PERSON`, *entry* the part that shows it. */
export class FileFault extends Error {
  constructor(code, entry = "") {
    super(`${code} ${entry}`);
    this.code = code;
    this.entry = entry;
  }
}

/**
 * Put the visits of the saved outbox *file* into this browser's outbox, for *me* to hand in; visits that are here or were sent from
 * here are left alone. All of the file is checked before any of it is kept. `{taken, known}`. Raises FileFault; DOMException without room.
 */
export async function takeOutbox(file, me, progress) {
  const visits = await readVisits(file, me, progress);
  let taken = 0;
  for (const visit of visits) {
    if ((await readDraft(visit.draft.id)) || (await readReceipt(visit.draft.id))) continue;
    await keepDraft(visit.draft, { photos: visit.photos });
    taken += 1;
  }
  return { taken, known: visits.length - taken };
}

async function readVisits(file, me, progress) {
  try {
    const entries = await readDirectory(file);
    const folders = [...entries.keys()].filter((name) => name.endsWith("/visit.json")).map((name) => name.slice(0, -"visit.json".length));
    if (!folders.length) throw new FileFault("FOREIGN");
    const visits = [];
    for (const folder of folders) visits.push(await readVisit({ file, entries, folder, progress }, me));
    return visits;
  } catch (error) {
    if (error instanceof ZipFault) throw new FileFault(error.entry ? "DAMAGED" : "FOREIGN", error.entry);
    throw error;
  }
}

async function readVisit(source, me) {
  const place = `${source.folder}visit.json`;
  const saved = parsed(await text(source, "visit.json"), place);
  if (saved.format !== FORMAT) throw new FileFault("FOREIGN", place);
  if (saved.commune !== me.commune.code) throw new FileFault("COMMUNE", place);
  const { draft } = saved;
  if (!ID.test(draft.id) || `uuid:${source.folder}` !== `${draft.id}/`) throw new FileFault("DAMAGED", place);
  if (draft.person !== me.person && (me.device || !FOR_OTHERS.has(me.role))) throw new FileFault("PERSON", place);
  const xml = await text(source, "instance.xml", saved.xml_sha256);
  const photos = [];
  for (const photo of saved.photos) photos.push(await readPhoto(source, draft, photo));
  const files = (saved.files ?? photos).map((one) => fileHere(one, photos));
  const brought = draft.person === me.person ? {} : { carrier: me.person, by: String(saved.by) };
  return { draft: { ...some(draft, DRAFT), xml, files, state: "sending", place: null, ...brought }, photos };
}

function parsed(json, place) {
  try {
    return JSON.parse(json);
  } catch (error) {
    if (error instanceof SyntaxError) throw new FileFault("FOREIGN", place);
    throw error;
  }
}

// What was stored already is asked of the server again; what has no bytes here was carried over by it.
function fileHere(file, photos) {
  const here = photos.some((photo) => photo.name === file.name && photo.bytes);
  const { name, label = null, size, sha256: hash, state } = file;
  return { name, label, size, sha256: hash, state: here ? "waiting" : state, reason: null, trouble: null, here };
}

async function readPhoto(source, draft, photo) {
  const place = `${source.folder}photos/${photo.name}`;
  if (!NAME.test(photo.name) || !HASH.test(photo.sha256)) throw new FileFault("DAMAGED", place);
  const entry = source.entries.get(place);
  const bytes = entry ? await bytesOf(source.file, entry, TYPES[photo.kind] ?? "application/x-unknown") : null;
  if (bytes && (await sha256(await bytes.arrayBuffer())) !== photo.sha256) throw new FileFault("DAMAGED", place);
  if (bytes) source.progress(bytes.size);
  return { ...some(photo, PHOTO), draft: draft.id, bytes, state: bytes ? "waiting" : "stored", reason: null };
}

const TYPES = { jpeg: "image/jpeg", png: "image/png", webp: "image/webp", heic: "image/heic" };

// The text of the entry *name*, whose bytes are proved by *hash* or by the ZIP's own checksum.
async function text(source, name, hash = null) {
  const entry = source.entries.get(source.folder + name);
  if (!entry || entry.size > LARGEST_VISIT) throw new FileFault("DAMAGED", source.folder + name);
  const blob = await bytesOf(source.file, entry);
  const intact = hash ? (await sha256(await blob.arrayBuffer())) === hash : (await crc32(blob)) === entry.crc;
  if (!intact) throw new FileFault("DAMAGED", source.folder + name);
  return blob.text();
}
