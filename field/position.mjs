// The phone's position: watched while a person works, shown in words, never invented.

const WATCH = { enableHighAccuracy: true, maximumAge: 0, timeout: 60_000 };

/** Words for an accuracy radius in metres; above 100 m there is no usable position, the rest is display only. */
export function grade(accuracy) {
  if (accuracy === null || accuracy === undefined || accuracy > 100) return "unusable";
  if (accuracy > 30) return "weak";
  return accuracy > 10 ? "fair" : "good";
}

/** Great-circle metres between two places; good enough to put the nearest first. */
export function metres(a, b) {
  const radians = Math.PI / 180;
  const haversine = (angle) => Math.sin(angle / 2) ** 2;
  const inner =
    haversine((b.latitude - a.latitude) * radians) +
    Math.cos(a.latitude * radians) * Math.cos(b.latitude * radians) * haversine((b.longitude - a.longitude) * radians);
  return 2 * 6_371_009 * Math.asin(Math.sqrt(inner));
}

/** Watches the phone's position; tells listeners of every fix and every failure. */
export class Watch {
  constructor() {
    this.last = null;
    this.failure = null;
    this.listeners = new Set();
    this.number = null;
  }

  /** Begin, or begin again after a refusal. */
  start() {
    this.stop();
    if (!navigator.geolocation) return this.#tell(null, "absent");
    this.number = navigator.geolocation.watchPosition(
      ({ coords, timestamp }) => this.#tell(fixOf(coords, timestamp), null),
      (error) => this.#tell(null, error.code === error.PERMISSION_DENIED ? "denied" : "searching"),
      WATCH,
    );
  }

  /** Stop listening to the phone; the last fix stays known. */
  stop() {
    if (this.number !== null) navigator.geolocation.clearWatch(this.number);
    this.number = null;
  }

  /** Call *listener* at every change until the returned function is called. */
  listen(listener) {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /**
   * The first fix that the phone gives from now on, or null where it gives none within a minute; *patient* waits on.
   * It is asked for anew as well, since a watch may be silent where nothing moves.
   */
  next({ patient = false } = {}) {
    return new Promise((resolve) => {
      if (!navigator.geolocation) return resolve(null);
      const end = (fix) => {
        deaf();
        resolve(fix);
      };
      const deaf = this.listen(({ last, failure }) => failure || end(last));
      if (!patient) setTimeout(end, WATCH.timeout, null);
      navigator.geolocation.getCurrentPosition(
        ({ coords, timestamp }) => this.#tell(fixOf(coords, timestamp), null),
        (error) => error.code === error.PERMISSION_DENIED && !patient && end(null), // "unavailable" may pass in a second
        WATCH,
      );
    });
  }

  #tell(fix, failure) {
    if (fix) this.last = fix;
    this.failure = failure;
    this.listeners.forEach((listener) => listener(this));
  }
}

/**
 * *fix* as a form's answer, `latitude longitude altitude accuracy`. The format has no word for an altitude that the phone does not know:
 * it is 0 there, as ODK Collect writes it, so that a form may ask for the accuracy.
 */
export function geopointText({ latitude, longitude, altitude, accuracy }) {
  return (accuracy === null ? [latitude, longitude] : [latitude, longitude, altitude ?? 0, accuracy]).join(" ");
}

function fixOf(coords, timestamp) {
  const given = (value) => (typeof value === "number" && Number.isFinite(value) ? value : null);
  return {
    latitude: coords.latitude,
    longitude: coords.longitude,
    accuracy: given(coords.accuracy),
    altitude: given(coords.altitude),
    heading: given(coords.heading),
    at: new Date(timestamp).toISOString(),
  };
}
