// One camera of this phone: opens it, takes a photo with it, lights the torch, lets it go. The page around it is viewfinder.mjs.

const LIVE_VIEW = { width: { ideal: 1440 }, height: { ideal: 1080 } }; // takePhoto brings its own size; more would only cost memory
const WHOLE_FRAME = { width: { ideal: 2560 }, height: { ideal: 1920 } }; // where a frame of the live view is the photo
const LONGEST_PX = 4096; // twelve megapixels: what the phone's own camera hands over
const FRAME_QUALITY = 0.92;
const PATIENCE_MS = 8000; // some phones never answer takePhoto; a frame is then better than waiting

/** Whether this browser lets a page look through the camera. */
export const canLook = () => Boolean(navigator.mediaDevices?.getUserMedia);

/** A camera that is open. `close()` lets it go, as every caller must. */
export class Camera {
  #encoder;

  constructor(stream, devices) {
    this.stream = stream;
    this.track = stream.getVideoTracks()[0];
    this.devices = devices;
    this.device = this.track.getSettings().deviceId;
    this.hasTorch = Boolean(this.track.getCapabilities?.().torch);
    this.#encoder = window.ImageCapture ? new ImageCapture(this.track) : null;
  }

  /** Open the camera *device*, or the one at the back. Raises DOMException: see `whyNot`. */
  static async open(device = null) {
    const which = device ? { deviceId: { exact: device } } : { facingMode: { ideal: "environment" } };
    const size = window.ImageCapture ? LIVE_VIEW : WHOLE_FRAME;
    const stream = await navigator.mediaDevices.getUserMedia({ audio: false, video: { ...which, ...size } });
    const devices = await navigator.mediaDevices.enumerateDevices();
    return new Camera(stream, devices.filter(({ kind }) => kind === "videoinput").map(({ deviceId }) => deviceId));
  }

  /** Let the camera go; its light goes out. */
  close() {
    this.stream.getTracks().forEach((track) => track.stop());
  }

  /** The camera after this one, where there are several. */
  get next() {
    return this.devices[(this.devices.indexOf(this.device) + 1) % this.devices.length];
  }

  /** Light the torch, or put it out; whether it burns now. */
  async light(on) {
    try {
      await this.track.applyConstraints({ advanced: [{ torch: on }] });
      return on;
    } catch (error) {
      if (error instanceof DOMException) return false;
      throw error;
    }
  }

  /**
   * A photo: the encoder's own bytes where the browser has one (`source` in_page), else one frame of *video* (`frame`), and the moment
   * `at` in milliseconds. Raises DOMException where the camera was taken away.
   */
  async take(video) {
    const at = Date.now();
    const blob = await this.#encoded();
    if (blob?.size) return { blob, source: "in_page", at };
    return { blob: await frame(video), source: "frame", at: Date.now() };
  }

  // The bytes of the camera's encoder; null where it has none, fails or does not answer.
  async #encoded() {
    if (!this.#encoder) return null;
    const late = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS, null));
    try {
      return await Promise.race([this.#encoder.takePhoto(await this.#largest()), late]);
    } catch (error) {
      if (error instanceof DOMException) return null;
      throw error;
    }
  }

  // Without a wish the encoder gives no more than the live view.
  async #largest() {
    const { imageWidth, imageHeight } = await this.#encoder.getPhotoCapabilities();
    if (!imageWidth?.max || !imageHeight?.max) return {};
    return { imageWidth: Math.min(imageWidth.max, LONGEST_PX), imageHeight: Math.min(imageHeight.max, LONGEST_PX) };
  }
}

async function frame(video) {
  const canvas = document.createElement("canvas");
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  if (!canvas.width) throw new DOMException("the camera shows nothing", "NotReadableError");
  canvas.getContext("2d").drawImage(video, 0, 0);
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", FRAME_QUALITY));
  canvas.width = 0; // gives the memory back now, not at some collection
  return blob;
}

/** Why the camera did not open, of the DOMException *error*: `denied`, `absent` or `busy`. */
export function whyNot(error) {
  if (error.name === "NotAllowedError" || error.name === "SecurityError") return "denied";
  return error.name === "NotFoundError" || error.name === "OverconstrainedError" ? "absent" : "busy";
}
