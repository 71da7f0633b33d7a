// Reads PMTiles v3 archives of pictures: header, directories, one tile (github.com/protomaps/PMTiles, spec/v3/spec.md).

const HEADER_BYTES = 127;
const MOST_DIRECTORY = 16 * 2 ** 20; // unpacked; one of a commune has some kB
const MOST_TILE = 8 * 2 ** 20;
const MOST_DEPTH = 4; // the root and three levels of leaves, as the specification advises
const KEPT_LEAVES = 32;
const PICTURES = { 2: "image/png", 3: "image/jpeg", 4: "image/webp", 5: "image/avif" };
const PLAIN = [0, 1];
const GZIP = 2;

/** Why an archive cannot be shown; *reason* is `broken`, `kind` (no pictures) or `packed` (a compression that browsers lack). */
export class TilesUnusable extends Error {
  constructor(reason, detail = "") {
    super(`${reason} ${detail}`);
    this.reason = reason;
  }
}

/** The number of tile *x*, *y* of level *z*: all smaller levels come first, a level runs along a Hilbert curve. */
export function tileId(z, x, y) {
  let id = (4 ** z - 1) / 3;
  for (let side = 2 ** (z - 1); side >= 1; side /= 2) {
    const right = (x & side) > 0;
    const low = (y & side) > 0;
    id += side * side * (right ? (low ? 2 : 3) : low ? 1 : 0);
    if (!low) [x, y] = right ? [side - 1 - y, side - 1 - x] : [y, x];
  }
  return id;
}

/** An archive of pictures behind *source*, which has `size` and `read(offset, length)`. */
export class Archive {
  #source;
  #header;
  #root;
  #leaves = new Map();

  constructor(source, header, root) {
    this.#source = source;
    this.#header = header;
    this.#root = root;
  }

  /** Open what *source* reads. Raises TilesUnusable, and what the source raises. */
  static async open(source) {
    if (source.size < HEADER_BYTES) throw new TilesUnusable("broken", "too short");
    const header = readHeader(new DataView(await source.read(0, HEADER_BYTES)));
    if (!PICTURES[header.type]) throw new TilesUnusable("kind", header.type);
    const archive = new Archive(source, header, null);
    archive.#root = await archive.#directory(...header.root);
    return archive;
  }

  /** The levels and the box that the archive says it covers: `{least, most, west, south, east, north}` in degrees. */
  get range() {
    const { least, most, west, south, east, north } = this.#header;
    return { least, most, west, south, east, north };
  }

  /** The picture of a tile as a blob; null where the archive has none. Raises TilesUnusable, and what the source raises. */
  async tile(z, x, y) {
    const id = tileId(z, x, y);
    let entries = this.#root;
    for (let depth = 0; depth < MOST_DEPTH; depth += 1) {
      const entry = findEntry(entries, id);
      if (!entry) return null;
      if (entry.run) return this.#picture(entry);
      entries = await this.#leaf(entry);
    }
    throw new TilesUnusable("broken", "directories too deep");
  }

  async #picture({ offset, length }) {
    const { data, tilePacking, type } = this.#header;
    if (length > MOST_TILE) throw new TilesUnusable("broken", "tile too large");
    const bytes = await this.#read(data[0] + offset, length);
    return new Blob([await unpack(bytes, tilePacking, MOST_TILE)], { type: PICTURES[type] });
  }

  // Leaves are read again and again while a person looks around: the last ones are kept.
  async #leaf({ offset, length }) {
    const kept = this.#leaves.get(offset);
    if (kept) return kept;
    const entries = await this.#directory(this.#header.leaves[0] + offset, length);
    if (this.#leaves.size >= KEPT_LEAVES) this.#leaves.delete(this.#leaves.keys().next().value);
    this.#leaves.set(offset, entries);
    return entries;
  }

  async #directory(offset, length) {
    if (length > MOST_DIRECTORY) throw new TilesUnusable("broken", "directory too large");
    const bytes = await this.#read(offset, length);
    return readDirectory(new Uint8Array(await unpack(bytes, this.#header.packing, MOST_DIRECTORY)));
  }

  #read(offset, length) {
    if (offset + length > this.#source.size) throw new TilesUnusable("broken", "points behind its end");
    return this.#source.read(offset, length);
  }
}

function readHeader(view) {
  const magic = [..."PMTiles"].every((letter, at) => view.getUint8(at) === letter.charCodeAt(0));
  if (!magic || view.getUint8(7) !== 3) throw new TilesUnusable("broken", "not PMTiles 3");
  const range = (at) => [Number(view.getBigUint64(at, true)), Number(view.getBigUint64(at + 8, true))];
  const degrees = (at) => view.getInt32(at, true) / 1e7;
  const header = {
    root: range(8), leaves: range(40), data: range(56), packing: view.getUint8(97), tilePacking: view.getUint8(98), type: view.getUint8(99),
    least: view.getUint8(100), most: view.getUint8(101), west: degrees(102), south: degrees(106), east: degrees(110), north: degrees(114),
  }; // prettier-ignore
  if (header.least > header.most || header.most > 26) throw new TilesUnusable("broken", "levels");
  return header;
}

/** The entries of an unpacked directory: `{id, run, length, offset}`, a *run* of 0 leads to a leaf. Raises TilesUnusable. */
export function readDirectory(bytes) {
  const next = varints(bytes);
  const count = next();
  if (count > bytes.length) throw new TilesUnusable("broken", "more entries than bytes");
  const entries = Array.from({ length: count }, () => ({}));
  let id = 0;
  for (const entry of entries) entry.id = id += next();
  for (const entry of entries) entry.run = next();
  for (const entry of entries) entry.length = next();
  let end = 0; // 0 stands for "right behind the one before"
  for (const entry of entries) {
    const given = next();
    entry.offset = given ? given - 1 : end;
    end = entry.offset + entry.length;
  }
  return entries;
}

function varints(bytes) {
  let at = 0;
  return () => {
    let value = 0;
    for (let weight = 1; ; weight *= 128) {
      if (at >= bytes.length || weight > 2 ** 49) throw new TilesUnusable("broken", "number in a directory");
      const byte = bytes[at++];
      value += (byte & 127) * weight;
      if (byte < 128) return value;
    }
  };
}

// The last entry that begins at *id* or before it, where it reaches that far.
function findEntry(entries, id) {
  let [low, high] = [0, entries.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (entries[middle].id <= id) low = middle + 1;
    else high = middle;
  }
  const entry = entries[low - 1];
  return entry && (entry.run === 0 || id < entry.id + entry.run) ? entry : null;
}

async function unpack(bytes, packing, most) {
  if (PLAIN.includes(packing)) return bytes;
  if (packing !== GZIP || !globalThis.DecompressionStream) throw new TilesUnusable("packed", packing);
  const parts = [];
  let size = 0;
  try {
    const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip")).getReader();
    for (let { done, value } = await reader.read(); !done; { done, value } = await reader.read()) {
      parts.push(value);
      size += value.length;
      if (size > most) throw new TilesUnusable("broken", "unpacks to too much");
    }
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new TilesUnusable("broken", "gzip");
  }
  return new Blob(parts).arrayBuffer();
}
