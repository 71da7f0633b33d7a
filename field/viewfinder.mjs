// The camera in the page: a layer over the form with the live view, the photo of last time upon it, and the shutter by the thumb.

import { Camera, whyNot } from "./camera.mjs";
import { fill, h, say } from "./dom.mjs";
import { ghostCanvas, overlay } from "./ghost.mjs";
import { drawn, smallPicture } from "./photos.mjs";
import { t } from "./texts.mjs";

const SCREEN_PX = 1280; // as wide as the photo is looked at here
const GHOST_SHARE = 45; // percent at first

/** The style sheet of the camera and of the earlier photos; whoever shows them puts it beside them. */
export const cameraStyle = () => h("link", { rel: "stylesheet", href: new URL("camera.css", import.meta.url) });

/**
 * Look through the camera inside *parent* until a photo is taken and approved: `{file, source, before, fixing, picture}` as
 * `Visit.takePhoto` wants them; `"system"` where the person asks for the phone's own camera, null where they give up.
 * *watch* knows the position, *earlier* is the photo of last time (see `Earlier.find`) or null.
 */
export function lookThrough(parent, { watch, earlier }) {
  return new Promise((resolve) => new Viewfinder(watch, earlier, resolve).open(parent));
}

class Viewfinder {
  #watch;
  #earlier;
  #resolve;
  #camera = null;
  #looks = 0; // counts openings: a camera that opens for a view which is gone is let go at once
  #shot = null;
  #ghost = null;
  #burning = false;

  constructor(watch, earlier, resolve) {
    this.#watch = watch;
    this.#earlier = earlier;
    this.#resolve = resolve;
    this.#build();
  }

  #build() {
    this.video = h("video", { playsinline: true, autoplay: true, "aria-label": t("View of the camera") });
    this.video.muted = true; // as an attribute it would come too late
    this.veil = h("div", { class: "veil" });
    this.taken = h("div", { class: "taken" });
    this.words = h("p", { class: "words", role: "alert" });
    this.stage = h("div", { class: "stage" }, this.video, this.veil, this.taken, this.words);
    const tap = (label, act, look = "plain") => h("button", { type: "button", class: look, onclick: act }, label);
    this.shutter = h("button", { type: "button", class: "shutter", "aria-label": t("Take a photo"), onclick: () => this.#shoot() });
    this.other = tap(t("Other camera"), () => this.#look(this.#camera.next));
    this.torch = tap(t("Torch"), () => this.#light());
    this.cancel = tap(t("Cancel"), () => this.#end(null));
    this.again = tap(t("Again"), () => this.#look());
    this.use = tap(t("Use the photo"), () => this.#use(), "main");
    this.retry = tap(t("Try again"), () => this.#look());
    this.system = tap(t("The phone's camera"), () => this.#end("system"), "main");
    this.slider = h("input", { type: "range", min: 0, max: 90, value: GHOST_SHARE, oninput: () => this.#shade() });
    this.shown = h("input", { type: "checkbox", checked: true, onchange: () => this.#shade() });
    this.ghostBar = h("div", { class: "ghost-bar", hidden: true }, h("label", {}, this.shown, h("span", {}, t("Last time"))), this.slider);
    this.slider.setAttribute("aria-label", t("How strong the photo of last time is"));
    const handles = [this.cancel, this.shutter, this.torch, this.other, this.again, this.use, this.retry, this.system];
    const controls = h("div", { class: "handles" }, handles);
    this.element = h("dialog", { class: "viewfinder", "aria-label": t("Camera") }, cameraStyle(), this.stage, this.ghostBar, controls);
  }

  open(parent) {
    parent.append(this.element);
    this.element.addEventListener("close", this.#gone); // Escape, or the phone's own way back
    this.video.addEventListener("resize", () => this.#place());
    this.video.addEventListener("playing", () => this.#camera && this.#mode("live"));
    document.addEventListener("visibilitychange", this.#visible);
    screen.orientation?.addEventListener("change", this.#turned);
    addEventListener("resize", this.#resized);
    addEventListener("popstate", this.#gone);
    addEventListener("pagehide", this.#gone);
    this.element.showModal();
    this.#look();
    this.#haunt();
  }

  #visible = () => (document.visibilityState === "visible" ? this.#resume() : this.#rest());
  #turned = () => this.#resume();
  #resized = () => this.#place();
  #gone = () => this.#end(null);

  // A photo that waits for its verdict needs no camera.
  #resume() {
    if (!this.#shot) this.#look(this.#camera?.device);
  }

  // Which handles are there: `opening`, `live`, `taking`, `decide`, `refused`.
  #mode(mode) {
    this.element.dataset.mode = mode;
    const live = mode === "live";
    this.video.hidden = ["decide", "refused"].includes(mode); // a hidden one would not begin to play
    this.shutter.hidden = !["live", "taking", "opening"].includes(mode);
    this.shutter.disabled = !live;
    this.torch.hidden = !live || !this.#camera.hasTorch;
    this.other.hidden = !live || this.#camera.devices.length < 2;
    this.again.hidden = this.use.hidden = mode !== "decide";
    this.system.hidden = this.retry.hidden = mode !== "refused";
    this.taken.hidden = mode !== "decide";
    this.veil.hidden = this.video.hidden;
    this.ghostBar.hidden = !this.#ghost || this.video.hidden;
    this.#place();
  }

  // Look through *device*, or the camera at the back.
  async #look(device = null) {
    this.#rest();
    this.#shot = null;
    fill(this.taken);
    say(this.words, "");
    this.#mode("opening");
    const mine = this.#looks;
    try {
      const camera = await Camera.open(device);
      if (mine !== this.#looks) return camera.close();
      this.#camera = camera;
      camera.track.addEventListener("ended", () => this.#camera === camera && this.#refuse("busy"));
      this.video.srcObject = camera.stream;
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
      if (mine === this.#looks) this.#refuse(whyNot(error));
    }
  }

  // Let the camera go; memory and battery are short.
  #rest() {
    this.#looks += 1;
    this.#camera?.close();
    this.#camera = null;
    this.#burning = false;
    this.torch.setAttribute("aria-pressed", "false");
    this.video.srcObject = null;
  }

  #refuse(why) {
    this.#rest();
    this.#mode("refused");
    say(this.words, reasons()[why]);
  }

  async #light() {
    this.#burning = await this.#camera.light(!this.#burning);
    this.torch.setAttribute("aria-pressed", String(this.#burning));
  }

  async #shoot() {
    this.#mode("taking");
    const mine = this.#looks;
    const before = this.#watch.last;
    const fixing = this.#watch.next({ patient: true });
    try {
      const shot = await this.#camera.take(this.video);
      if (mine === this.#looks) await this.#show({ ...shot, before, fixing });
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
      if (mine === this.#looks) this.#refuse("busy");
    }
  }

  // The photo as it was taken; it is decoded this once.
  async #show(shot) {
    this.#rest();
    this.#shot = shot;
    shot.canvas = await drawn(shot.blob, SCREEN_PX);
    if (this.#shot !== shot) return;
    fill(this.taken, shot.canvas);
    this.#mode("decide");
    this.use.focus();
  }

  async #use() {
    const { blob, source, at, before, fixing, canvas } = this.#shot;
    const picture = canvas && (await smallPicture(canvas));
    const file = new File([blob], "photo", { type: blob.type, lastModified: at });
    this.#end({ file, source, before, fixing, picture });
  }

  async #haunt() {
    const canvas = this.#earlier && (await ghostCanvas(this.#earlier, SCREEN_PX));
    if (!canvas) return;
    this.#ghost = canvas;
    fill(this.veil, canvas);
    this.ghostBar.hidden = this.video.hidden;
    this.#shade();
    this.#place();
  }

  #shade() {
    this.veil.style.opacity = this.shown.checked ? this.slider.value / 100 : 0;
    this.slider.disabled = !this.shown.checked;
  }

  // Lay the ghost where the picture will be.
  #place() {
    const view = { width: this.video.videoWidth, height: this.video.videoHeight };
    if (!this.#ghost || !view.width || this.video.hidden) return;
    const box = { width: this.stage.clientWidth, height: this.stage.clientHeight };
    const { left, top, width, height, turned } = overlay(box, view, this.#ghost);
    Object.assign(this.#ghost.style, { left: `${left}px`, top: `${top}px`, width: `${width}px`, height: `${height}px` });
    say(this.words, turned ? t("The photo of last time was taken the other way: turn the phone.") : "");
  }

  #end(outcome) {
    this.#rest();
    document.removeEventListener("visibilitychange", this.#visible);
    screen.orientation?.removeEventListener("change", this.#turned);
    removeEventListener("resize", this.#resized);
    removeEventListener("popstate", this.#gone);
    removeEventListener("pagehide", this.#gone);
    this.element.close();
    this.element.remove();
    this.#resolve(outcome);
  }
}

const reasons = () => ({
  denied: t("The browser may not use the camera. Tap the lock beside the address, allow the camera, then try again."),
  absent: t("This phone shows the page no camera. Take the photo with the phone's camera."),
  busy: t("The camera is in use elsewhere, or stopped. Close other apps that use it, then try again."),
});
