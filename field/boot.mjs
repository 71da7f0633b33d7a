// Starts the client on its own page. The first questions go out while the modules are still coming: on a slow line each wait counts.

const PATIENCE_MS = 20_000;
const page = { asked: {}, prompt: null };

if (!navigator.serviceWorker?.controller) for (const name of ["me", "work"]) page.asked[name] = ask(name); // else there are copies
addEventListener("beforeinstallprompt", (event) => {
  event.preventDefault(); // offered where the person looks for it, not over the work
  page.prompt = event;
});
const { mount } = await import("./app.mjs");
mount(document.getElementById("app"), { page });

function ask(name) {
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const asked = fetch(`/api/${name}`, { headers: { Accept: "application/json" }, cache: "no-store", signal });
  asked.catch(() => {}); // heard where the answer is read
  return asked;
}
