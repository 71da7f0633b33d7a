// Sending: the form first, then each photo, until the server has every byte. Nothing is dropped before it says so with the same hash.

import { dropDraft, keepDraft, keepPhoto, readDraft, readPhotos, readReceipt } from "./drafts.mjs";
import { put, Refusal } from "./server.mjs";

const PAUSES_MS = [3_000, 10_000, 30_000, 60_000]; // between tries while the server cannot be reached

/** Sends sealed drafts one after another; `listen` hears of every step. */
export class Sender {
  constructor(api) {
    this.api = api;
    this.states = new Map(); // draft id → {items: [{name, state, share}], trouble, receipt, sent}
    this.listeners = new Set();
    this.running = new Set();
    this.timers = new Map();
    this.tries = new Map();
    this.online = () => this.states.forEach((state, id) => !state.sent && this.send(id));
    addEventListener("online", this.online);
  }

  /** Stop trying; what is under way ends by itself. */
  close() {
    removeEventListener("online", this.online);
    this.timers.forEach((timer) => clearTimeout(timer));
    this.listeners.clear();
  }

  /** Call *listener* with a draft's id at every step until the returned function is called. */
  listen(listener) {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  #tell(id, changes) {
    this.states.set(id, { ...this.states.get(id), ...changes });
    this.listeners.forEach((listener) => listener(id));
  }

  /** Send the sealed draft *id*, or go on with it. Where another tab is at it, this one waits and then shows what became of it. */
  async send(id) {
    if (this.running.has(id)) return;
    this.running.add(id);
    clearTimeout(this.timers.get(id));
    try {
      await this.#read(id);
      if (navigator.locks) await navigator.locks.request(`send-${id}`, () => this.#sendAll(id));
      else await this.#sendAll(id);
    } catch (error) {
      if (error instanceof DOMException) return this.#tell(id, { trouble: new Refusal(0, "NO_ROOM", "") });
      if (!(error instanceof Refusal)) throw error;
      this.#tell(id, { trouble: error });
      if (error.passing) this.#later(id);
    } finally {
      this.running.delete(id);
    }
  }

  #later(id) {
    const tries = this.tries.get(id) ?? 0;
    this.tries.set(id, tries + 1);
    this.timers.set(id, setTimeout(() => this.send(id), PAUSES_MS[Math.min(tries, PAUSES_MS.length - 1)]));
  }

  // The draft and its photos as they are now; null where everything was sent, which is then said.
  async #read(id) {
    const [draft, photos] = await Promise.all([readDraft(id), readPhotos(id)]);
    if (!draft) {
      this.#tell(id, { sent: await readReceipt(id) });
      return null;
    }
    this.#tell(id, { items: [itemOf(draft), ...photos.map(itemOf)], trouble: null, draft });
    return { draft, photos };
  }

  async #sendAll(id) {
    const found = await this.#read(id);
    if (!found) return;
    const { draft, photos } = found;
    if (!draft.receipt) {
      draft.receipt = await this.#sendForm(draft);
      // A correction's old photos are carried over by the server; those that it still misses go again.
      photos.filter((photo) => photo.bytes && draft.receipt.missing.includes(photo.name)).forEach((photo) => (photo.state = "waiting"));
      await keepDraft(draft, { photos });
    }
    for (const photo of photos.filter((one) => one.state === "waiting")) await this.#sendPhoto(photo, draft);
    this.tries.delete(id);
    await this.#settle(draft, photos);
  }

  async #sendForm(draft) {
    this.#item(draft.id, "", { state: "sending", share: 0 });
    const path = `${this.api}submissions/${draft.id}${draft.desk ? "?door=desk" : ""}`;
    const receipt = await this.#trouble(draft.id, "", () => put(path, draft.xml, "text/xml"));
    this.#item(draft.id, "", { state: "stored" });
    return receipt;
  }

  async #sendPhoto(photo, draft) {
    const path = `${this.api}submissions/${draft.id}/photos/${encodeURIComponent(photo.name)}`;
    this.#item(draft.id, photo.name, { state: "sending", share: 0 });
    const answer = await this.#trouble(draft.id, photo.name, () =>
      put(path, photo.bytes, photo.bytes.type, (share) => this.#item(draft.id, photo.name, { share })),
    );
    if (answer.sha256 !== photo.sha256) return this.#spoiled(draft.id, photo.name);
    photo.state = answer.accepted ? "stored" : "refused";
    photo.reason = answer.message ?? answer.reason;
    await keepPhoto(photo);
    this.#item(draft.id, photo.name, { state: photo.state, reason: photo.reason });
  }

  // The server has other bytes than the phone: the photo stays here and is sent again.
  #spoiled(id, name) {
    this.#item(id, name, { state: "waiting" });
    throw new Refusal(0, "BYTES_DIFFER", "");
  }

  // Whatever keeps an item from being sent, it goes back to waiting.
  async #trouble(id, name, work) {
    try {
      return await work();
    } catch (error) {
      this.#item(id, name, { state: "waiting" });
      throw error;
    }
  }

  #item(id, name, changes) {
    const { items } = this.states.get(id);
    this.#tell(id, { items: items.map((item) => (item.name === name ? { ...item, ...changes } : item)) });
  }

  // Everything is there: the bytes may go, unless a photo was refused and may be taken again.
  async #settle(draft, photos) {
    const sent = sentRecord(draft, photos);
    if (photos.some((photo) => photo.state === "refused")) {
      draft.state = "refused";
      await keepDraft(draft);
    } else await dropDraft(draft.id, sent);
    this.#tell(draft.id, { sent });
  }
}

/** The small record that stays on the phone after sending. */
export function sentRecord(draft, photos) {
  const { id, person, form, title, site } = draft;
  const { code, head, received_at: at } = draft.receipt;
  const files = photos.map(({ name, size, sha256, state, reason }) => ({ name, size, sha256, state, reason }));
  return { id, person, form, title, site, code, head, at, files, state: "received" };
}

function itemOf(record) {
  if (record.xml) return { name: "", state: record.receipt ? "stored" : "waiting", share: 0 };
  return { name: record.name, size: record.size, state: record.state, reason: record.reason, share: 0 };
}
