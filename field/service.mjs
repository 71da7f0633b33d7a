// The service worker: keeps one whole release of the client on the phone, so that the page opens without a connection.

import { onSync } from "./background.mjs";
import { FILES, RELEASE } from "./release.mjs";

const PREFIX = "field-";
const CACHE = PREFIX + RELEASE;
const SCOPE = new URL("./", location.href);
const KEPT = new Set(FILES);
const TRIES = 3;
const TYPES = { mjs: "text/javascript", css: "text/css", svg: "image/svg+xml", webmanifest: "application/manifest+json" };

addEventListener("install", (event) => event.waitUntil(keepRelease()));
addEventListener("activate", (event) => event.waitUntil(dropOthers()));
addEventListener("fetch", (event) => {
  const file = fileOf(event.request);
  if (KEPT.has(file)) event.respondWith(fromRelease(event.request, file));
});
addEventListener("sync", onSync);
addEventListener("message", (event) => {
  if (event.data === "take over") event.waitUntil(takeOver(event.source));
  if (event.data?.release === RELEASE) event.waitUntil(clients.claim()); // a first visit goes on with what it has loaded
});

// Every file or none: one that fails ends the installation, and the release before it goes on.
async function keepRelease() {
  const rest = JSON.parse(new TextDecoder().decode((await fetchFile("rest.json")).content));
  const bodies = await Promise.all(FILES.map((file) => (file in rest ? madeOf(file, rest[file]) : fetchFile(file))));
  await checkRelease(bodies.map(({ content }) => content));
  const had = await caches.has(CACHE);
  try {
    const cache = await caches.open(CACHE);
    await Promise.all(bodies.map(({ answer }, index) => cache.put(new URL(FILES[index], SCOPE), answer)));
  } catch (error) {
    if (!had) await caches.delete(CACHE);
    throw error;
  }
}

// A file out of the one answer that holds what the first screen does not ask for.
function madeOf(file, text) {
  const content = new TextEncoder().encode(text);
  const type = TYPES[file.slice(file.lastIndexOf(".") + 1)];
  return { answer: new Response(content, { headers: { "Content-Type": type } }), content };
}

async function fetchFile(file) {
  for (let left = TRIES; ; ) {
    try {
      const answer = await fetch(new URL(file, SCOPE), { cache: "no-cache" }); // unchanged files are not sent again
      if (!answer.ok) throw new TypeError(`${file} answered ${answer.status}`);
      return { answer: answer.clone(), content: await answer.arrayBuffer() };
    } catch (error) {
      if (!(error instanceof TypeError) || !(left -= 1)) throw error;
    }
  }
}

// The release's name is a hash over its files (survey/web/field.py): another hash is a mixture of two releases.
async function checkRelease(contents) {
  const digests = await Promise.all(contents.map(digest));
  const lines = FILES.map((file, index) => `${file} ${digests[index]}\n`).join("");
  if ((await digest(new TextEncoder().encode(lines))) !== RELEASE) throw new Error("the files are not of one release");
}

async function digest(content) {
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", content));
  return Array.from(bytes.subarray(0, 16), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function dropOthers() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith(PREFIX) && name !== CACHE).map((name) => caches.delete(name)));
}

// Which file of the client *request* asks for; null for everything else (the API, other pages), which goes to the network.
function fileOf({ method, mode, url }) {
  const { origin, pathname } = new URL(url);
  if (method !== "GET" || origin !== SCOPE.origin || !pathname.startsWith(SCOPE.pathname)) return null;
  return mode === "navigate" ? "./" : pathname.slice(SCOPE.pathname.length) || "./";
}

async function fromRelease(request, file) {
  const cache = await caches.open(CACHE);
  return (await cache.match(new URL(file, SCOPE), { ignoreVary: true })) ?? fetch(request);
}

// Only where one page is open: another one would go on with modules of both releases.
async function takeOver(page) {
  const open = await clients.matchAll({ type: "window", includeUncontrolled: true });
  const ours = open.filter(({ url }) => url.startsWith(SCOPE.href));
  if (ours.length > 1) page.postMessage("other pages are open");
  else await skipWaiting();
}
