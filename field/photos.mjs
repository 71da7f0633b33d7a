// Photos on the phone: original bytes as they came, their hash, what the phone knew at that moment; small pictures for the screen.

const SNIFFED = 32;

/** How wide a photo's small picture is, in pixels. */
export const THUMB_PX = 480;

/** The largest file that the server takes, in bytes (`PHOTO_LIMIT` of survey/receive.py). */
export const LIMIT_BYTES = 25_000_000;

/** The lower-case SHA-256 of *buffer* in hexadecimal. */
export async function sha256(buffer) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", buffer));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

// The kind of picture that the first bytes show (`jpeg`, `png`, `webp`, `heic`), or null. The server decides; this only warns early.
function pictureKind(buffer) {
  const bytes = new Uint8Array(buffer, 0, Math.min(SNIFFED, buffer.byteLength));
  const letters = String.fromCharCode(...bytes);
  if (letters.startsWith("\u00ff\u00d8\u00ff")) return "jpeg";
  if (letters.startsWith("\u0089PNG\r\n\u001a\n")) return "png";
  if (letters.startsWith("RIFF") && letters.slice(8, 12) === "WEBP") return "webp";
  if (letters.slice(4, 8) === "ftyp" && /hei[cxms]|hev[cx]|mif1|msf1/.test(letters.slice(8))) return "heic";
  return null;
}

const SUFFIX = { jpeg: "jpg", png: "png", webp: "webp", heic: "heic" };
const MEDIA = { jpeg: "image/jpeg", png: "image/png", webp: "image/webp", heic: "image/heic" };

/**
 * The record of one photo, made of *file* exactly as it is. *about* gives `draft`, `question`, `number`, `source`, `before`.
 * Raises DOMException NotReadableError where the phone took the file away again.
 */
export async function photoRecord(file, about) {
  const buffer = await file.arrayBuffer();
  const kind = pictureKind(buffer);
  const own = /\.([A-Za-z0-9]{1,5})$/.exec(file.name)?.[1].toLowerCase();
  return {
    draft: about.draft,
    name: `${about.question}_${about.number}.${SUFFIX[kind] ?? own ?? "bin"}`,
    bytes: new Blob([buffer], { type: MEDIA[kind] ?? "application/x-unknown" }),
    kind,
    size: buffer.byteLength,
    sha256: await sha256(buffer),
    lastModified: new Date(file.lastModified).toISOString(),
    source: about.source,
    before: about.before,
    after: null,
    state: "waiting",
    reason: null,
  };
}

/**
 * Draw *blob* onto a new canvas, upright and *width* wide at most; null where this browser cannot read it (HEIC on most).
 * Twelve megapixels are 48 MB while they are open, so one picture is opened at a time.
 */
export function drawn(blob, width) {
  opening = opening.then(() => draw(blob, width));
  return opening;
}

let opening = Promise.resolve(null);

async function draw(blob, width) {
  let picture;
  try {
    picture = await createImageBitmap(blob, { resizeWidth: width, resizeQuality: "medium" });
  } catch (error) {
    if (error instanceof DOMException) return null;
    throw error;
  }
  const canvas = shrunk(picture, width);
  picture.close();
  return canvas;
}

function shrunk(picture, width) {
  const scale = Math.min(1, width / picture.width);
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  return canvas;
}

/** A photo's small picture, made of what is *drawn* already (a canvas); a few kilobytes that are kept beside the original. */
export function smallPicture(canvas) {
  return new Promise((resolve) => shrunk(canvas, THUMB_PX).toBlob(resolve, "image/jpeg", 0.8));
}
