// The office's background map on this phone: fetched in pieces on request, kept in a database of its own, read without a connection.

import { databaseOf } from "./drafts.mjs";
import { Refusal } from "./server.mjs";

const NAME = "ntm-survey-tiles";
const PIECE = 2 ** 17; // bytes: small enough to come over a line that drops every 200 kB
const ROOM_FOR_PHOTOS = 100e6; // bytes that stay free: a day's photos matter more than a background
const PAUSES_MS = [1000, 4000, 15_000]; // before a piece that did not come is asked for again

/** The file on the server is another one than was asked for. */
export class Replaced extends Error {}

/** There is no room for the file; *lacking* bytes are too few. */
export class NoRoom extends Error {
  constructor(lacking) {
    super(`${lacking} bytes lacking`);
    this.lacking = lacking;
  }
}

/** The archive at *url*, read by ranges; *file* is `{size, etag}`. What cannot be fetched raises Refusal. */
export const remoteSource = (url, file) => ({ size: file.size, read: (offset, length) => fetchRange(url, file, offset, length) });

/** The kept *file*, read from its pieces. */
export const keptSource = (file) => ({
  size: file.size,
  async read(offset, length) {
    const first = Math.floor(offset / PIECE);
    const last = Math.floor((offset + Math.max(length, 1) - 1) / PIECE);
    const pieces = await transact("readonly", ({ pieces }) => pieces.getAll(IDBKeyRange.bound([file.etag, first], [file.etag, last])));
    return new Blob(pieces).slice(offset - first * PIECE, offset - first * PIECE + length).arrayBuffer();
  },
});

/** The file `{etag, size}` that is here as a whole; undefined where there is none. */
export async function keptFile() {
  const files = await transact("readonly", ({ files }) => files.getAll());
  return files.find(({ whole }) => whole);
}

/** How many bytes of *file* are here already. */
export async function bytesHere({ etag, size }) {
  const count = await transact("readonly", ({ pieces }) => pieces.count(piecesOf(etag)));
  return Math.min(count * PIECE, size);
}

/** Forget every file. */
export const dropFiles = () =>
  transact("readwrite", ({ files, pieces }) => {
    files.clear();
    pieces.clear();
  });

/**
 * Fetch what is lacking of *file* from *url*; *progress* hears the bytes that are here, *signal* ends it (AbortError). The file kept
 * before stays until the new one is whole. Raises NoRoom, Replaced, Refusal; what has come by then stays.
 */
export async function fetchFile(url, file, { progress, signal }) {
  await requireRoom(file);
  const known = new Set((await transact("readonly", ({ pieces }) => pieces.getAllKeys(piecesOf(file.etag)))).map(([, number]) => number));
  for (let number = 0; number * PIECE < file.size; number += 1) {
    if (known.has(number)) continue;
    const offset = number * PIECE;
    const bytes = await patiently(() => fetchRange(url, file, offset, Math.min(PIECE, file.size - offset), signal), signal);
    await keepPiece([file.etag, number], bytes, file.size - offset);
    progress(offset + bytes.byteLength);
  }
  await keepWhole(file);
}

// The new file takes the place of all others, which go in the same transaction.
function keepWhole({ etag, size }) {
  return transact("readwrite", ({ files, pieces }) => {
    files.clear();
    files.put({ etag, size, whole: true });
    pieces.delete(IDBKeyRange.upperBound([etag], true));
    pieces.delete(IDBKeyRange.lowerBound([etag, []], true));
  });
}

async function requireRoom(file) {
  const { quota, usage } = (await navigator.storage?.estimate?.()) ?? {};
  if (quota === undefined) return; // an old browser says when it is full
  const lacking = file.size - (await bytesHere(file)) + ROOM_FOR_PHOTOS - (quota - usage);
  if (lacking > 0) throw new NoRoom(lacking);
}

// Browsers do not always tell beforehand how little room there is.
async function keepPiece(key, bytes, lacking) {
  try {
    await transact("readwrite", ({ pieces }) => void pieces.put(new Blob([bytes]), key));
  } catch (error) {
    throw error?.name === "QuotaExceededError" ? new NoRoom(lacking) : error;
  }
}

async function patiently(work, signal) {
  for (const pause of PAUSES_MS) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Refusal) || !error.passing) throw error;
      await new Promise((resolve) => setTimeout(resolve, pause));
      signal.throwIfAborted();
    }
  }
  return work();
}

async function fetchRange(url, file, offset, length, signal) {
  const headers = { Range: `bytes=${offset}-${offset + length - 1}` };
  try {
    const answer = await fetch(url, { headers, credentials: "same-origin", signal });
    const isPart = answer.status === 206 || (answer.status === 200 && length === file.size);
    if (!isPart) throw new Refusal(answer.ok ? 502 : answer.status, `HTTP_${answer.status}`, "");
    if (plain(answer.headers.get("ETag")) !== plain(file.etag)) throw new Replaced();
    const bytes = await answer.arrayBuffer();
    if (bytes.byteLength !== length) throw new Refusal(0, "NO_CONNECTION", "");
    return bytes;
  } catch (error) {
    if (error instanceof TypeError) throw new Refusal(0, "NO_CONNECTION", "");
    throw error;
  }
}

const plain = (etag) => (etag ?? "").replace(/^W\/|"/g, "");
const piecesOf = (etag) => IDBKeyRange.bound([etag], [etag, []]);

const database = databaseOf(NAME, (db) => {
  db.createObjectStore("files", { keyPath: "etag" });
  db.createObjectStore("pieces");
});

async function transact(mode, work) {
  const transaction = (await database()).transaction(["files", "pieces"], mode);
  const request = work({ files: transaction.objectStore("files"), pieces: transaction.objectStore("pieces") });
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve(request?.result);
    transaction.onabort = () => reject(transaction.error);
  });
}
