// One visit: a form being filled at a place. Every change is kept in the draft; nothing is lost when the page goes.

import { shortMark } from "./digest.mjs";
import { deviceId, fileOf, keep, keepDraft, keepPhoto, readDraft, readPhotos } from "./drafts.mjs";
import { Earlier } from "./ghost.mjs";
import { instanceXml } from "./instance.mjs";
import { drawn, LIMIT_BYTES, photoRecord, smallPicture, THUMB_PX } from "./photos.mjs";
import { geopointText, metres } from "./position.mjs";
import { pick, t } from "./texts.mjs";
import { Answers, namesSite } from "./tree.mjs";
import { vietnamText } from "./values.mjs";

const TYPING_MS = 250; // letters that follow each other faster are kept together

/** A draft with its answers and photos; `changed` is called after every change. */
export class Visit {
  constructor(draft, tree, photos, { watch, desk }) {
    this.draft = draft;
    this.tree = tree;
    this.watch = watch;
    this.desk = desk;
    this.answers = new Answers(tree, draft.data);
    this.photos = new Map(photos.map((photo) => [photo.name, photo]));
    this.pictures = new WeakMap();
    this.earlier = new Earlier(draft, () => this.changed());
    this.shape = 0; // counts added and removed repeats, which are drawn anew
    this.changed = () => {};
    this.failed = () => {};
    this.begun = Boolean(draft.data);
    this.improving = !draft.fix; // a draft opened again at home keeps the position of the visit
    this.timer = null;
    this.asked = false;
    this.writing = Promise.resolve(true);
    draft.data = this.answers.data;
    this.#excusePhotos();
  }

  /** A new visit by *person* at *site* (null: not in the register) in *hamlet* with the form *tree*. Nothing is kept yet. */
  static begin({ person, site, hamlet, tree, watch, desk }) {
    const draft = {
      id: `uuid:${crypto.randomUUID()}`, person, form: tree.form, version: tree.version, title: tree.title, site, hamlet,
      data: null, replaces: null, state: "open", startedAt: new Date().toISOString(), changedAt: new Date().toISOString(),
      fix: null, photoCount: 0, desk, place: null, consent: null,
    }; // prettier-ignore
    const visit = new Visit(draft, tree, [], { watch, desk });
    visit.#fillSite();
    return visit;
  }

  /** The kept visit *id* with its *tree*, where it was left. */
  static async resume(id, tree, options) {
    const [draft, photos] = await Promise.all([readDraft(id), readPhotos(id)]);
    return new Visit(draft, tree, photos, { ...options, desk: draft.desk });
  }

  #fillSite() {
    for (const [path, { node, repeats }] of this.draft.site ? this.answers.nodes : []) {
      if (namesSite(node) && !repeats.length) this.answers.set(path, [], this.draft.site.site);
    }
  }

  /** Follow the phone's position until the returned function is called. */
  follow() {
    const hear = () => {
      const { last } = this.watch;
      if (this.improving && last && this.#isBetter(last)) this.#setFix(last);
      this.changed();
    };
    if (this.desk) return () => {};
    if (this.watch.last) hear();
    return this.watch.listen(hear);
  }

  // Until the first answer the person may still be walking there; from then on only a sharper fix of the same place counts.
  #isBetter(fix) {
    const held = this.draft.fix;
    if (!held || !this.begun) return true;
    const [now, before] = [fix.accuracy ?? Infinity, held.accuracy ?? Infinity];
    return now < before && metres(held, fix) <= now + before;
  }

  /** Take the phone's position as it is now for the position of the visit. */
  async updatePosition() {
    const fix = await this.watch.next();
    if (!fix) return this.changed();
    this.improving = true;
    this.#setFix(fix);
    this.changed();
  }

  /** At a desk: the place that stands on paper, or null. */
  placeByHand(place) {
    this.#setFix(place && { ...place, accuracy: null, altitude: null, at: null, placed: "hand" });
    this.begun = true;
    this.#later();
  }

  #setFix(fix) {
    this.draft.fix = fix;
    if (this.begun) this.#later();
  }

  /** Answer the question at *path*. */
  answer(path, at, text) {
    this.answers.set(path, at, text);
    this.begun = true;
    this.draft.place = `${path}|${at.join(".")}`;
    this.#later();
    this.changed();
  }

  /** Whether people live here who are asked before they are photographed. */
  get asksConsent() {
    return (this.draft.site?.kind ?? this.tree.site_kind) === "household";
  }

  /** Keep what the people of the place *said* to photos: `given`, `refused`, `absent`, or null for no answer. */
  consent(said) {
    this.draft.consent = said;
    this.#excusePhotos();
    this.begun = true;
    this.#later();
    this.changed();
  }

  // Where people refuse, no photo is wrung from them: the answers go without, and a reviewer decides.
  #excusePhotos() {
    this.answers.excused = this.draft.consent === "refused" ? "image" : null;
    this.answers.calculate();
  }

  /** Add a repeat at *path*. */
  addRepeat(path, at) {
    this.answers.add(path, at);
    this.#reshaped([]);
  }

  /** Remove the repeat that *at* ends with, its photos too. */
  removeRepeat(node, at) {
    const inside = [...this.answers.nodes.values()].filter((entry) => entry.node.type === "image" && entry.repeats.includes(node.path));
    const near = { repeats: this.answers.nodes.get(node.path).inside, at };
    const names = ({ node: { path } }) => this.answers.instances(path, near).map((where) => this.answers.value(path, where));
    const removed = inside.flatMap(names).filter(Boolean);
    this.answers.remove(node.path, at.slice(0, -1), at.at(-1));
    this.#reshaped(removed);
  }

  #reshaped(removed) {
    this.shape += 1;
    this.begun = true;
    removed.forEach((name) => this.photos.delete(name));
    this.#write({ removed });
    this.changed();
  }

  /**
   * Take *file* as the answer of *question*; returns a sentence where that failed. *before* is the last fix before the shutter,
   * *fixing* a promise of the first one after it, *picture* the small picture where it is there already.
   */
  async takePhoto(question, file, { source, before, fixing = null, picture }) {
    if (!file.size) return t("The phone handed over an empty file. Please take the photo again.");
    if (file.size > LIMIT_BYTES) return t("The file is too large ({size} MB at most).", { size: LIMIT_BYTES / 1e6 });
    const number = (this.draft.photoCount += 1);
    let photo;
    try {
      photo = await photoRecord(file, { draft: this.draft.id, question: question.node.name, number, source, before });
    } catch (error) {
      if (error instanceof DOMException) return t("The phone did not hand over the photo. Please take it again.");
      throw error;
    }
    photo.picture = picture;
    const former = this.answers.value(question.path, question.at);
    this.answers.set(question.path, question.at, photo.name);
    this.photos.set(photo.name, photo);
    this.draft.place = `${question.path}|${question.at.join(".")}`;
    this.begun = true;
    const kept = await this.#write({ photos: [photo], removed: former ? [former] : [] });
    this.photos.delete(kept ? former : photo.name);
    if (!kept) this.answers.set(question.path, question.at, former); // what is not on disk is no answer
    else if (fixing) this.#fixAfter(photo, fixing);
    this.changed();
    return kept ? null : t("This phone has no room to keep the photo. Free some space, then take it again.");
  }

  // The first position after the shutter may take a while; the photo is safe already.
  async #fixAfter(photo, fixing) {
    const fix = await fixing;
    if (!fix || !this.#holds(photo)) return;
    photo.after = fix;
    await keepPhoto(photo);
    this.changed();
  }

  // Once the draft is sealed its photos are the sender's.
  #holds(photo) {
    return this.photos.get(photo.name) === photo && this.draft.state === "open";
  }

  /** The small picture of *photo*, made once and kept beside it; null where this browser cannot read it (HEIC on most). */
  picture(photo) {
    if (!this.pictures.has(photo)) this.pictures.set(photo, this.#picture(photo));
    return this.pictures.get(photo);
  }

  async #picture(photo) {
    if (photo.picture !== undefined || !photo.bytes) return photo.picture ?? null;
    const canvas = await drawn(photo.bytes, THUMB_PX);
    photo.picture = canvas && (await smallPicture(canvas));
    if (this.#holds(photo)) await keepPhoto(photo);
    return photo.picture;
  }

  /** Remove the photo that answers *question*. */
  async removePhoto(question) {
    const name = this.answers.value(question.path, question.at);
    this.answers.set(question.path, question.at, "");
    this.photos.delete(name);
    await this.#write({ removed: [name] });
    this.changed();
  }

  #later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.#write(), TYPING_MS);
  }

  /** Write what waits; true once it is on disk. */
  flush() {
    return this.begun ? this.#write() : this.writing;
  }

  #write(parts = {}) {
    clearTimeout(this.timer);
    if (!this.asked) navigator.storage?.persist?.(); // a phone short of room drops other pages' data first
    this.asked = true;
    this.draft.changedAt = new Date().toISOString();
    // Handed over now, not behind the write before: a page that is just being left lives no longer, and the store keeps the order.
    this.writing = Promise.all([keepDraft(this.draft, parts), keep("current", this.draft.id)])
      .then(() => true)
      .catch((error) => {
        this.failed(error);
        return false;
      });
    return this.writing;
  }

  /** The photos that the answers name now, in the order of the form. */
  get namedPhotos() {
    return this.#named().map(({ photo }) => photo);
  }

  #named() {
    const named = [];
    for (const [path, { node }] of this.answers.nodes) {
      if (node.type !== "image") continue;
      for (const at of this.answers.instances(path)) {
        const photo = this.answers.isRelevant(path, at) && this.photos.get(this.answers.value(path, at));
        if (photo) named.push({ photo, node, at });
      }
    }
    return named;
  }

  // How a photo is called where there is no form around it: its question, in each language, and which of the repeats.
  #label({ node, at }) {
    const output = (expr) => String(this.answers.ask(expr, node.path, at));
    const turn = at.length ? ` (${at.map((place) => place + 1).join(".")})` : "";
    return Object.fromEntries(Object.keys(node.label ?? {}).map((code) => [code, pick(node.label, code, output) + turn]));
  }

  // What ODK Collect fills in by itself; a place written by hand is not a position of the phone.
  #preload(device) {
    const { startedAt, endedAt, fix } = this.draft;
    const place = fix && !fix.placed ? geopointText(fix) : "";
    const today = vietnamText(new Date(endedAt)).slice(0, 10);
    const given = { start: startedAt, end: endedAt, today, deviceid: device, "start-geopoint": place };
    for (const [path, { node }] of this.answers.nodes) {
      const begun = ["start", "today"].includes(node.preload) && this.answers.value(path); // filled in when it began
      if (node.preload && !begun) this.answers.set(path, [], given[node.preload] ?? "");
    }
  }

  /** Close the form: from here on the same bytes are sent until the server has them. True once that is on disk. */
  async seal() {
    const named = this.#named();
    const names = new Set(named.map(({ photo }) => photo.name));
    const device = await deviceId();
    this.draft.endedAt = new Date().toISOString();
    this.#preload(device);
    const photos = named.map(({ photo }) => photo);
    const consent = this.asksConsent ? (this.draft.consent ?? "absent") : null;
    this.draft.xml = instanceXml({ ...this.draft, consent, notice: await shortMark(this.draft.notice) }, this.answers, photos, device);
    this.draft.files = named.map((one) => fileOf(one.photo, this.#label(one)));
    this.draft.state = "sending";
    this.begun = true;
    const sealed = await this.#write({ removed: [...this.photos.keys()].filter((name) => !names.has(name)) });
    if (!sealed) this.draft.state = "open"; // nothing is lost: there was no room, and it can be sealed again
    return sealed;
  }
}
