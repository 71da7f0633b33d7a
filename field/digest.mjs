// SHA-256 of bytes, as hexadecimal for the record and as base64 for HTTP's Repr-Digest (RFC 9530).

/** The lower-case SHA-256 of *buffer* in hexadecimal. */
export async function sha256(buffer) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", buffer));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The value of `Repr-Digest` for the hexadecimal SHA-256 *hex*. */
export function reprDigest(hex) {
  const bytes = hex.match(/../g).map((pair) => Number.parseInt(pair, 16));
  return `sha-256=:${btoa(String.fromCharCode(...bytes))}:`;
}

/** The first 16 digits of the SHA-256 of *words*, to name them by; null for none. */
export async function shortMark(words) {
  return words ? (await sha256(new TextEncoder().encode(words))).slice(0, 16) : null;
}
