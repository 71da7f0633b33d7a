// The office's background map: kept on the phone when a person asks, shown from there or from the server; says what is wrong with it.

import { fill, h, megabytes, say } from "./dom.mjs";
import { TileLayer } from "./map_tiles.mjs";
import { Archive, TilesUnusable } from "./pmtiles.mjs";
import { boxOf } from "./projection.mjs";
import { Refusal } from "./server.mjs";
import { language, t } from "./texts.mjs";
import { bytesHere, dropFiles, fetchFile, keptFile, keptSource, NoRoom, remoteSource, Replaced } from "./tile_store.mjs";

/** One for the whole of *app*: fetching goes on while other screens are shown. */
export class Background {
  #app;
  #url;
  #stop = null;
  #map = null;
  #layer = null;
  #opened = null;

  constructor(app) {
    this.#app = app;
    this.#url = `${app.api}map/tiles`;
  }

  /** Show the background on *map*, a MapCanvas; the element says how it stands and what can be done. */
  show(map) {
    this.#map = map;
    this.bar = h("progress", { "aria-label": t("Background map") });
    this.words = h("p", { class: "hint", role: "status" });
    this.actions = h("div", { class: "map-actions" });
    this.fault = h("p", { class: "fault", role: "alert" });
    this.bar.hidden = true;
    this.look();
    return h("section", {}, h("h2", {}, t("Background map")), this.words, this.bar, this.fault, this.actions);
  }

  /** The map is gone; fetching goes on. */
  leave() {
    this.#close();
    this.#map = null;
  }

  #close() {
    if (this.#map) this.#map.tiles = null;
    this.#layer?.close();
    this.#layer = null;
    this.#opened = null;
  }

  /** Look again at what the office offers and what the phone has. */
  async look() {
    const offered = this.#app.work.tiles;
    const kept = await keptFile();
    const begun = offered ? await bytesHere(offered) : 0;
    if (this.#stop) this.#offerToStop();
    else this.#offer(kept, offered, begun);
    await this.#open(kept, offered);
  }

  // From the phone, else from the server by pieces as they come into view, unless the person saves data.
  async #open(kept, offered) {
    const name = kept ? `kept ${kept.etag}` : (offered?.etag ?? null);
    if (!this.#map || name === this.#opened) return;
    this.#close();
    this.#opened = name;
    const source = kept ? keptSource(kept) : offered && !navigator.connection?.saveData && remoteSource(this.#url, offered);
    try {
      if (source) this.#lay(await Archive.open(source), name);
    } catch (error) {
      if (!(error instanceof Refusal)) this.#tell(error); // without a connection the words say already that it is not here
    }
    this.#map?.draw();
  }

  #lay(archive, name) {
    if (!this.#map || name !== this.#opened) return; // left, or another one meanwhile
    const layer = new TileLayer(archive, { arrived: () => this.#map?.draw(), failed: (error) => this.#tell(error) });
    const border = boxOf(this.#map.border.flat());
    if (border && !layer.covers(border)) return this.#tell(new TilesUnusable("elsewhere"));
    this.#layer = this.#map.tiles = layer;
  }

  #offer(kept, offered, begun) {
    const fetching = () => this.#fetch(offered);
    const size = offered && megabytes(offered.size, language());
    const isNew = offered && offered.etag !== kept?.etag;
    this.bar.hidden = true;
    say(this.words, keptWords(kept, offered));
    const label = begun ? t("Go on fetching the background map ({size})", { size }) : fetchWords(kept, size);
    fill(
      this.actions,
      isNew && h("button", { type: "button", class: "main", onclick: fetching }, label),
      (kept || begun > 0) && h("button", { type: "button", onclick: () => this.#drop() }, t("Remove it from the phone")),
    );
  }

  #offerToStop() {
    this.bar.hidden = false;
    fill(this.actions, h("button", { type: "button", onclick: () => this.#stop?.abort() }, t("Stop")));
  }

  async #fetch(file) {
    this.#stop = new AbortController();
    fill(this.fault);
    this.#offerToStop();
    try {
      await fetchFile(this.#url, file, { progress: (here) => this.#progress(here, file), signal: this.#stop.signal });
    } catch (error) {
      if (error.name !== "AbortError") this.#tell(error);
    }
    this.#stop = null;
    await this.look();
  }

  #progress(here, { size }) {
    Object.assign(this.bar, { max: size, value: here });
    say(this.words, t("{here} of {size}", { here: megabytes(here, language()), size: megabytes(size, language()) }));
  }

  async #drop() {
    fill(this.fault);
    await dropFiles();
    await this.look();
  }

  #tell(error) {
    if (error instanceof Replaced) this.#app.work.refresh(); // the new size and name come with the work
    fill(this.fault, sentence(error));
  }
}

function keptWords(kept, offered) {
  if (!kept && !offered) return t("The office has not provided a background map. Border, sites and your position are shown without it.");
  if (!kept) return t("The background map is not on this phone yet: without a connection it is not shown.");
  const size = megabytes(kept.size, language());
  return t("The background map is on this phone ({size}) and needs no connection.", { size });
}

function fetchWords(kept, size) {
  return kept ? t("Fetch the new background map ({size})", { size }) : t("Fetch the background map ({size})", { size });
}

function sentence(error) {
  if (error instanceof NoRoom) return lackingWords(megabytes(error.lacking, language()));
  if (error instanceof Replaced) return t("The office has replaced the background map meanwhile. Open the map again to fetch the new one.");
  if (error instanceof TilesUnusable || error.name === "InvalidStateError") return unusable(error.reason);
  if (error.status === 401) return t("Sign in again to fetch the background map.");
  if (error instanceof Refusal) return error.sentence || t("No connection: what has come of the background map stays; go on later.");
  if (error instanceof DOMException) return t("The phone does not keep the background map.");
  throw error;
}

const lackingWords = (size) => t("The phone lacks {size} of free space for the background map.", { size });

function unusable(reason) {
  const words = {
    kind: t("The office's background map holds no pictures (vector tiles are not shown). The map goes on without it."),
    packed: t("This browser cannot unpack the office's background map. The map goes on without it."),
    elsewhere: t("The office's background map shows another place. The map goes on without it."),
  };
  return words[reason] ?? t("The office's background map is damaged. The map goes on without it.");
}
