// Below the outbox: the phone's room, saving what waits to a file, and bringing in a file that another phone saved.

import { fill, h, megabytes, say } from "./dom.mjs";
import { FileFault, savedOutbox, takeOutbox } from "./outbox_file.mjs";
import { askToStay, lastingWords, photoSize, room, roomWords } from "./storage.mjs";
import { language, t } from "./texts.mjs";

/** The tools of *app*'s outbox, `{element, draw, close}`; *brought* is called once visits were brought in. */
export function outboxTools(app, brought) {
  const space = h("div", { class: "space" });
  const saving = new Saving(app);
  const element = h("div", {}, space, saving.element, bringing(app, brought));
  return { element, close: () => saving.close(), draw: (drafts, sent) => draw(space, saving, drafts, sent) };
}

async function draw(space, saving, drafts, sent) {
  saving.offer(drafts.some((draft) => draft.state !== "refused"));
  if (drafts.length) await askToStay();
  const here = await room();
  if (!here) return;
  const { text, tight } = roomWords(here, photoSize([...drafts, ...sent]));
  const words = h("p", { class: tight ? "notice" : "hint", role: tight ? "alert" : null }, text);
  fill(space, words, h("p", { class: "hint" }, lastingWords(here)));
}

// Makes the files, then offers each to keep or to hand on.
class Saving {
  #app;
  #links = []; // addresses of the files in memory's stead
  #button = h("button", { type: "button", id: "save-outbox" }, t("Save the outbox to a file"));
  #state = h("p", { class: "hint", role: "status" });
  #files = h("div", { class: "files" });

  constructor(app) {
    this.#app = app;
    this.#button.addEventListener("click", () => this.#save());
    const title = h("summary", {}, t("Last resort: a file"));
    const way = h("p", {}, t("If this phone cannot send any more: save, bring the file to the office, and hand it in there."));
    const care = h("p", { class: "hint" }, t("The file shows people's homes: give it to nobody else, and delete it afterwards."));
    this.element = h("details", { class: "group" }, title, way, care, this.#button, this.#state, this.#files);
  }

  offer(something) {
    this.element.hidden = !something;
  }

  close() {
    this.#links.forEach((link) => URL.revokeObjectURL(link));
  }

  async #save() {
    this.#button.disabled = true;
    let read = 0;
    const progress = (bytes) => say(this.#state, t("Reading, {size} so far…", { size: megabytes((read += bytes), language()) }));
    try {
      const files = await savedOutbox(this.#app.work.me, progress);
      say(this.#state, t("Ready. Nothing was removed from this phone."));
      fill(this.#files, files.map((file) => this.#row(file)));
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
      say(this.#state, t("The phone cannot read what it keeps. Start the phone again, then try again."));
    }
    this.#button.disabled = false;
  }

  #row({ name, blob }) {
    const href = URL.createObjectURL(blob);
    this.#links.push(href);
    const keep = h("a", { class: "button main", href, download: name }, `${t("Keep the file")} (${megabytes(blob.size, language())})`);
    const file = new File([blob], name, { type: blob.type });
    const hand = h("button", { type: "button", onclick: () => share(file) }, t("Hand it on…"));
    return h("div", {}, h("p", { class: "hint" }, name), keep, navigator.canShare?.({ files: [file] }) ? hand : null);
  }
}

async function share(file) {
  try {
    await navigator.share({ files: [file] });
  } catch (error) {
    if (!(error instanceof DOMException)) throw error; // the person thought better of it; the file can still be kept
  }
}

function bringing(app, brought) {
  const input = h("input", { type: "file", accept: ".zip,application/zip", class: "unseen", tabindex: -1, id: "saved-outbox" });
  const button = h("button", { type: "button", onclick: () => input.click() }, t("Choose a saved outbox"));
  const state = h("p", { class: "hint", role: "status" });
  input.addEventListener("change", async () => {
    const [file] = input.files;
    if (!file) return;
    button.disabled = true;
    const found = await bring(file, app, (words) => say(state, words));
    state.className = found.fault ? "fault" : "hint";
    say(state, found.words);
    input.value = "";
    button.disabled = false;
    if (!found.fault) brought();
  });
  const hint = t("What a phone saved to a file goes into this outbox and is sent from here, in the name of who did the work.");
  const title = h("summary", {}, t("Bring in a saved outbox"));
  return h("details", { class: "group", open: app.embedded }, title, h("p", { class: "hint" }, hint), button, input, state);
}

async function bring(file, app, tell) {
  let read = 0;
  const progress = (bytes) => tell(t("Checking, {size} so far…", { size: megabytes((read += bytes), language()) }));
  try {
    const { taken, known } = await takeOutbox(file, app.work.me, progress);
    return { fault: false, words: t("{taken} visits were taken over; {known} were here or sent before.", { taken, known }) };
  } catch (error) {
    if (error instanceof FileFault) return { fault: true, words: faultWords(error) };
    if (!(error instanceof DOMException)) throw error;
    const words = t("There is no room here for the file, or it cannot be read. Copy it to this computer, then choose it again.");
    return { fault: true, words };
  }
}

function faultWords({ code, entry }) {
  const words = {
    DAMAGED: t("The file is damaged at {entry}. Nothing was taken; save the outbox on the phone once more.", { entry }),
    FOREIGN: t("This is no saved outbox, or another program packed it anew. Nothing was taken; choose the file as the phone saved it."),
    COMMUNE: t("This outbox belongs to another commune. Nothing was taken."),
    PERSON: t("This is another person's work. A reviewer or a coordinator can hand it in. Nothing was taken."),
  }; // prettier-ignore
  return words[code];
}
