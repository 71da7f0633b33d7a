// The server's HTTP contract: JSON in and out, every failure a `Refusal` that says whether trying again can help.

import { language } from "./texts.mjs";

const PATIENCE_MS = 30_000; // a line on which no answer has come for so long hangs
const LOADED_MS = 90_000; // the same while a body has to go up first

/**
 * Why the server did not do it: *status* 0 is no connection; *message* is fit for a person, empty where there is none; *offset* is
 * where the server says that an upload stands.
 */
export class Refusal extends Error {
  constructor(status, code, message, offset = null) {
    super(message || code);
    this.status = status;
    this.code = code;
    this.sentence = message;
    this.offset = offset;
  }

  /** Whether the same request may succeed later: no connection, a busy or a restarting server. */
  get passing() {
    return this.status === 0 || this.status === 408 || this.status === 429 || this.status >= 500;
  }

  /** Whether every other request would fail now in the same way: the line, the server as a whole, or who is signed in. */
  get general() {
    return [0, 401, 408, 429, 502, 503, 504, 507].includes(this.status);
  }
}

/** The JSON that `GET path` answers. Raises Refusal. */
export async function get(path) {
  return (await ask(path)).body;
}

/**
 * What `GET path` answers: `{body, etag}`; without a body where the phone's copy with *etag* still holds. *asked* is the fetch where
 * it is under way already. Raises Refusal.
 */
export async function ask(path, { etag = null, patience = PATIENCE_MS, asked = null } = {}) {
  const headers = etag ? { "If-None-Match": etag } : {};
  const answer = await request(path, { method: "GET", headers, cache: "no-store", asked }, patience);
  if (answer.status === 304) return { etag };
  return { body: read(answer), etag: answer.headers.get("ETag") };
}

/** `PUT body` of media *type* to *path* and return the JSON it answers. Raises Refusal. */
export async function put(path, body, type, headers = {}) {
  return read(await request(path, { method: "PUT", body, headers: { "Content-Type": type, ...headers } }, LOADED_MS));
}

/** `PATCH` the piece *body* with *headers*: `{done, offset}`, *done* the answer's JSON once the server has the whole. Raises Refusal. */
export async function patch(path, body, headers) {
  const answer = await request(path, { method: "PATCH", body, headers }, LOADED_MS);
  const json = read(answer);
  return answer.status === 202 ? { done: null, offset: offsetIn(answer) ?? json.offset } : { done: json, offset: null };
}

/** How much of *path* the server has: `{offset, complete, digest}`. Raises Refusal. */
export async function head(path) {
  const answer = await request(path, { method: "HEAD" });
  if (answer.status !== 200) throw new Refusal(answer.status, `HTTP_${answer.status}`, "");
  const offset = offsetIn(answer);
  if (offset === null) throw new Refusal(502, "NOT_OURS", ""); // a portal's page instead of our answer
  return { offset, complete: answer.headers.get("Upload-Complete") === "?1", digest: answer.headers.get("Repr-Digest") };
}

// The answer with its whole text. Raises Refusal where none comes within *patience* milliseconds.
async function request(path, { headers = {}, asked = null, ...options }, patience = PATIENCE_MS) {
  const given = { Accept: "application/json", "Accept-Language": language(), ...headers };
  try {
    const signal = AbortSignal.timeout(patience);
    const answer = await (asked ?? fetch(path, { ...options, headers: given, credentials: "same-origin", signal }));
    return { status: answer.status, headers: answer.headers, text: await answer.text() };
  } catch (error) {
    if (error.name === "TimeoutError") throw new Refusal(0, "LINE_HANGS", "");
    if (error instanceof TypeError || error instanceof DOMException) throw new Refusal(0, "NO_CONNECTION", "");
    throw error;
  }
}

function offsetIn({ headers }) {
  const offset = headers.get("Upload-Offset");
  return offset === null ? null : Number(offset);
}

function read(answer) {
  const body = parse(answer.text);
  if (answer.status >= 200 && answer.status < 300 && body !== null) return body;
  if (answer.status >= 200 && answer.status < 300) throw new Refusal(502, "NOT_OURS", "");
  const sentence = [body?.message, body?.remedy].filter(Boolean).join(" ");
  throw new Refusal(answer.status, body?.code ?? `HTTP_${answer.status}`, sentence, offsetIn(answer));
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
