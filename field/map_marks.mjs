// The marks of the map: the shape says what a site is, the filling says how far the work is; colour only repeats it.

/** The states of the work at a site, in the order of the legend. */
export const STATES = ["todo", "draft", "unsent", "done"];

const KINDS = ["household", "road_segment", "public_place"];
const COLOURS = ["land", "beyond", "border", "casing", "ink", "road", ...STATES, "inside", "here", "around", "chosen"];

/** The colours of the map, from the style sheet, for *element*. */
export function paletteOf(element) {
  const style = getComputedStyle(element);
  return Object.fromEntries(COLOURS.map((name) => [name, style.getPropertyValue(`--map-${name}`).trim()]));
}

/** Makes each mark once and hands out the picture: *ratio* device pixels per CSS pixel. */
export class Marks {
  #pictures = new Map();

  constructor(palette, ratio) {
    this.palette = palette;
    this.ratio = ratio;
  }

  /** The pictures of all marks *size* CSS pixels large, by `kind state`; made when first asked for. */
  ofSize(size) {
    if (!this.#pictures.has(size)) {
      const every = KINDS.flatMap((kind) => STATES.map((state) => [`${kind} ${state}`, this.picture(kind, state, size)]));
      this.#pictures.set(size, new Map(every));
    }
    return this.#pictures.get(size);
  }

  /** A new picture of a site's mark, *size* CSS pixels large with its edge. */
  picture(kind, state, size) {
    const picture = document.createElement("canvas");
    picture.width = picture.height = Math.ceil(size * this.ratio);
    const context = picture.getContext("2d");
    context.scale(picture.width / 24, picture.width / 24); // drawn on a square of 24
    drawMark(context, kind, state, this.palette);
    return picture;
  }
}

function drawMark(context, kind, state, palette) {
  const shape = shapeOf(kind);
  context.lineJoin = "round";
  context.strokeStyle = palette.casing;
  context.lineWidth = 6;
  context.stroke(shape);
  context.fillStyle = state === "todo" || state === "draft" ? palette.inside : palette[state];
  context.fill(shape);
  if (state === "draft") fillHalf(context, shape, palette.draft);
  context.strokeStyle = palette[state];
  context.lineWidth = 3;
  context.stroke(shape);
  context.strokeStyle = palette.inside;
  context.lineCap = "round";
  if (state === "done") context.stroke(new Path2D("M8 12.5l3 3l5-6"));
  if (state === "unsent") context.stroke(new Path2D("M12 16V9m-3.5 3l3.5-3.5l3.5 3.5"));
}

function fillHalf(context, shape, colour) {
  context.save();
  context.clip(shape);
  context.fillStyle = colour;
  context.fillRect(0, 12, 24, 12);
  context.restore();
}

// A house is round, a road is a diamond, a public place is square.
function shapeOf(kind) {
  const path = new Path2D();
  if (kind === "household") path.arc(12, 12, 8, 0, 2 * Math.PI);
  else if (kind === "road_segment") path.addPath(new Path2D("M12 2L22 12L12 22L2 12Z"));
  else path.rect(4.5, 4.5, 15, 15);
  return path;
}

/** The mark of a *kind* and *state* as an element for the legend, which is read by its words. */
export function markElement(kind, state, element) {
  const ratio = devicePixelRatio;
  const picture = new Marks(paletteOf(element), ratio).picture(kind, state, 24);
  picture.className = "mark";
  picture.setAttribute("aria-hidden", "true");
  return picture;
}
