// Fingers, mouse and keys on the map: pan, pinch, double tap, wheel, arrows, plus and minus, and a tap on a place.

const STILL_PX = 8; // a finger that moves less has tapped
const DOUBLE_MS = 300;
const DOUBLE_PX = 32;
const STEP_PX = 80;
const ARROWS = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

/** Listens on *canvas* and moves *view*; *moved* is called after each change by hand, *tapped* with `(left, top)`, *entered* by Enter. */
export class Gestures {
  #canvas;
  #view;
  #moved;
  #tapped;
  #entered;
  #fingers = new Map();
  #from = null; // where the one finger came down, null once it has moved
  #last = { at: 0, left: 0, top: 0 };

  constructor(canvas, view, { moved, tapped, entered }) {
    this.#canvas = canvas;
    this.#view = view;
    this.#moved = moved;
    this.#tapped = tapped;
    this.#entered = entered;
    const listeners = {
      pointerdown: (event) => this.#down(event), pointermove: (event) => this.#move(event), pointerup: (event) => this.#up(event),
      pointercancel: ({ pointerId }) => this.#fingers.delete(pointerId),
      wheel: (event) => this.#wheel(event), keydown: (event) => this.#key(event),
    }; // prettier-ignore
    for (const [name, listener] of Object.entries(listeners)) canvas.addEventListener(name, listener, { passive: false });
  }

  #at({ clientX, clientY }) {
    const { left, top } = this.#canvas.getBoundingClientRect();
    return { left: clientX - left, top: clientY - top };
  }

  #down(event) {
    this.#canvas.setPointerCapture(event.pointerId);
    this.#fingers.set(event.pointerId, this.#at(event));
    this.#from = this.#fingers.size === 1 ? this.#at(event) : null;
  }

  #move(event) {
    const before = this.#fingers.get(event.pointerId);
    if (!before) return;
    const now = this.#at(event);
    if (this.#from && distance(this.#from, now) < STILL_PX) return;
    this.#from = null;
    const other = [...this.#fingers].find(([id]) => id !== event.pointerId)?.[1];
    this.#fingers.set(event.pointerId, now);
    if (other) this.#pinch(other, before, now);
    else this.#view.pan(now.left - before.left, now.top - before.top);
    this.#moved();
  }

  // The places under both fingers stay under them: the middle moves, the distance scales.
  #pinch(other, before, now) {
    const middle = { left: (other.left + now.left) / 2, top: (other.top + now.top) / 2 };
    this.#view.pan((now.left - before.left) / 2, (now.top - before.top) / 2);
    this.#view.zoom(distance(other, now) / Math.max(distance(other, before), 1), middle.left, middle.top);
  }

  #up(event) {
    if (!this.#fingers.delete(event.pointerId) || !this.#from) return;
    this.#from = null;
    const { left, top } = this.#at(event);
    const twice = event.timeStamp - this.#last.at < DOUBLE_MS && distance(this.#last, { left, top }) < DOUBLE_PX;
    this.#last = { at: twice ? 0 : event.timeStamp, left, top };
    if (!twice) return this.#tapped(left, top);
    this.#view.zoom(2, left, top);
    this.#moved();
  }

  #wheel(event) {
    event.preventDefault();
    const { left, top } = this.#at(event);
    this.#view.zoom(2 ** (-event.deltaY / 200), left, top);
    this.#moved();
  }

  #key(event) {
    const { key } = event;
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (ARROWS[key]) this.#view.pan(...ARROWS[key].map((step) => step * STEP_PX));
    else if (key === "+" || key === "=") this.#view.zoom(2);
    else if (key === "-") this.#view.zoom(0.5);
    else if (key !== "Enter") return;
    event.preventDefault();
    if (key === "Enter") this.#entered();
    else this.#moved();
  }
}

const distance = (a, b) => Math.hypot(a.left - b.left, a.top - b.top);
