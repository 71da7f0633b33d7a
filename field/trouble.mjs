// Why something waits, in words: of the sender's troubles, whichever page or worker met them.

import { t } from "./texts.mjs";

/** Why *trouble* (`{code, status, sentence}`) keeps something on this phone, and what helps. */
export function troubleWords({ code, status, sentence }) {
  const own = {
    NO_ROOM: t("The phone has no room to go on. Free some space, then try again."),
    BYTES_DIFFER: t("A photo did not arrive intact; it is sent again."),
    PHOTO_DAMAGED: t("This photo is damaged on the phone: it is no longer what was taken. Tell the office before anything is deleted."),
    PHOTO_UNREADABLE: t("The phone cannot read this photo. Start the phone again, then try again."),
    PHOTO_GONE: t("This photo is no longer on the phone, and the server does not have it."),
    PHONE_KEEPS_NOTHING: t("The phone's storage cannot be used now. Close other tabs and open the page again."),
    OTHER_PERSON: t("Somebody else is signed in on this phone. It is sent when its own person signs in again."),
    LINE_HANGS: t("The line is too weak now. It goes on by itself where it stopped."),
    NOT_OURS: t("Another page answers instead of the server, perhaps the network's own sign-in page. Open it and agree, then try again."),
  }; // prettier-ignore
  if (own[code]) return own[code];
  if (status === 401 && code !== "PHONE_REVOKED") return t("The session has ended. Sign in again; everything is kept here.");
  if (status === 507) return t("The office's server is full. Tell the office; everything is kept here.");
  if (status === 0) return t("The server cannot be reached. It is tried again by itself.");
  if (status === 408 || status === 429 || status >= 500) {
    return t("The office's server is busy or being restarted. It is tried again by itself.");
  }
  return sentence || t("The server refuses this ({code}). Show it to the office; everything is kept here.", { code });
}

/** The same in two or three words, for a line of the list. */
export function troubleLabel({ code, status }) {
  if (code === "SUBMISSION_CONFLICT") return t("other content there");
  if (code === "BYTES_DIFFER") return t("did not arrive intact");
  if (code === "NO_ROOM") return t("phone full");
  if (status === 401) return t("sign in first");
  if (status === 0) return t("no connection");
  if (status === 408 || status === 429 || status >= 500) return t("server busy");
  return t("cannot be sent");
}
