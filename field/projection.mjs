// Web Mercator: places on the ground, the world as a square of side 1, and the part of it that a screen shows.

const DEEPEST = 256 * 2 ** 20; // a house is a thumb wide: nothing is known more closely than that
const EQUATOR_M = 40_075_016.686;

/** The place of a longitude and latitude in the square: x to the east, y to the south. */
export function project(longitude, latitude) {
  const sine = Math.sin((latitude * Math.PI) / 180);
  return [longitude / 360 + 0.5, 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)];
}

// The latitude of *y* in the square.
const latitudeOf = (y) => (360 / Math.PI) * Math.atan(Math.exp((0.5 - y) * 2 * Math.PI)) - 90;

/** The smallest box `[west, north, east, south]` in the square around *points*; null where there are none. */
export function boxOf(points) {
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [x, y] of points) {
    box[0] = Math.min(box[0], x);
    box[1] = Math.min(box[1], y);
    box[2] = Math.max(box[2], x);
    box[3] = Math.max(box[3], y);
  }
  return box[0] <= box[2] ? box : null;
}

/** What a screen of *width* × *height* CSS pixels shows: its middle `x`, `y` in the square, and `scale`, the square's side in pixels. */
export class View {
  constructor({ x = 0.5, y = 0.5, scale = 256 } = {}) {
    Object.assign(this, { x, y, scale, width: 0, height: 0, least: 256 });
  }

  /** Fit the screen's size; the middle stays. */
  resize(width, height) {
    Object.assign(this, { width, height });
  }

  /** Where the place *x*, *y* is on the screen. */
  screen(x, y) {
    return [(x - this.x) * this.scale + this.width / 2, (y - this.y) * this.scale + this.height / 2];
  }

  /** Which place is at *left*, *top* on the screen. */
  world(left, top) {
    return [(left - this.width / 2) / this.scale + this.x, (top - this.height / 2) / this.scale + this.y];
  }

  /** The box of the square that the screen shows. */
  get box() {
    return [...this.world(0, 0), ...this.world(this.width, this.height)];
  }

  /** Metres on the ground that a pixel in the middle of the screen is wide. */
  get metresPerPixel() {
    return (EQUATOR_M * Math.cos((latitudeOf(this.y) * Math.PI) / 180)) / this.scale;
  }

  /** Put *x*, *y* in the middle, at least *scale* close. */
  centre(x, y, scale = 0) {
    Object.assign(this, { x, y });
    this.#to(Math.max(this.scale, scale));
  }

  /** Move what is shown by pixels. */
  pan(right, down) {
    this.x -= right / this.scale;
    this.y -= down / this.scale;
  }

  /** Come *factor* times closer; the place under *left*, *top* stays under the finger. */
  zoom(factor, left = this.width / 2, top = this.height / 2) {
    const [x, y] = this.world(left, top);
    this.#to(this.scale * factor);
    const [nowLeft, nowTop] = this.screen(x, y);
    this.pan(left - nowLeft, top - nowTop);
  }

  /** Show all of *box* with a margin in pixels. */
  fit([west, north, east, south], margin = 24) {
    const across = (this.width - 2 * margin) / Math.max(east - west, 1e-12);
    const down = (this.height - 2 * margin) / Math.max(south - north, 1e-12);
    Object.assign(this, { x: (west + east) / 2, y: (north + south) / 2 });
    this.#to(Math.max(1, Math.min(across, down)));
  }

  /** No farther away than where all of *box* is half as large as the screen. */
  limit(box) {
    const { x, y, scale } = this;
    this.least = 0;
    this.fit(box);
    this.least = this.scale / 2;
    this.centre(x, y);
    this.#to(scale);
  }

  #to(scale) {
    this.scale = Math.min(Math.max(scale, this.least), DEEPEST);
  }
}

/** A round number of metres whose bar is at most *most* pixels long: `{metres, pixels}`. */
export function scaleBar(metresPerPixel, most) {
  const power = 10 ** Math.floor(Math.log10(metresPerPixel * most));
  const metres = [5, 2, 1].map((step) => step * power).find((length) => length <= metresPerPixel * most);
  return { metres, pixels: metres / metresPerPixel };
}
