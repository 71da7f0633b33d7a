// Draws the map: the border, the background where there is one, roads, sites by kind and state, names, and where the phone is.

import { farFromSegment, shownPath, wholePath } from "./map_lines.mjs";
import { Marks, paletteOf } from "./map_marks.mjs";
import { View } from "./projection.mjs";

const THUMB_PX = 24; // how far from a mark a tap may be
const DEGREES = Math.PI / 180;
const MOST_NAMES = 60;

/**
 * A canvas with its `view`. `border` is a list of rings, `hamlets` of `{x, y, text}`, `places` as placesOf makes them (x is null without a
 * position), all in the square of projection.mjs; `here` is `{x, y, accuracy, heading}`; `tiles` is a TileLayer or null.
 */
export class MapCanvas {
  #context;
  #marks = null;
  #waiting = 0;
  #boxes = []; // of the names drawn so far: one never lies on another

  constructor(canvas) {
    this.canvas = canvas;
    this.#context = canvas.getContext("2d", { alpha: false });
    this.view = new View();
    Object.assign(this, { border: [], hamlets: [], places: [], here: null, tiles: null, chosen: null, painted: () => {} });
  }

  /** Take the element's size and the style sheet's colours, and draw. */
  refresh() {
    const { clientWidth, clientHeight } = this.canvas;
    const ratio = Math.max(1, devicePixelRatio);
    this.canvas.width = Math.round(clientWidth * ratio);
    this.canvas.height = Math.round(clientHeight * ratio);
    this.view.resize(clientWidth, clientHeight);
    this.#marks = new Marks(paletteOf(this.canvas), ratio);
    this.draw();
  }

  /** Draw with the next frame; asked for many times, once. */
  draw() {
    this.#waiting ||= requestAnimationFrame(() => {
      this.#waiting = 0;
      this.#paint();
    });
  }

  /** Draw no more. */
  close() {
    cancelAnimationFrame(this.#waiting);
    this.draw = () => {};
  }

  /** The place that a tap at *left*, *top* means: the nearest mark within a thumb, else the nearest road; null where there is none. */
  placeAt(left, top) {
    const far = this.#farFrom(left, top);
    return nearest(this.places, far, THUMB_PX) ?? nearest(this.places, (place) => this.#farFromLine(place, left, top), THUMB_PX);
  }

  /** The place nearest to the middle of the screen; null where there is none. */
  placeInMiddle() {
    const { width, height } = this.view;
    return nearest(this.places, this.#farFrom(width / 2, height / 2), Infinity);
  }

  #farFrom(left, top) {
    return ({ x, y }) => (x === null ? Infinity : distance(this.view.screen(x, y), [left, top]));
  }

  #farFromLine({ line }, left, top) {
    if (!line) return Infinity;
    const points = line.map(([x, y]) => this.view.screen(x, y));
    return Math.min(...points.slice(1).map((point, at) => farFromSegment(points[at], point, [left, top])));
  }

  #paint() {
    if (!this.#marks) return; // the style sheet is not here yet
    const { ratio } = this.#marks;
    this.#boxes = [];
    this.#context.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.#drawGround();
    this.#drawRoads();
    this.#drawAccuracy();
    this.#drawPlaces();
    this.#drawNames();
    this.#drawHere();
    this.painted();
  }

  #drawGround() {
    const { palette, ratio } = this.#marks;
    const context = this.#context;
    context.fillStyle = palette.beyond;
    context.fillRect(0, 0, this.view.width, this.view.height);
    context.fillStyle = palette.land;
    context.fill(wholePath(this.border, this.view), "evenodd");
    this.tiles?.draw(context, this.view, ratio);
    const border = shownPath(this.border, this.view);
    this.#stroke(border, palette.casing, 6);
    context.setLineDash([10, 4, 2, 4]);
    this.#stroke(border, palette.border, 2.5);
    context.setLineDash([]);
  }

  // A road whose work is done is a whole line, any other a broken one.
  #drawRoads() {
    const { palette } = this.#marks;
    const [done, open] = [true, false].map((wanted) =>
      shownPath(this.places.filter(({ line, state }) => line && (state === "done") === wanted).map(({ line }) => line), this.view),
    );
    this.#stroke(done, palette.casing, 7);
    this.#stroke(open, palette.casing, 7);
    this.#stroke(done, palette.done, 4);
    this.#context.setLineDash([7, 5]);
    this.#stroke(open, palette.road, 4);
    this.#context.setLineDash([]);
  }

  // What is done lies below what is to do, where marks touch.
  #drawPlaces() {
    const size = this.#markSize();
    const pictures = this.#marks.ofSize(size);
    const [west, north, east, south] = this.view.box;
    const margin = size / this.view.scale;
    for (const { site, mark, x, y } of this.places) {
      if (x === null || x < west - margin || x > east + margin || y < north - margin || y > south + margin) continue;
      const left = (x - west) * this.view.scale;
      const top = (y - north) * this.view.scale;
      this.#context.drawImage(pictures.get(mark), left - size / 2, top - size / 2, size, size);
      if (this.chosen?.site === site) this.#ring(left, top, size);
    }
  }

  // Small where houses would cover each other, never larger than a thumb needs.
  #markSize() {
    const { metresPerPixel } = this.view;
    if (metresPerPixel > 8) return 9;
    return metresPerPixel > 3 ? 15 : 24;
  }

  #ring(left, top, size) {
    this.#context.beginPath();
    this.#context.arc(left, top, size / 2 + 5, 0, 2 * Math.PI);
    this.#stroke(undefined, this.#marks.palette.casing, 7);
    this.#stroke(undefined, this.#marks.palette.chosen, 4);
  }

  // Hamlets always, houses where the screen shows some dozens of them.
  #drawNames() {
    this.#context.textAlign = "center";
    for (const { x, y, text } of this.hamlets) this.#name(text, ...this.view.screen(x, y), 15, 700);
    if (this.view.metresPerPixel > 1) return;
    const [west, north, east, south] = this.view.box;
    const shown = this.places.filter(({ x, y }) => x !== null && x > west && x < east && y > north && y < south);
    for (const { site, x, y } of shown.slice(-MOST_NAMES)) {
      const [left, top] = this.view.screen(x, y);
      this.#name(site.name || site.code, left, top + 24, 13, 400);
    }
  }

  #name(text, left, top, size, weight) {
    const context = this.#context;
    context.font = `${weight} ${size}px system-ui, "Noto Sans", sans-serif`;
    const half = context.measureText(text).width / 2;
    const box = [left - half, top - size, left + half, top + 4];
    if (this.#boxes.some((other) => box[0] < other[2] && box[2] > other[0] && box[1] < other[3] && box[3] > other[1])) return;
    this.#boxes.push(box);
    context.lineJoin = "round";
    context.strokeStyle = this.#marks.palette.casing;
    context.lineWidth = 4;
    context.strokeText(text, left, top);
    context.fillStyle = this.#marks.palette.ink;
    context.fillText(text, left, top);
  }

  #drawAccuracy() {
    if (!this.here?.accuracy) return;
    const context = this.#context;
    context.beginPath();
    context.arc(...this.view.screen(this.here.x, this.here.y), this.here.accuracy / this.view.metresPerPixel, 0, 2 * Math.PI);
    context.fillStyle = this.#marks.palette.around;
    context.fill();
    this.#stroke(undefined, this.#marks.palette.here, 1.5);
  }

  #drawHere() {
    if (!this.here) return;
    const { palette } = this.#marks;
    const context = this.#context;
    const [left, top] = this.view.screen(this.here.x, this.here.y);
    const shape = new Path2D();
    shape.arc(left, top, 8, 0, 2 * Math.PI);
    if (typeof this.here.heading === "number") shape.addPath(arrow(left, top, this.here.heading));
    this.#stroke(shape, palette.casing, 6);
    context.fillStyle = palette.here;
    context.fill(shape);
  }

  // *path*, or what was begun on the context.
  #stroke(path, colour, width) {
    const context = this.#context;
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.lineJoin = "round";
    context.stroke(...(path ? [path] : []));
  }
}

function arrow(left, top, heading) {
  const at = (angle, radius) => {
    const turned = (heading + angle) * DEGREES;
    return [left + radius * Math.sin(turned), top - radius * Math.cos(turned)];
  };
  const path = new Path2D();
  path.moveTo(...at(0, 20));
  path.lineTo(...at(50, 10));
  path.lineTo(...at(-50, 10));
  path.closePath();
  return path;
}

const distance = ([a, b], [c, d]) => Math.hypot(a - c, b - d);

function nearest(places, far, most) {
  let [best, least] = [null, most];
  for (const place of places) {
    const away = far(place);
    if (away < least) [best, least] = [place, away];
  }
  return best;
}
