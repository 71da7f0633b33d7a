// What the phone keeps: drafts, their photos' original bytes, what was sent, and the last known work, in IndexedDB.

const NAME = "ntm-survey";
const STORES = ["drafts", "photos", "sent", "kept"];

const database = databaseOf(NAME, (db) => {
  db.createObjectStore("drafts", { keyPath: "id" });
  db.createObjectStore("photos", { keyPath: ["draft", "name"] });
  db.createObjectStore("sent", { keyPath: "id" });
  db.createObjectStore("kept");
});

/**
 * A function that opens the database *name*, whose stores *create* makes, and gives the same connection until the browser closes it.
 * It rejects with a DOMException where the browser keeps nothing (a private window); asked again, it tries again.
 */
export function databaseOf(name, create) {
  let opening = null;
  const open = (resolve, reject) => {
    if (!globalThis.indexedDB) throw new DOMException("no IndexedDB", "NotSupportedError");
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => create(request.result);
    request.onsuccess = () => {
      request.result.onclose = () => (opening = null);
      resolve(request.result);
    };
    request.onerror = () => reject(request.error);
  };
  const forget = (error) => {
    opening = null;
    throw error;
  };
  return () => (opening ??= new Promise(open).catch(forget));
}

// One transaction over all stores: everything that *work* asks for is kept, or nothing. Unless it asks for *more* when it has heard
// of the first, a change is handed over at once: a page that is just being left would not live to do it.
async function transact(mode, work, { more = false } = {}) {
  const db = await database();
  return new Promise((resolve, reject) => {
    const transaction = db.transaction(STORES, mode, { durability: "strict" });
    const stores = Object.fromEntries(STORES.map((name) => [name, transaction.objectStore(name)]));
    transaction.onabort = () => reject(transaction.error ?? new DOMException("aborted", "AbortError"));
    try {
      const request = work(stores);
      transaction.oncomplete = () => resolve(request?.result);
      if (mode === "readwrite" && !more) transaction.commit?.();
    } catch (error) {
      reject(error);
      transaction.abort(); // not even the part before the fault is kept
    }
  });
}

const photosOf = (draft) => IDBKeyRange.bound([draft], [draft, []]);

/** Keep *draft* and, in the same transaction, the *photos* given with it and the removal of those *removed* by name. */
export function keepDraft(draft, { photos = [], removed = [] } = {}) {
  return transact("readwrite", (stores) => {
    stores.drafts.put(structuredClone(draft));
    photos.forEach((photo) => stores.photos.put(photo));
    removed.forEach((name) => stores.photos.delete([draft.id, name]));
  });
}

/** The draft *id*, or undefined. */
export const readDraft = (id) => transact("readonly", (stores) => stores.drafts.get(id));

/** The photos of the draft *id*, oldest name first; bytes stay on disk until they are read. */
export const readPhotos = (id) => transact("readonly", (stores) => stores.photos.getAll(photosOf(id)));

/** The photo *name* of the draft *id*, or undefined. */
export const readPhoto = (id, name) => transact("readonly", (stores) => stores.photos.get([id, name]));

/** All drafts of *person*, newest first; not what was brought in for somebody else. */
export async function readDrafts(person) {
  const drafts = await transact("readonly", (stores) => stores.drafts.getAll());
  const own = drafts.filter((draft) => draft.person === person && carrier(draft) === person);
  return own.sort((a, b) => b.changedAt.localeCompare(a.changedAt));
}

/** Who hands *draft* in: the person that filled it in, or who brought it in from a saved outbox. */
export const carrier = (draft) => draft.carrier ?? draft.person;

/** The sealed drafts that *person* (without: anybody) hands in, oldest first. */
export async function readOutbox(person = null) {
  const drafts = await transact("readonly", (stores) => stores.drafts.getAll());
  const wanted = drafts.filter((draft) => draft.state !== "open" && (!person || carrier(draft) === person));
  return wanted.sort((a, b) => sealedAt(a).localeCompare(sealedAt(b)));
}

/** When *draft* was sealed, by the phone's clock. */
export const sealedAt = (draft) => draft.endedAt ?? draft.changedAt;

/** What a sealed draft's list of `files` says of *photo*; *label* is its question's, by language. */
export function fileOf({ name, size, sha256, state, reason, bytes }, label = null) {
  return { name, label, size, sha256, state, reason, trouble: null, here: Boolean(bytes) };
}

/** Keep what became of one photo, if the draft still has it. */
export function keepPhoto(photo) {
  const keep = (stores) => {
    const request = stores.photos.getKey([photo.draft, photo.name]);
    request.onsuccess = () => request.result && stores.photos.put(photo);
  };
  return transact("readwrite", keep, { more: true });
}

/** Put *next* with its *photos* in the place of the draft *id*, in one go. */
export function replaceDraft(id, next, photos) {
  return transact("readwrite", (stores) => {
    stores.drafts.delete(id);
    stores.photos.delete(photosOf(id));
    stores.drafts.put(next);
    photos.forEach((photo) => stores.photos.put(photo));
  });
}

/** Forget the draft *id* and its photos; a *sent* record takes its place where one is given and the phone has room for it. */
export async function dropDraft(id, sent = null) {
  const drop = (stores) => {
    stores.drafts.delete(id);
    stores.photos.delete(photosOf(id));
  };
  const replace = (stores) => {
    drop(stores);
    if (sent) stores.sent.put(sent);
  };
  try {
    await transact("readwrite", replace);
  } catch (error) {
    if (error.name !== "QuotaExceededError") throw error;
    await transact("readwrite", drop); // the server's list of what came in has it all the same
  }
}

/** What was sent as *id*, or undefined. */
export const readReceipt = (id) => transact("readonly", (stores) => stores.sent.get(id));

/** What *person* handed in from this phone, newest first, the last *limit*. */
export async function readSent(person, limit = 20) {
  const sent = await transact("readonly", (stores) => stores.sent.getAll());
  return sent.filter((record) => carrier(record) === person).sort((a, b) => b.at.localeCompare(a.at)).slice(0, limit);
}

/**
 * Keep *value* under *key*: who is signed in, the work, form trees, where the person stopped. A phone without room forgets it:
 * what was begun must open and be sent all the same.
 */
export const keep = (key, value) => keepAll({ [key]: value });

/** `keep` for several keys: all of *entries* or none. */
export async function keepAll(entries) {
  try {
    await transact("readwrite", (stores) => void Object.entries(entries).forEach(([key, value]) => stores.kept.put(value, key)));
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
  }
}

/** The keys with *prefix* under which something is kept. */
export const keptKeys = (prefix) => transact("readonly", (stores) => stores.kept.getAllKeys(IDBKeyRange.bound(prefix, `${prefix}\uffff`)));

/** What was kept under *key*, or undefined. */
export const recall = (key) => transact("readonly", (stores) => stores.kept.get(key));

/**
 * Hold the draft *id* for this page, so that two tabs never write over each other: a function that lets go, or null where another
 * page holds it and does not let go within *patience* milliseconds (a page that is being reloaded does).
 */
export function holdDraft(id, patience = 3000) {
  if (!navigator.locks) return Promise.resolve(() => {});
  return new Promise((resolve, reject) => {
    const held = () => new Promise((release) => resolve(release));
    navigator.locks.request(`draft-${id}`, { signal: AbortSignal.timeout(patience) }, held).catch((error) => {
      if (error.name === "TimeoutError" || error.name === "AbortError") resolve(null);
      else reject(error);
    });
  });
}

/** A lasting random id of this browser; it says "the same phone", not whose. */
export async function deviceId() {
  const known = await recall("device");
  if (known) return known;
  const made = `field:${crypto.randomUUID()}`;
  await keep("device", made);
  return made;
}
