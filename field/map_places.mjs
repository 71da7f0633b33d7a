// What the map shows: border, hamlets and sites brought into the square of projection.mjs, each site with how far the work there is.

import { project } from "./projection.mjs";

/** The rings of a GeoJSON Polygon or MultiPolygon *geometry*, projected; none where there is no border. */
export function ringsOf(geometry) {
  const polygons = { Polygon: [geometry?.coordinates], MultiPolygon: geometry?.coordinates }[geometry?.type] ?? [];
  return polygons.flat().map(lineOf);
}

const lineOf = (points) => points.map(([longitude, latitude]) => project(longitude, latitude));

/** The places of the map for the *entries* of a Register; where no checklist fits there is nothing to show. What is to do comes last. */
export function placesOf(entries) {
  const places = entries.filter(({ wanted }) => wanted).map((entry) => {
    const { site } = entry;
    const [x, y] = site.latitude === null ? [null, null] : project(site.longitude, site.latitude);
    const state = stateOf(entry);
    return { entry, site, state, mark: `${site.kind} ${state}`, x, y, line: site.line?.length ? lineOf(site.line) : null };
  }); // prettier-ignore
  return places.sort((a, b) => (a.state === "done" ? 0 : 1) - (b.state === "done" ? 0 : 1));
}

// What a person has to look after goes before what is done.
function stateOf({ states, open }) {
  const found = new Set(states.values());
  if (found.has("sending")) return "unsent";
  if (found.has("begun")) return "draft";
  return open ? "todo" : "done";
}

/** Every point that *places* take on the map. */
export const pointsOf = (places) => places.flatMap(({ x, y, line }) => [...(x === null ? [] : [[x, y]]), ...(line ?? [])]);

/** The names of the server's *hamlets* where they lie, each with the number of *places* that are not done. */
export function labelsOf(hamlets, places) {
  const open = new Map();
  for (const { site, state } of places) if (state !== "done") open.set(site.hamlet, (open.get(site.hamlet) ?? 0) + 1);
  const placed = hamlets.filter(({ latitude }) => latitude !== null);
  return placed.map(({ id, name, latitude, longitude }) => {
    const [x, y] = project(longitude, latitude);
    return { x, y, text: open.has(id) ? `${name} · ${open.get(id)}` : `${name} ✓` };
  });
}
