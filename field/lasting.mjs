// What keeps a visit on the phone: which troubles pass by themselves, which the person has to hear of, and which last.

import { Refusal } from "./server.mjs";

const LASTING = new Set(["PHOTO_UNREADABLE", "PHOTO_DAMAGED", "PHOTO_GONE"]);
const RESUMED = new Set(["BYTES_DIFFER", "UPLOAD_OFFSET"]); // the next try asks first what the server has

/** The record of *error*, a Refusal or a DOMException; any other is a defect and is thrown. */
export function troubleOf(error) {
  const at = new Date().toISOString();
  if (error instanceof Refusal) return { code: error.code, status: error.status, sentence: error.sentence, at };
  if (!(error instanceof DOMException)) throw error;
  const codes = { QuotaExceededError: "NO_ROOM", NotReadableError: "PHOTO_UNREADABLE", NotFoundError: "PHOTO_UNREADABLE" };
  return { code: codes[error.name] ?? "PHONE_KEEPS_NOTHING", status: 0, sentence: "", at };
}

/** Whether *trouble* passes by itself, so that nobody has to do anything. */
export const passing = ({ code, status }) =>
  !LASTING.has(code) && (RESUMED.has(code) || status === 0 || status === 408 || status === 429 || status >= 500);

/** The same, or what may pass though the person is told: words that are not our server's, a photo that cannot be read now. */
export const retried = (trouble) => passing(trouble) || trouble.code === "PHOTO_UNREADABLE" || trouble.code.startsWith("HTTP_");

/** The same, or something that changes without the visit: who is signed in. */
export const mendable = (trouble) => retried(trouble) || trouble.status === 401 || trouble.code === "OTHER_PERSON";

/** Whether trying again may send *draft*: nothing that lasts is known against it, or against one of its photos. */
export function hopeful({ state, trouble, files = [] }) {
  if (state !== "sending") return false;
  if (trouble) return retried(trouble);
  const waiting = files.filter((file) => file.state === "waiting");
  return !waiting.length || waiting.some((file) => !file.trouble || retried(file.trouble));
}
