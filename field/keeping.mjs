// Keeping the page on the phone: registers the service worker, changes to a new release where nothing is open, offers the installation.

const PATIENCE_MS = 1000; // for the change to a new release at the start; afterwards the page opens as it is

/** What the browser does to keep this page; listeners hear of every change of `state`, `newer`, `blocked` and `prompt`. */
export class Keeping {
  #listeners = new Set();
  #registration = null;

  constructor() {
    this.state = navigator.serviceWorker ? "asked" : "impossible"; // then "kept" or "failed"
    this.newer = false; // a new release waits
    this.blocked = false; // it cannot be loaded while other pages are open
    this.prompt = null; // the browser's own offer to install
    addEventListener("beforeinstallprompt", (event) => {
      event.preventDefault(); // offered where the person looks for it, not over the work
      this.#change({ prompt: event });
    });
    addEventListener("appinstalled", () => this.#change({ prompt: null }));
    navigator.serviceWorker?.addEventListener("message", ({ data }) => data === "other pages are open" && this.#change({ blocked: true }));
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

  /** At the start, before anything is shown: go over to a release that waits. Whether the page is loaded anew by that. */
  async takeNewest() {
    const registration = await navigator.serviceWorker?.getRegistration();
    if (!registration?.waiting || !navigator.serviceWorker.controller) return false;
    const changed = new Promise((resolve) => navigator.serviceWorker.addEventListener("controllerchange", () => resolve(true), { once: true }));
    registration.waiting.postMessage("take over");
    const taken = await Promise.race([changed, new Promise((resolve) => setTimeout(resolve, PATIENCE_MS, false))]);
    if (taken) location.reload();
    return taken;
  }

  /** Load the release that waits; what was begun is kept and opened again. */
  loadNewest() {
    navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
    this.#registration.waiting.postMessage("take over");
  }

  /** Put the page on the phone and look for a newer release: once the first screen stands, since this takes the line. */
  async begin() {
    if (!navigator.serviceWorker) return;
    addEventListener("online", () => this.#register());
    await this.#register();
  }

  async #register() {
    try {
      const options = { type: "module", scope: "./", updateViaCache: "none" };
      this.#registration = await navigator.serviceWorker.register(new URL("service.mjs", import.meta.url), options);
    } catch (error) {
      // No connection, or a browser without modules in service workers.
      return this.#change({ state: navigator.serviceWorker.controller ? "kept" : "failed" });
    }
    this.#follow(this.#registration);
    this.#registration.onupdatefound = () => this.#follow(this.#registration);
  }

  #follow({ installing, waiting, active }) {
    if (waiting && active) this.#change({ newer: true });
    if (active) this.#kept();
    if (installing) installing.onstatechange = () => this.#follow(this.#registration);
    if (!installing && !active) this.#change({ state: "failed" });
  }

  // On the first visit the page goes on under the worker that has the same release, so that all of it is there offline.
  async #kept() {
    this.#change({ state: "kept" });
    if (navigator.serviceWorker.controller) return;
    const { RELEASE } = await import("./release.mjs");
    this.#registration.active.postMessage({ release: RELEASE });
  }

  /** Show the browser's own question whether to install. */
  async install() {
    const { prompt } = this;
    this.#change({ prompt: null });
    await prompt.prompt();
  }
}
