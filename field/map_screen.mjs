// The map: where the sites are and how far the work is, where the phone is, and the way from a mark to its checklists. Needs no connection.

import { fill, say } from "./dom.mjs";
import { keep, recall } from "./drafts.mjs";
import { Background } from "./map_background.mjs";
import { MapCanvas } from "./map_canvas.mjs";
import { placeCard } from "./map_card.mjs";
import { legend, mapFrame } from "./map_frame.mjs";
import { Gestures } from "./map_gestures.mjs";
import { labelsOf, placesOf, pointsOf, ringsOf } from "./map_places.mjs";
import { failureWords } from "./position_strip.mjs";
import { boxOf, project, scaleBar } from "./projection.mjs";
import { distanceText } from "./site_finder.mjs";

const NEAR = 256 * 2 ** 16; // "my position" shows some 800 m across a phone
const BAR_PX = 110;
const MARGIN_PX = 56; // a fitted place is not below a button

/** The screen of *app*. */
export async function mapScreen(app) {
  const [seen, chosen] = await Promise.all([recall("map:seen"), recall("hamlet"), app.work.mark()]);
  const hamlet = chosen ?? "";
  return new MapScreen(app, { onlyTodo: seen?.onlyTodo ?? false, view: seen?.hamlet === hamlet ? seen.view : null, hamlet });
}

class MapScreen {
  #app;
  #parts;
  #map;
  #places = [];
  #card = null;
  #background = null; // its element
  #size = new ResizeObserver(() => this.#resize());
  #follows = false; // the own position stays in the middle
  #begun; // the person has chosen what the screen shows
  #wanted = false; // the person waits for a position
  #ends = [];

  constructor(app, seen) {
    this.#app = app;
    this.#parts = mapFrame(app, seen, {
      filter: () => this.#filter(), zoom: (factor) => this.#zoom(factor), goHere: () => this.#goHere(), toggle: () => this.#toggle(),
    }); // prettier-ignore
    this.element = this.#parts.element;
    this.#map = new MapCanvas(this.#parts.canvas);
    this.#map.painted = () => this.#showScale();
    Object.assign(this.#map.view, seen.view);
    this.#begun = Boolean(seen.view);
    this.#take();
    this.#listen();
  }

  /** Called when the screen stands in the page. */
  shown() {
    this.#app.background ??= new Background(this.#app);
    this.#background = this.#app.background.show(this.#map);
    this.#parts.style.onload = () => this.#size.observe(this.#parts.canvas); // with it come sizes and colours
  }

  /** Called when the screen is left. */
  close() {
    this.#ends.forEach((end) => end());
    this.#app.background?.leave();
    this.#map.close();
    const { x, y, scale } = this.#map.view;
    const { choose, onlyTodo } = this.#parts;
    keep("map:seen", { hamlet: choose.value, onlyTodo: onlyTodo.checked, view: this.#begun ? { x, y, scale } : null });
  }

  /** The same screen, made anew. */
  again() {
    return mapScreen(this.#app);
  }

  #listen() {
    const { canvas } = this.#parts;
    const dark = matchMedia("(prefers-color-scheme: dark)");
    const recolour = () => this.#map.refresh();
    new Gestures(canvas, this.#map.view, {
      moved: () => this.#moved(),
      tapped: (left, top) => this.#choose(this.#map.placeAt(left, top)),
      entered: () => this.#choose(this.#map.placeInMiddle()),
    });
    dark.addEventListener("change", recolour);
    this.#ends = [
      this.#app.watch.listen(() => this.#showHere()),
      this.#app.work.listen((what) => this.#hear(what)),
      () => this.#size.disconnect(),
      () => dark.removeEventListener("change", recolour),
    ];
    this.#showHere();
  }

  #hear(what) {
    if (what === "work") this.#app.background.look();
    if (what !== "places") return;
    this.#take();
    this.#resize();
  }

  // Border, names and sites as the phone has them now.
  #take() {
    const { map, register } = this.#app.work;
    this.#places = placesOf(register.entries);
    this.#map.border = ringsOf(map?.border);
    this.#map.hamlets = labelsOf(map?.hamlets ?? [], this.#places);
    this.#choosePlaces();
  }

  // The places that the filter leaves.
  #choosePlaces() {
    const { choose, onlyTodo } = this.#parts;
    const isWanted = ({ site, state }) => (!choose.value || site.hamlet === choose.value) && (!onlyTodo.checked || state !== "done");
    this.#map.places = this.#places.filter(isWanted);
  }

  #filter() {
    const { choose } = this.#parts;
    keep("hamlet", choose.value);
    this.#choose(null);
    this.#choosePlaces();
    this.#follows = false;
    this.#fit();
    this.#map.draw();
  }

  // All places that the filter leaves, else all of the commune.
  #fit() {
    const box = boxOf(pointsOf(this.#map.places)) ?? this.#whole();
    if (box) this.#map.view.fit(box, MARGIN_PX);
  }

  #whole() {
    return boxOf(this.#map.border.flat()) ?? boxOf(pointsOf(this.#places));
  }

  #resize() {
    this.#map.refresh();
    const whole = this.#whole();
    if (whole) this.#map.view.limit(whole);
    if (!this.#begun) this.#fit();
  }

  #zoom(factor) {
    this.#map.view.zoom(factor);
    this.#begun = true;
    this.#map.draw();
  }

  #moved() {
    this.#follows = false;
    this.#begun = true;
    this.#map.draw();
  }

  #choose(place) {
    this.#map.chosen = place;
    this.#card = place && placeCard(this.#app, place, () => this.#choose(null));
    fill(this.#parts.card, this.#card?.element);
    this.#map.draw();
  }

  #toggle() {
    const { about, aside, canvas } = this.#parts;
    fill(aside, legend(canvas), this.#background);
    aside.hidden = !aside.hidden;
    about.setAttribute("aria-expanded", String(!aside.hidden));
  }

  #goHere() {
    const { watch } = this.#app;
    this.#follows = this.#begun = this.#wanted = true;
    if (watch.failure) watch.start();
    this.#showHere();
    const { here, view } = this.#map;
    if (here) view.centre(here.x, here.y, NEAR);
    this.#map.draw();
  }

  #showHere() {
    const { last, failure } = this.#app.watch;
    const [x, y] = last ? project(last.longitude, last.latitude) : [];
    this.#map.here = last && { x, y, accuracy: last.accuracy, heading: last.heading };
    say(this.#parts.notice, !last && (failure || this.#wanted) ? failureWords(failure) : "");
    if (last && this.#follows) this.#map.view.centre(x, y, this.#wanted ? NEAR : 0);
    if (last) this.#wanted = false;
    this.#card?.refresh();
    this.#map.draw();
  }

  #showScale() {
    const { metres, pixels } = scaleBar(this.#map.view.metresPerPixel, BAR_PX);
    this.#parts.scale.style.width = `${pixels}px`;
    say(this.#parts.scale, distanceText(metres));
  }
}
