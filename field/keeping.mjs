// Keeping the page on the phone: registers the service worker, changes to a new release where nothing is open, offers the installation.

import { h } from "./dom.mjs";

const PATIENCE_MS = 8_000; // then the page goes on without being kept
const CLAIM_MS = 1_000; // a worker that is here takes the page in at once, or not at all: another release came in between

/** What the browser does to keep this page; listeners hear of every change. */
export class Keeping {
  #listeners = new Set();
  #registration = null;

  /** *prompt* is the browser's own offer to install, where it has made one already. */
  constructor(prompt) {
    this.state = navigator.serviceWorker ? "asked" : "impossible"; // then "kept" or "failed"
    this.newer = false; // a new release waits
    this.asked = false; // it has been asked to take over
    this.taken = false; // it has: the page is to be loaded anew as soon as nothing in it is open
    this.blocked = false; // it cannot be loaded while other pages are open
    this.prompt = prompt;
    addEventListener("beforeinstallprompt", (event) => this.#change({ prompt: event }));
    addEventListener("appinstalled", () => this.#change({ prompt: null }));
    const refused = ({ data }) => data === "other pages are open" && this.#change({ blocked: true, asked: false });
    navigator.serviceWorker?.addEventListener("message", refused);
    this.settled = this.#settle(); // once the page comes from the phone, or it is known or likely that it will not
  }

  #settle() {
    if (!navigator.serviceWorker || navigator.serviceWorker.controller) return Promise.resolve();
    return new Promise((resolve) => {
      navigator.serviceWorker.addEventListener("controllerchange", resolve, { once: true });
      this.listen(() => this.state === "failed" && resolve());
      this.listen(() => this.state === "kept" && setTimeout(resolve, CLAIM_MS));
      setTimeout(resolve, PATIENCE_MS);
    });
  }

  /** Call *listener* at every change until the returned function is called. */
  listen(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #change(changes) {
    Object.assign(this, changes);
    this.#listeners.forEach((listener) => listener());
  }

  /**
   * Put the page on the phone and look for a newer release; *idle*: the page has just been opened and nothing in it was begun, so
   * that a release which waits is loaded without asking.
   */
  async begin({ idle }) {
    document.head.append(h("link", { rel: "manifest", href: "manifest.webmanifest" })); // now, since it would take the first screen's turn
    if (!navigator.serviceWorker) return;
    const waiting = (await navigator.serviceWorker.getRegistration())?.waiting;
    if (idle && waiting) this.#load(waiting);
    addEventListener("online", () => this.#register());
    if (!navigator.serviceWorker.controller) fetch(new URL("rest.json", import.meta.url)).catch(() => {}); // while the worker comes
    await this.#register();
  }

  /** Load the release that waits; what was begun is kept and opened again. */
  loadNewest() {
    this.#load(this.#registration.waiting);
  }

  #load(waiting) {
    this.#change({ asked: true });
    navigator.serviceWorker.addEventListener("controllerchange", () => this.#change({ taken: true }), { once: true });
    waiting.postMessage("take over"); // Chromium may wait minutes with it where this page was reloaded under the release before
  }

  async #register() {
    try {
      const options = { type: "module", scope: "./", updateViaCache: "none" };
      this.#registration = await navigator.serviceWorker.register(new URL("service.mjs", import.meta.url), options);
    } catch (error) {
      // No connection, or a browser without modules in service workers.
      return this.#change({ state: navigator.serviceWorker.controller ? "kept" : "failed" });
    }
    this.#registration.onupdatefound = () => this.#follow();
    this.#follow();
  }

  #follow() {
    const { installing, waiting, active } = this.#registration;
    if (installing) installing.onstatechange = () => this.#follow();
    if (active) this.#change({ state: "kept", newer: waiting !== null });
    else if (!installing && !waiting) this.#change({ state: "failed" });
    if (active && !navigator.serviceWorker.controller) this.#comeUnder(active);
  }

  // On the first visit the page goes on under the worker that has the same release, so that all of it is there offline.
  async #comeUnder(worker) {
    try {
      const { RELEASE } = await import("./release.mjs");
      worker.postMessage({ release: RELEASE });
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // no connection: the next opening comes under it
    }
  }

  /** Show the browser's own question whether to install. */
  async install() {
    const { prompt } = this;
    this.#change({ prompt: null });
    await prompt.prompt();
  }
}
