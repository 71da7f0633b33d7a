// The background of the map: pictures of an archive, fetched as they come into view; a coarser one stands in until then.

import { project } from "./projection.mjs";

const KEPT = 72; // decoded pictures of 256 × 256: 19 MB
const AT_ONCE = 4;
const STAND_INS = 5; // levels
const REST_MS = 5000; // after a picture could not be fetched

/** Draws *archive*; calls *arrived* when there is more to draw and *failed* with an error that will not pass. */
export class TileLayer {
  #archive;
  #arrived;
  #failed;
  #range;
  #pictures = new Map(); // "z/x/y" → ImageBitmap, or null where the archive has nothing; the longest unused first
  #running = new Set();
  #restUntil = 0;

  constructor(archive, { arrived, failed }) {
    this.#archive = archive;
    this.#arrived = arrived;
    this.#failed = failed;
    const { least, most, west, south, east, north } = archive.range;
    this.#range = { least, most, box: [...project(west, Math.min(north, 85)), ...project(east, Math.max(south, -85))] };
  }

  /** Whether anything of *box* (of the square) is in the archive. */
  covers([west, north, east, south]) {
    const { box } = this.#range;
    return west < box[2] && east > box[0] && north < box[3] && south > box[1];
  }

  /** Draw what *view* shows; *ratio* is the screen's device pixels per CSS pixel. */
  draw(context, view, ratio) {
    const wanted = Math.round(Math.log2(view.scale / 256) + Math.log2(ratio) / 2);
    const z = Math.min(Math.max(wanted, this.#range.least), this.#range.most);
    if (z - wanted > 3) return; // far above the archive's first level there would be hundreds
    const [left, top, right, bottom] = this.#span(view, 2 ** z);
    for (let x = left; x <= right; x += 1) {
      for (let y = top; y <= bottom; y += 1) this.#drawTile(context, view, z, x, y);
    }
  }

  /** Let the pictures go. */
  close() {
    this.#pictures.forEach((picture) => picture?.close());
    this.#pictures.clear();
    this.#arrived = () => {};
  }

  // The first and last column and row in view that the archive may have.
  #span(view, side) {
    const shown = view.box;
    const { box } = this.#range;
    const low = (at) => Math.floor(Math.max(shown[at], box[at], 0) * side);
    const high = (at) => Math.ceil(Math.min(shown[at], box[at], 1) * side) - 1;
    return [low(0), low(1), high(2), high(3)];
  }

  #drawTile(context, view, z, x, y) {
    const side = 2 ** z;
    const [left, top] = view.screen(x / side, y / side).map(Math.round);
    const [right, bottom] = view.screen((x + 1) / side, (y + 1) / side).map(Math.round);
    const [picture, depth] = this.#find(z, x, y);
    if (!picture) return;
    const part = picture.width / 2 ** depth;
    context.drawImage(picture, (x % 2 ** depth) * part, (y % 2 ** depth) * part, part, part, left, top, right - left, bottom - top);
  }

  // The picture of the tile, or the nearest coarser one that is here, with how many levels it is coarser.
  #find(z, x, y) {
    for (let depth = 0; depth <= STAND_INS && z - depth >= this.#range.least; depth += 1) {
      const key = `${z - depth}/${x >> depth}/${y >> depth}`;
      const picture = this.#pictures.get(key);
      if (picture) {
        this.#pictures.delete(key);
        this.#pictures.set(key, picture);
        return [picture, depth];
      }
      if (picture === undefined && depth === 0) this.#fetch(key, z, x, y);
    }
    return [null, 0];
  }

  async #fetch(key, ...tile) {
    if (this.#running.size >= AT_ONCE || this.#running.has(key) || Date.now() < this.#restUntil) return;
    this.#running.add(key);
    try {
      const content = await this.#archive.tile(...tile);
      this.#keep(key, content && (await createImageBitmap(content)));
      this.#arrived();
    } catch (error) {
      this.#restUntil = Date.now() + REST_MS;
      if (!error.passing) this.#failed(error);
    } finally {
      this.#running.delete(key);
    }
  }

  #keep(key, picture) {
    this.#pictures.set(key, picture);
    for (const [oldest, old] of this.#pictures) {
      if (this.#pictures.size <= KEPT) break;
      old?.close();
      this.#pictures.delete(oldest);
    }
  }
}
