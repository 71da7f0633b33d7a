// ZIP files without compression (photos are compressed already), written and read in slices so that memory stays flat.

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const UTF8 = 0x0800;
const FIRST_DAY = 0x21; // 1980-01-01, as DOS counts: the files say their times themselves
const END_SIZE = 22;
const LONGEST_COMMENT = 65_535;
const LARGEST_DIRECTORY = 50_000_000;

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/** The CRC-32 of *blob*, read as a stream; *progress* hears the bytes of each piece. */
export async function crc32(blob, progress = () => {}) {
  let value = 0xffffffff;
  const reader = blob.stream().getReader();
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
    const bytes = piece.value;
    for (let at = 0; at < bytes.length; at += 1) value = TABLE[(value ^ bytes[at]) & 0xff] ^ (value >>> 8);
    progress(bytes.length);
  }
  return (value ^ 0xffffffff) >>> 0;
}

/** Puts files together to one ZIP below 4 GB. */
export class ZipWriter {
  #parts = [];
  #directory = [];

  /** How large the file is so far, in bytes. */
  size = 0;

  /** Append *blob* as *name*; *progress* hears the bytes that were read. Raises DOMException where the phone cannot read them. */
  async add(name, blob, progress) {
    const label = new TextEncoder().encode(name);
    const facts = [20, UTF8, 0, 0, FIRST_DAY];
    const sizes = [await crc32(blob, progress), blob.size, blob.size];
    const header = record(LOCAL, facts, sizes, [label.length, 0]);
    this.#directory.push(record(CENTRAL, [20, ...facts], sizes, [label.length, 0, 0, 0, 0], [0, this.size]), label);
    this.#parts.push(header, label, blob);
    this.size += header.length + label.length + blob.size;
  }

  /** The finished file. */
  close() {
    const count = this.#directory.length / 2;
    const length = this.#directory.reduce((sum, part) => sum + part.length, 0);
    const end = record(END, [0, 0, count, count], [length, this.size], [0]);
    return new Blob([...this.#parts, ...this.#directory, end], { type: "application/zip" });
  }
}

// A signature, then groups that alternate between 16-bit and 32-bit numbers, little-endian.
function record(signature, ...groups) {
  const sizes = groups.map((group, index) => group.length * (index % 2 ? 4 : 2));
  const view = new DataView(new ArrayBuffer(4 + sizes.reduce((sum, size) => sum + size, 0)));
  view.setUint32(0, signature, true);
  let at = 4;
  groups.forEach((group, index) => {
    for (const number of group) {
      if (index % 2) view.setUint32(at, number, true);
      else view.setUint16(at, number, true);
      at += index % 2 ? 4 : 2;
    }
  });
  return new Uint8Array(view.buffer);
}

/** What is wrong with a ZIP file; *entry* is the name of the part, "" for the whole. */
export class ZipFault extends Error {
  constructor(entry) {
    super(entry || "no ZIP file");
    this.entry = entry;
  }
}

/** The entries of the ZIP *file* by name: `{name, size, crc, offset}`. Raises ZipFault where it is none of ours or cut off. */
export async function readDirectory(file) {
  const { count, length, start } = await readEnd(file);
  if (length > LARGEST_DIRECTORY || start + length > file.size) throw new ZipFault("");
  const view = new DataView(await file.slice(start, start + length).arrayBuffer());
  const entries = new Map();
  for (let number = 0, at = 0; number < count; number += 1) {
    const entry = entryAt(view, at);
    if (entries.has(entry.name)) throw new ZipFault(entry.name);
    entries.set(entry.name, entry);
    at += entry.length;
  }
  return entries;
}

async function readEnd(file) {
  const tail = Math.max(0, file.size - END_SIZE - LONGEST_COMMENT);
  const view = new DataView(await file.slice(tail).arrayBuffer());
  for (let at = view.byteLength - END_SIZE; at >= 0; at -= 1) {
    if (view.getUint32(at, true) !== END) continue;
    return { count: view.getUint16(at + 10, true), length: view.getUint32(at + 12, true), start: view.getUint32(at + 16, true) };
  }
  throw new ZipFault("");
}

function entryAt(view, at) {
  if (at + 46 > view.byteLength || view.getUint32(at, true) !== CENTRAL) throw new ZipFault("");
  const [letters, extra, comment] = [28, 30, 32].map((place) => view.getUint16(at + place, true));
  if (at + 46 + letters > view.byteLength) throw new ZipFault("");
  const name = new TextDecoder().decode(new Uint8Array(view.buffer, at + 46, letters));
  const [packed, size] = [20, 24].map((place) => view.getUint32(at + place, true));
  if (view.getUint16(at + 10, true) !== 0 || packed !== size) throw new ZipFault(name); // packed anew by another program
  return { name, size, crc: view.getUint32(at + 16, true), offset: view.getUint32(at + 42, true), length: 46 + letters + extra + comment };
}

/** The bytes of *entry* in *file* as a blob of media *type*, still on disk. Raises ZipFault where they are not there. */
export async function bytesOf(file, entry, type = "") {
  const header = new DataView(await file.slice(entry.offset, entry.offset + 30).arrayBuffer());
  if (header.byteLength < 30 || header.getUint32(0, true) !== LOCAL) throw new ZipFault(entry.name);
  const start = entry.offset + 30 + header.getUint16(26, true) + header.getUint16(28, true);
  const blob = file.slice(start, start + entry.size, type);
  if (blob.size !== entry.size) throw new ZipFault(entry.name);
  return blob;
}
