// One photo over any line: in pieces as large as the line carries, smaller after a cut, each time from where the server has got to.

import { reprDigest, sha256 } from "./digest.mjs";
import { head, patch, Refusal } from "./server.mjs";

const LEAST = 64 * 1024;
const FIRST = 512 * 1024;
const MOST = 8 * 1024 * 1024;
const AIM_MS = 5_000; // a piece should take about so long: progress is seen, and a cut costs little
const STUCK = 3; // tries in a row that got no further

/** How much one request carries over the present line; the photos of a sender share it. */
export class Line {
  piece = FIRST;

  /** *bytes* went through in *ms*. */
  carried(bytes, ms) {
    if (bytes < this.piece) return; // the end of a file says little
    const wanted = Math.min(this.piece * 4, (bytes / Math.max(ms, 1)) * AIM_MS);
    this.piece = Math.round(Math.min(MOST, Math.max(LEAST, wanted)));
  }

  /** The line was cut. */
  dropped() {
    this.piece = Math.max(LEAST, Math.round(this.piece / 2));
  }
}

/**
 * Send the bytes of *photo* to *path* and return the server's answer, whose SHA-256 is the photo's. *resume* asks first what is there
 * already; *progress* hears the share that the server has. Raises Refusal, or DOMException where the phone cannot read the photo.
 */
export async function upload(path, photo, { line, resume = false, progress = () => {} }) {
  let offset = resume ? await standing(path, photo) : 0;
  for (let stuck = 0; stuck < STUCK; ) {
    const step = await next(path, photo, offset, line);
    if (step.done) return checked(step.done, photo);
    stuck = step.offset > offset ? 0 : stuck + 1;
    offset = step.offset;
    progress(photo.size ? offset / photo.size : 0);
    if (stuck === STUCK) throw step.refusal ?? new Refusal(0, "BYTES_DIFFER", "");
  }
}

// One piece; after a failure that going on may mend, where to go on: `{done}` or `{offset, refusal}`.
async function next(path, photo, offset, line) {
  try {
    return await sendPiece(path, photo, offset, line);
  } catch (refusal) {
    if (!(refusal instanceof Refusal)) throw refusal;
    if (refusal.code === "BYTES_DIFFER") {
      await proveIntact(photo);
      return { offset: 0, refusal };
    }
    if (refusal.code === "UPLOAD_OFFSET" && refusal.offset !== null) return { offset: refusal.offset, refusal };
    if (refusal.status !== 0 && refusal.status !== 408) throw refusal;
    line.dropped();
    return { offset: await standing(path, photo), refusal };
  }
}

async function sendPiece(path, photo, offset, line) {
  const bytes = await pieceOf(photo, offset, line.piece);
  const begun = performance.now();
  const answer = await patch(path, bytes, {
    "Content-Type": photo.bytes?.type || "application/x-unknown",
    "Upload-Offset": String(offset),
    "Upload-Length": String(photo.size),
    "Repr-Digest": reprDigest(photo.sha256),
  });
  line.carried(bytes.byteLength, performance.now() - begun);
  return answer;
}

// Read here and not by the request, so that a photo that the phone cannot read is told from a line that is cut.
async function pieceOf(photo, offset, size) {
  if (photo.bytes) return photo.bytes.slice(offset, offset + size).arrayBuffer();
  if (offset < photo.size) throw new Refusal(422, "PHOTO_GONE", "");
  return new ArrayBuffer(0); // the server has it all; only its answer was lost
}

// How far the server has come with *photo*. Other bytes under its name are no part of it.
async function standing(path, photo) {
  const { offset, complete, digest } = await head(path);
  if (complete) return digest === reprDigest(photo.sha256) ? photo.size : 0;
  return Math.min(offset, photo.size);
}

// The server has other bytes than the phone meant: is it the phone's own copy that changed? Then no sending mends it.
async function proveIntact(photo) {
  if (photo.bytes && (await sha256(await photo.bytes.arrayBuffer())) !== photo.sha256) throw new Refusal(422, "PHOTO_DAMAGED", "");
}

function checked(answer, photo) {
  if (answer.sha256 !== photo.sha256) throw new Refusal(422, "BYTES_DIFFER", "");
  return answer;
}
