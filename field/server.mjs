// The server's HTTP contract: JSON in and out, every failure a `Refusal` that says whether trying again can help.

import { language } from "./texts.mjs";

/** Why the server did not do it: *status* 0 is no connection; *message* is fit for a person, empty where there is none. */
export class Refusal extends Error {
  constructor(status, code, message) {
    super(message || code);
    this.status = status;
    this.code = code;
    this.sentence = message;
  }

  /** Whether the same request may succeed later: no connection, a busy or a restarting server. */
  get passing() {
    return this.status === 0 || this.status === 408 || this.status === 429 || this.status >= 500;
  }
}

/** The JSON that `GET path` answers. Raises Refusal. */
export async function get(path) {
  return (await ask(path)).body;
}

/**
 * What `GET path` answers: `{body, etag}`; without a body where the phone's copy with *etag* still holds. A line on which nothing
 * comes for *patience* milliseconds counts as none. Raises Refusal.
 */
export async function ask(path, { etag = null, patience = 30_000 } = {}) {
  const headers = { Accept: "application/json", "Accept-Language": language() };
  if (etag) headers["If-None-Match"] = etag;
  try {
    const signal = AbortSignal.timeout(patience);
    const answer = await fetch(path, { headers, credentials: "same-origin", cache: "no-store", signal });
    if (answer.status === 304) return { etag };
    return { body: read(answer.status, await answer.text()), etag: answer.headers.get("ETag") };
  } catch (error) {
    if (error instanceof TypeError || error instanceof DOMException) throw new Refusal(0, "NO_CONNECTION", "");
    throw error;
  }
}

/** `PUT body` to *path*; *progress* hears the share that has left the phone. Raises Refusal. */
export function put(path, body, type, progress = () => {}) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest(); // fetch cannot tell how much has left the phone
    request.open("PUT", path);
    request.setRequestHeader("Content-Type", type);
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("Accept-Language", language());
    request.upload.onprogress = (event) => event.lengthComputable && progress(event.loaded / event.total);
    request.onload = () => {
      try {
        resolve(read(request.status, request.responseText));
      } catch (error) {
        reject(error);
      }
    };
    request.onerror = () => reject(new Refusal(0, "NO_CONNECTION", ""));
    request.onabort = request.onerror;
    request.send(body);
  });
}

function read(status, text) {
  const body = parse(text);
  if (status >= 200 && status < 300 && body !== null) return body;
  if (status >= 200 && status < 300) throw new Refusal(502, "NOT_JSON", ""); // a portal's page instead of our answer
  throw new Refusal(status, body?.code ?? `HTTP_${status}`, [body?.message, body?.remedy].filter(Boolean).join(" "));
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
