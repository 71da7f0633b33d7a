// The instance XML of a filled form, the same as every other client hands in, with the survey's own block (DESIGN 2.4).

const OPENROSA = "http://openrosa.org/xforms";
const SURVEY = "urn:ntm-survey:capture:1";

/** The instance XML of *draft*, whose *answers* are complete; *photos* are the kept photo records, *device* this phone's id. */
export function instanceXml(draft, answers, photos, device) {
  const { tree } = answers;
  const attributes = { xmlns: tree.namespace ?? null, id: tree.form, version: tree.version };
  const body = [...children(answers, tree.children, []), meta(draft, device, answers.name), block(draft, photos)];
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element(tree.root, attributes, body)}\n`;
}

function* children(answers, nodes, at) {
  for (const node of nodes) {
    if (node.kind === "note" || !answers.isRelevant(node.path, at)) continue;
    if (node.kind === "group") yield element(node.name, {}, [...children(answers, node.children, at)]);
    else if (node.kind !== "repeat") yield element(node.name, {}, [text(answers.value(node.path, at))]);
    else {
      for (let number = 0; number < answers.value(node.path, at); number += 1) {
        yield element(node.name, {}, [...children(answers, node.children, [...at, number])]);
      }
    }
  }
}

function meta(draft, device, name) {
  const parts = [
    element("instanceID", {}, [text(draft.id)]),
    name && element("instanceName", {}, [text(name)]),
    draft.replaces && element("deprecatedID", {}, [text(draft.replaces)]),
    element("timeStart", {}, [text(draft.startedAt)]),
    element("timeEnd", {}, [text(draft.endedAt)]),
    element("deviceID", {}, [text(device)]),
  ];
  return element("meta", { xmlns: OPENROSA }, parts.filter(Boolean));
}

function block(draft, photos) {
  const parts = [
    draft.site && element("site", {}, [text(draft.site.site)]),
    draft.hamlet && element("hamlet", {}, [text(draft.hamlet)]),
    element("by", {}, [text(draft.person)]),
    draft.consent && element("consent", {}, [text(draft.consent)]),
    draft.notice && element("notice", {}, [text(draft.notice)]),
    fixElement("fix", draft.fix),
    ...photos.map(photoElement),
  ];
  return element("survey", { xmlns: SURVEY }, parts.filter(Boolean));
}

function photoElement(photo) {
  const attributes = {
    name: photo.name,
    source: photo.source,
    "last-modified": photo.lastModified,
    sha256: photo.sha256,
    size: photo.size,
  };
  return element("photo", attributes, [fixElement("before", photo.before), fixElement("after", photo.after)].filter(Boolean));
}

// A position that a person typed in carries placed="hand" and no accuracy or time: no device vouches for it.
function fixElement(name, fix) {
  if (!fix) return null;
  const { latitude, longitude, accuracy, altitude, at, placed } = fix;
  return element(name, { latitude, longitude, accuracy, altitude, at, placed }, []);
}

function element(name, attributes, content) {
  const given = Object.entries(attributes).filter(([, value]) => value !== null && value !== undefined);
  const opened = `<${name}${given.map(([key, value]) => ` ${key}="${text(String(value))}"`).join("")}`;
  return content.length ? `${opened}>${content.join("")}</${name}>` : `${opened}/>`;
}

// Composed letters, and nothing that XML 1.0 forbids.
function text(value) {
  return value
    .normalize("NFC")
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "")
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    .replace(/"/g, "&quot;")
    .replace(/\r/g, "&#13;");
}
