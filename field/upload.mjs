// One photo over any line: in pieces as large as the line carries, smaller after a cut, each time from where the server has got to.

import { reprDigest, sha256 } from "./digest.mjs";
import { head, patch, Refusal } from "./server.mjs";

const LEAST = 64 * 1024;
const FIRST = 512 * 1024;
const MOST = 8 * 1024 * 1024;
const AIM_MS = 5_000; // a piece should take about so long: progress is seen, and a cut costs little
const BOLD = 4; // how much larger the next piece may be on a line that holds
const CAREFUL = 1.25; // and on one that was cut not long ago
const HOLDS = 16; // pieces without a cut, until a line counts as one that holds
const STUCK = 3; // tries in a row that got no further, or whole photos that did not arrive intact
const BREATHS_MS = [0, 300, 1_000]; // before the server is asked how far a cut photo got: a line that blinked is back by then

/** How much one request carries over the present line, and what has got through; the photos of a sender share it. */
export class Line {
  #reached = new Map();
  #held = HOLDS;
  piece = FIRST;
  gained = 0; // grows with all that the server has newly got; what has to begin anew is taken off

  /** The server has *offset* bytes of *path*. */
  reached(path, offset) {
    this.gained += offset - (this.#reached.get(path) ?? 0);
    this.#reached.set(path, offset);
  }

  /** *bytes* went through in *ms*. */
  carried(bytes, ms) {
    this.#held += 1;
    if (bytes < this.piece) return; // the end of a file says little
    const growth = this.#held > HOLDS ? BOLD : CAREFUL;
    const wanted = Math.min(this.piece * growth, (bytes / Math.max(ms, 1)) * AIM_MS);
    this.piece = Math.round(Math.min(MOST, Math.max(LEAST, wanted)));
  }

  /** The line was cut. */
  dropped() {
    this.#held = 0;
    this.piece = Math.max(LEAST, Math.round(this.piece / 2));
  }
}

/**
 * Send the bytes of *photo* to *path* and return the server's answer, whose SHA-256 is the photo's. *resume* asks first what is there
 * already; *progress* hears the share that the server has. Raises Refusal, or DOMException where the phone cannot read the photo.
 */
export async function upload(path, photo, { line, resume = false, progress = () => {} }) {
  let offset = resume ? await standing(path, photo) : 0;
  line.reached(path, offset);
  for (let stuck = 0, wrong = 0; ; ) {
    const step = await next(path, photo, offset, line);
    if (step.done) {
      line.reached(path, photo.size + 1); // the answer counts as well
      return checked(step.done, photo);
    }
    stuck = step.offset > offset ? 0 : stuck + 1;
    wrong += step.refusal?.code === "BYTES_DIFFER" ? 1 : 0;
    offset = step.offset;
    line.reached(path, offset);
    progress(photo.size ? offset / photo.size : 0);
    if (stuck === STUCK || wrong === STUCK) throw step.refusal ?? new Refusal(0, "BYTES_DIFFER", "");
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
    return { offset: await standingAfterCut(path, photo), refusal };
  }
}

// The piece goes from the phone's store to the line by itself: bytes that a page has read stay in its memory for long.
async function sendPiece(path, photo, offset, line) {
  const piece = pieceOf(photo, offset, line.piece);
  const begun = performance.now();
  const headers = {
    "Content-Type": photo.bytes?.type || "application/x-unknown",
    "Upload-Offset": String(offset),
    "Upload-Length": String(photo.size),
    "Repr-Digest": reprDigest(photo.sha256),
  };
  try {
    const answer = await patch(path, piece, headers);
    line.carried(piece.size, performance.now() - begun);
    return answer;
  } catch (refusal) {
    if (refusal.code === "NO_CONNECTION") await piece.arrayBuffer(); // a photo that the phone cannot read is no cut
    throw refusal;
  }
}

function pieceOf(photo, offset, size) {
  if (photo.bytes) return photo.bytes.slice(offset, offset + size);
  if (offset < photo.size) throw new Refusal(422, "PHOTO_GONE", "");
  return new Blob(); // the server has it all; only its answer was lost
}

// How far the server has come with *photo*. Other bytes under its name are no part of it.
async function standing(path, photo) {
  const { offset, complete, digest } = await head(path);
  if (complete) return digest === reprDigest(photo.sha256) ? photo.size : 0;
  return Math.min(offset, photo.size);
}

// The same after a cut, which may take the question with it.
async function standingAfterCut(path, photo, [pause, ...more] = BREATHS_MS) {
  await new Promise((resolve) => setTimeout(resolve, pause));
  try {
    return await standing(path, photo);
  } catch (refusal) {
    if (refusal.code !== "NO_CONNECTION" || !more.length) throw refusal;
    return standingAfterCut(path, photo, more);
  }
}

// The server has other bytes than the phone meant: is it the phone's own copy that changed? Then no sending mends it.
async function proveIntact(photo) {
  if (photo.bytes && (await sha256(await photo.bytes.arrayBuffer())) !== photo.sha256) throw new Refusal(422, "PHOTO_DAMAGED", "");
}

function checked(answer, photo) {
  if (answer.sha256 !== photo.sha256) throw new Refusal(422, "BYTES_DIFFER", "");
  return answer;
}
