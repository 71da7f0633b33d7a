// Handing in anew: a draft that starts from what was sent and names the submission that it replaces.

const NUMBERED = /_(\d+)\.\w+$/; // the number in a photo's name, which no later photo may take

/** The draft that corrects the sent *draft*, whose *photos* are kept where the server has them; `{draft, photos}`. */
export function correction(draft, photos) {
  const { xml, receipt, endedAt, files, trouble, ...rest } = draft;
  const stored = new Set((files ?? photos).filter((file) => file.state === "stored").map((file) => file.name));
  const good = photos.filter((photo) => stored.has(photo.name));
  const names = new Set(good.map((photo) => photo.name));
  const lost = new Set(photos.map((photo) => photo.name).filter((name) => !names.has(name)));
  const data = without(draft.data, lost);
  const now = new Date().toISOString();
  const next = { ...rest, id: `uuid:${crypto.randomUUID()}`, data, replaces: draft.id, state: "open", changedAt: now };
  return { draft: next, photos: good.map((photo) => ({ ...photo, draft: next.id, state: "stored" })) };
}

/** The sealed *draft*, whose id the server has with other content, as a submission of its own: same answers, same *photos*, new id. */
export function asNew(draft, photos) {
  const id = `uuid:${crypto.randomUUID()}`;
  const xml = draft.xml.replace(`<instanceID>${draft.id}</instanceID>`, `<instanceID>${id}</instanceID>`);
  const files = draft.files.map((file) => ({ ...file, state: file.here ? "waiting" : file.state, trouble: null }));
  const next = { ...draft, id, xml, files, state: "sending", receipt: null, trouble: null };
  return { draft: next, photos: photos.map((photo) => ({ ...photo, draft: id })) };
}

/** The draft that does the returned *record* once more, read from what the server has of it; `{draft, photos}`. Raises Refusal. */
export async function returnedWork(work, record, desk) {
  const { xml, files } = await work.instance(record.id);
  const root = new DOMParser().parseFromString(xml, "text/xml").documentElement;
  const tree = await work.tree(record.form, record.version);
  const answers = dataOf(tree.children, root);
  const captures = [...root.getElementsByTagName("photo")].filter((one) => one.closest("survey"));
  const captureOf = ({ name }) => captures.find((one) => one.getAttribute("name") === name);
  const photos = await Promise.all(files.map((file) => photoOf(work, file, captureOf(file))));
  const draft = {
    id: record.id, person: work.me.person, form: tree.form, version: tree.version, title: tree.title, site: record.site,
    hamlet: root.querySelector("survey > hamlet")?.textContent ?? null, consent: saidIn(root),
    data: answers, reason: record.reason, desk, fix: null, place: null,
    startedAt: new Date().toISOString(),
    photoCount: Math.max(0, ...files.map(({ name }) => Number(NUMBERED.exec(name)?.[1] ?? 0))),
  }; // prettier-ignore
  return correction(draft, photos);
}

// What the people of the place said; where nobody was asked, they are asked this time.
function saidIn(root) {
  const said = root.querySelector("survey > consent")?.textContent;
  return said === "given" || said === "refused" ? said : null;
}

// The answers under *element* as a draft holds them; what was not relevant is not there and not answered.
function dataOf(nodes, element) {
  const data = {};
  for (const node of nodes) {
    const found = [...(element?.children ?? [])].filter((child) => child.localName === node.name);
    if (node.kind === "group") data[node.name] = dataOf(node.children, found[0]);
    else if (node.kind === "repeat") data[node.name] = found.map((one) => dataOf(node.children, one));
    else if (node.kind !== "note") data[node.name] = found[0]?.textContent ?? "";
  }
  return data;
}

// A photo whose bytes the server has: here it is its small `picture` and what the phone knew of it.
async function photoOf(work, file, capture) {
  const given = (name) => capture?.getAttribute(name) ?? null;
  const stored = file.state === "stored";
  return {
    name: file.name, sha256: file.sha256, state: file.state, size: Number(given("size")) || null, source: given("source"),
    kind: file.name.split(".").pop(), bytes: null, picture: stored ? await work.picture(file.sha256) : null,
    lastModified: given("last-modified"),
    before: fixOf(capture, "before"), after: fixOf(capture, "after"), reason: null,
  }; // prettier-ignore
}

function fixOf(capture, name) {
  const fix = [...(capture?.children ?? [])].find((child) => child.localName === name);
  if (!fix) return null;
  const number = (key) => (fix.hasAttribute(key) ? Number(fix.getAttribute(key)) : null);
  return {
    latitude: number("latitude"), longitude: number("longitude"), accuracy: number("accuracy"), altitude: number("altitude"),
    at: fix.getAttribute("at"),
  }; // prettier-ignore
}

// *data* with no answer where it names one of the files *names*.
function without(data, names) {
  if (typeof data === "string") return names.has(data) ? "" : data;
  if (Array.isArray(data)) return data.map((one) => without(one, names));
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, without(value, names)]));
}
