// Sending: the form first, then each photo, until the server has every byte. Nothing is dropped before it says so with the same hash.

import { phoneTime } from "./clock.mjs";
import { carrier, dropDraft, fileOf, keepDraft, readDraft, readOutbox, readPhoto, readPhotos, readReceipt } from "./drafts.mjs";
import { hopeful, mendable, passing, retried, troubleOf } from "./lasting.mjs";
import { get, put, Refusal } from "./server.mjs";
import { Line, upload } from "./upload.mjs";

const BREATH_MS = 1_000; // before the next try where the last one got something through: the line is bad, not dead
const PAUSES_MS = [3_000, 10_000, 30_000, 60_000, 300_000]; // between tries in vain
const LANES = 2; // visits at once, so that the line is full while one of them waits for an answer

/** Sends sealed drafts, in a page or in the service worker; `listen` hears of every step, those of other pages too. */
export class Sender {
  #line = new Line();
  #listeners = new Set();
  #running = new Map();
  #channel = globalThis.BroadcastChannel ? new BroadcastChannel("outbox") : null;
  #walking = null;
  #timer = null;
  #tries = 0; // in vain, one after the other
  #gained = 0; // of the line, at the last of them

  /** *alone*: nothing is tried again by itself. *later* asks the browser to send on when this page is gone. */
  constructor(api, { alone = false, later = () => {} } = {}) {
    this.api = api;
    this.alone = alone;
    this.later = later;
    this.states = new Map(); // draft id → {draft, items: [{name, label, size, state, share, reason, trouble}], trouble, sent}
    this.trouble = null; // what keeps everything from being sent: the line, the server, the session
    this.wake = () => this.sendAll().catch(keepsNothing);
    if (this.#channel) this.#channel.onmessage = ({ data }) => this.#hear(data);
    if (alone) return;
    addEventListener("online", this.wake);
    addEventListener("visibilitychange", this.wake);
  }

  /** Stop trying; what is under way ends by itself. */
  close() {
    removeEventListener("online", this.wake);
    removeEventListener("visibilitychange", this.wake);
    this.alone = true;
    clearTimeout(this.#timer);
    this.#listeners.clear();
    if (this.#channel) this.#channel.onmessage = null;
  }

  /** Call *listener* with a draft's id at every step until the returned function is called. */
  listen(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #tell(id, changes) {
    this.#hear({ id, changes });
    const { draft, ...told } = changes; // other pages read the draft themselves
    this.#channel?.postMessage({ id, changes: told, trouble: this.trouble });
  }

  #hear({ id, changes, trouble = this.trouble }) {
    this.trouble = trouble;
    this.states.set(id, { ...this.states.get(id), ...changes });
    this.#listeners.forEach((listener) => listener(id));
  }

  /** Send the sealed draft *id* now, or go on with it; *again* includes what failed for good before. */
  async send(id, { again = true } = {}) {
    if (this.#running.has(id)) return this.#running.get(id);
    this.later();
    const sending = this.#sendOne(id, again);
    this.#running.set(id, sending);
    const trouble = await sending.finally(() => this.#running.delete(id));
    if (trouble && (passing(trouble) || (await this.#waits()))) this.#retry();
    return trouble;
  }

  async #sendOne(id, again) {
    try {
      await this.#show(id); // before it waits for the line
      return await this.#attempt(id, await this.#whoIsHere(), again);
    } catch (error) {
      return this.#noteAside(id, error);
    }
  }

  /** Send all that waits, oldest first; *again* includes what failed for good before. True once nothing waits that time may mend. */
  sendAll({ again = false } = {}) {
    if (this.#walking && again) return this.#walking.then(() => this.sendAll({ again }));
    this.#walking ??= this.#walk(again).finally(() => (this.#walking = null));
    return this.#walking;
  }

  async #walk(again) {
    clearTimeout(this.#timer);
    let waits = true; // also where the walk breaks off
    try {
      const troubles = await this.#sendQueue(again);
      waits = troubles.some(passing) || (await this.#waits());
    } finally {
      if (waits) this.#retry();
    }
    return !waits;
  }

  // Everything that waits, LANES at once; what kept some of it from being sent.
  async #sendQueue(again) {
    const queue = (await readOutbox()).filter((draft) => draft.state === "sending").map((draft) => draft.id);
    if (!queue.length) return [];
    const troubles = [];
    const [first] = queue;
    try {
      const me = await this.#whoIsHere();
      const lane = async () => {
        for (let id; (id = queue.shift()); ) {
          const trouble = await this.#lane(id, me, again);
          if (trouble) troubles.push(trouble);
          if (trouble && this.trouble) queue.length = 0; // the rest would fare the same
        }
      };
      await Promise.all(Array.from({ length: LANES }, lane));
    } catch (error) {
      troubles.push(await this.#noteAside(first, error));
    }
    return troubles;
  }

  // Whether time may mend what keeps something here. What is kept says it, not what was met: of that another page may know more.
  async #waits() {
    if (this.trouble && !retried(this.trouble)) return false;
    return (await readOutbox()).some(hopeful);
  }

  #lane(id, me, again) {
    if (this.#running.has(id)) return this.#running.get(id);
    const sending = this.#attempt(id, me, again).finally(() => this.#running.delete(id));
    this.#running.set(id, sending);
    return sending;
  }

  #retry() {
    this.later();
    if (this.alone) return;
    clearTimeout(this.#timer);
    const gained = this.#line.gained > this.#gained;
    this.#gained = this.#line.gained;
    const pause = gained ? BREATH_MS : PAUSES_MS[Math.min(this.#tries, PAUSES_MS.length - 1)];
    this.#tries = gained ? 0 : this.#tries + 1;
    this.#timer = setTimeout(this.wake, pause * (0.75 + Math.random() / 2)); // phones that lost one server do not come back at once
  }

  // Who is signed in now, in this or another tab. A small question first: on a dead line it fails sooner than a photo.
  async #whoIsHere() {
    const me = await get(`${this.api}me`);
    this.trouble = null;
    return me;
  }

  // What is kept of *id* is told; the draft where it is still to be sent.
  async #show(id) {
    const draft = await readDraft(id);
    if (draft) draft.files ??= (await readPhotos(id)).map((photo) => fileOf(photo));
    if (!draft) this.#tell(id, { sent: await readReceipt(id), trouble: null });
    else if (draft.state === "refused") this.#tell(id, { sent: sentRecord(draft), trouble: null });
    else this.#tell(id, { draft, items: itemsOf(draft), trouble: draft.state === "conflict" ? draft.trouble : null });
    return draft?.state === "sending" ? draft : null;
  }

  // The draft *id* in this page alone, after another one that is at it; what keeps it from being sent, or null.
  async #attempt(id, me, again) {
    if (!(await this.#show(id))) return null;
    const work = async () => {
      const draft = await this.#show(id);
      try {
        if (draft) await this.#sendDraft(draft, me, again);
        return this.states.get(id).trouble ?? null;
      } catch (error) {
        return this.#note(draft, id, error);
      }
    };
    return navigator.locks ? navigator.locks.request(lockOf(id), work) : work();
  }

  async #sendDraft(draft, me, again) {
    if (carrier(draft) !== me.person) throw new Refusal(403, "OTHER_PERSON", "");
    if (draft.trouble && !again && !mendable(draft.trouble)) return this.#tell(draft.id, { trouble: draft.trouble });
    const resume = Boolean(draft.receipt);
    draft.receipt = await this.#sendForm(draft);
    draft.trouble = null;
    // The server may lack what it had: its word counts, not ours.
    draft.files.filter((file) => file.here && draft.receipt.missing.includes(file.name)).forEach((file) => (file.state = "waiting"));
    await keepIfRoom(draft);
    const waiting = draft.files.filter((file) => file.state === "waiting" && (again || !file.trouble || mendable(file.trouble)));
    for (const file of waiting) await this.#sendPhoto(draft, file, resume);
    await this.#settle(draft);
  }

  // The form goes in every attempt, a few kilobytes: the same again changes nothing, and the answer says what is missing there.
  async #sendForm(draft) {
    this.#item(draft.id, "", { state: "sending", share: 0 });
    const path = `${this.api}submissions/${draft.id}${draft.desk ? "?door=desk" : ""}`;
    try {
      const receipt = await put(path, draft.xml, "text/xml", { "Phone-Time": phoneTime() });
      this.#line.reached(path, draft.xml.length);
      return receipt;
    } finally {
      this.#item(draft.id, "", { state: draft.receipt ? "stored" : "waiting" });
    }
  }

  // A photo that cannot be sent does not keep the others from it, unless they would fare the same.
  async #sendPhoto(draft, file, resume) {
    this.#item(draft.id, file.name, { state: "sending", share: 0, trouble: null });
    try {
      const answer = await this.#upload(draft, file, resume);
      Object.assign(file, { state: answer.accepted ? "stored" : "refused", reason: answer.message ?? answer.reason, trouble: null });
    } catch (error) {
      file.trouble = troubleOf(error);
      if (error instanceof Refusal && error.general) throw error;
    } finally {
      this.#item(draft.id, file.name, { state: file.state, reason: file.reason, trouble: file.trouble });
    }
    await keepIfRoom(draft);
  }

  async #upload(draft, file, resume) {
    const photo = (await readPhoto(draft.id, file.name)) ?? file;
    const path = `${this.api}submissions/${draft.id}/photos/${encodeURIComponent(file.name)}`;
    const progress = (share) => this.#item(draft.id, file.name, { share });
    return upload(path, photo, { line: this.#line, resume: resume || !photo.bytes, progress });
  }

  #item(id, name, changes) {
    const { items } = this.states.get(id);
    this.#tell(id, { items: items.map((item) => (item.name === name ? { ...item, ...changes } : item)) });
  }

  // What keeps *draft* from being sent, on its record and told; a conflict waits for the person.
  async #note(draft, id, error) {
    const trouble = troubleOf(error);
    if (error instanceof Refusal && error.general) this.trouble = trouble;
    if (draft) {
      draft.trouble = trouble;
      if (trouble.code === "SUBMISSION_CONFLICT") draft.state = "conflict";
      await keepIfRoom(draft);
    }
    this.#tell(id, draft ? { draft, items: itemsOf(draft), trouble } : { trouble });
    return trouble;
  }

  // The same from outside of an attempt: another page may be at the draft, and would find an older one in its place.
  async #noteAside(id, error) {
    const work = async (lock) => this.#note(lock && (await readDraft(id)), id, error);
    return navigator.locks ? navigator.locks.request(lockOf(id), { ifAvailable: true }, work) : work(true);
  }

  // Everything is there: the bytes may go, unless a photo was refused and may be taken again.
  async #settle(draft) {
    const kept = draft.files.find((file) => file.state === "waiting");
    if (kept) return this.#tell(draft.id, { draft, trouble: kept.trouble });
    const sent = sentRecord(draft);
    if (draft.files.some((file) => file.state === "refused")) {
      draft.state = "refused";
      await keepDraft(draft);
    } else await dropDraft(draft.id, sent);
    this.#tell(draft.id, { sent, trouble: null, draft: null, items: [] }); // a day's visits are not held in memory
  }
}

// Who sends the draft *id*, or writes on its record while it is sealed, holds this.
const lockOf = (id) => `send-${id}`;

/** The small record that stays on the phone after sending *draft*. */
export function sentRecord(draft) {
  const { id, person, form, title, site, replaces, receipt } = draft;
  const files = draft.files.map(({ name, label, size, sha256, state, reason }) => ({ name, label, size, sha256, state, reason }));
  const { code, head, received_at: at, clock_drift_s: drift = null } = receipt;
  return { id, person, carrier: carrier(draft), form, title, site, replaces, code, head, at, drift, files, state: "received" };
}

/** The parts of the sealed *draft* as they are shown: its answers, then its photos. */
export function itemsOf(draft) {
  const form = { name: "", state: draft.receipt ? "stored" : "waiting", share: 0 };
  return [form, ...(draft.files ?? []).map((file) => ({ ...file, share: 0 }))];
}

// A phone without room still sends: what could not be noted is asked of the server the next time.
async function keepIfRoom(draft) {
  try {
    await keepDraft(draft);
  } catch (error) {
    if (error.name !== "QuotaExceededError") throw error;
  }
}

// A browser that keeps nothing has nothing to send; the page says so where it opens.
function keepsNothing(error) {
  if (!(error instanceof DOMException)) throw error;
}
