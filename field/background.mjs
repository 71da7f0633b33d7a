// Sending when no page is open: the browser wakes the service worker once there is a connection (Background Sync, where it exists).

import { Sender } from "./send.mjs";

const TAG = "outbox";

/** Ask the browser to wake the service worker as soon as there is a connection. Browsers that cannot do it do nothing. */
export async function askForSync() {
  const worker = await navigator.serviceWorker?.getRegistration("/field/");
  if (!worker?.active || !worker.sync) return;
  try {
    await worker.sync.register(TAG);
  } catch (error) {
    if (!(error instanceof DOMException)) throw error; // the person has turned it off
  }
}

/** The service worker's `sync` *event*: send what waits; where something is left, the browser comes back to it. */
export function onSync(event) {
  if (event.tag !== TAG) return;
  const sender = new Sender(`${location.origin}/api/`, { alone: true });
  const work = sender.sendAll().then((done) => {
    if (!done) throw new Error("the outbox is not empty yet");
  });
  event.waitUntil(work.finally(() => sender.close()));
}
