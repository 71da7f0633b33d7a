// Photos on the phone: original bytes as they came, their hash, what the phone knew at that moment; small pictures for the screen.

const THUMB_PX = 480;
const SNIFFED = 32;

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

/** Draw *blob* small onto a new canvas, upright; null where this browser cannot read it (HEIC on most). */
export async function thumbnail(blob) {
  let picture;
  try {
    picture = await createImageBitmap(blob);
  } catch (error) {
    if (error instanceof DOMException) return null;
    throw error;
  }
  const scale = Math.min(1, THUMB_PX / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close(); // twelve megapixels are 48 MB while they are open
  return canvas;
}
