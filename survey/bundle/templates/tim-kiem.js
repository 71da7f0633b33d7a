// The report's search: sites, codes, people, submissions, photo names and starts of SHA-256, without diacritics, all of it on this disk.
(function () {
  "use strict";
  const SHOWN = 40; // of each kind; more words narrow it down
  const PAUSE = 120; // ms after the last key
  const KINDS = [
    ["head", "Tiêu chí và thôn"],
    ["site", "Đối tượng"],
    ["record", "Bài nộp"],
    ["photo", "Ảnh"],
  ];
  const entries = [];

  /** *text* in small letters without marks, đ as d, white space made single. */
  function fold(text) {
    return text
      .normalize("NFD")
      .replace(/\p{Mn}/gu, "")
      .replace(/[đĐ]/g, "d")
      .toLowerCase()
      .replace(/\s+/g, " ")
      .trim();
  }

  function add(kind, href, title, about, words, sha256) {
    entries.push({ kind, href, title, about, folded: fold(words), sha256: sha256 || "" });
  }

  /** Takes criteria and places: `[address, name, edition]` each. */
  window.ntmHeads = (heads) => {
    for (const [href, name, edition] of heads) add("head", href, name, edition, `${name} ${edition}`);
  };

  /** Takes one page of evidence; survey/bundle/search_index.py says how it is made. */
  window.ntmFind = ([place, page, sites]) => {
    for (const [anchor, code, name, kind, records] of sites) {
      const where = `${code} · ${name}${place ? ` · ${place}` : ""}`;
      add("site", `${page}#${anchor}`, `${code} · ${name}`, [kind, place].filter(Boolean).join(" · "), `${code} ${name} ${place} ${kind}`);
      for (const [record, number, form, person, reviewer, day, photos] of records) {
        const about = `${where} · ${person} · ${day}`;
        const words = `${number} ${form} ${person} ${reviewer} ${day} ${code} ${name}`;
        add("record", `${page}#${record}`, `${number} · ${form}`, about, words);
        for (const [photo, label, sha256] of photos) {
          const title = photo || label;
          const said = sha256 ? `${where} · ${number} · ${label} · SHA-256 ${sha256}…` : `${where} · ${number} · chưa có ảnh`;
          add("photo", `${page}#${photo || record}`, title, said, `${photo} ${label} ${number} ${code}`, sha256);
        }
      }
    }
  };

  function isFound(entry, words, sha256) {
    if (sha256 && entry.sha256 && entry.sha256.startsWith(sha256.slice(0, entry.sha256.length))) return true;
    return words.every((word) => entry.folded.includes(word));
  }

  function element(name, properties, ...children) {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  }

  function show(query) {
    const words = fold(query).split(" ").filter(Boolean);
    const sha256 = words.length === 1 && /^[0-9a-f]{4,64}$/.test(words[0]) ? words[0] : "";
    const found = words.length ? entries.filter((entry) => isFound(entry, words, sha256)) : [];
    const parts = KINDS.map(([kind, title]) => [title, found.filter((entry) => entry.kind === kind)]).filter(([, list]) => list.length);
    const box = document.getElementById("ket-qua-tim");
    box.replaceChildren(...parts.flatMap(([title, list]) => section(title, list)));
    const count = found.length ? `Tìm thấy ${found.length.toLocaleString("vi-VN")} mục.` : "Không tìm thấy gì.";
    document.getElementById("so-thay").textContent = words.length ? count : "";
  }

  function section(title, list) {
    const rows = list.slice(0, SHOWN).map((entry) => {
      const about = element("span", { textContent: entry.about });
      return element("li", {}, element("a", { href: entry.href }, element("b", { textContent: entry.title }), about));
    });
    const more = list.length > SHOWN ? [element("p", { className: "aside", textContent: `… và ${list.length - SHOWN} mục nữa; gõ thêm để thu hẹp.` })] : [];
    return [element("h2", { textContent: `${title} (${list.length})` }), element("ul", { className: "found" }, ...rows), ...more];
  }

  function move(event) {
    const box = document.getElementById("o-tim");
    const stops = [box, ...document.querySelectorAll("#ket-qua-tim a")];
    const at = stops.indexOf(document.activeElement);
    if (event.key === "Escape" && at > 0) box.focus();
    else if (event.key === "Enter" && at === 0 && stops[1]) stops[1].click();
    else if (event.key === "ArrowDown" && at >= 0) stops[Math.min(at + 1, stops.length - 1)].focus();
    else if (event.key === "ArrowUp" && at >= 0) stops[Math.max(at - 1, 0)].focus();
    else return;
    event.preventDefault();
  }

  function asked() {
    return decodeURIComponent((location.hash.match(/^#q=(.*)$/) || ["", ""])[1]);
  }

  document.addEventListener("DOMContentLoaded", () => {
    const box = document.getElementById("o-tim");
    let waiting = 0;
    const search = () => {
      clearTimeout(waiting);
      show(box.value);
      // So that going back finds the same list again.
      history.replaceState(null, "", `#q=${encodeURIComponent(box.value)}`);
    };
    document.getElementById("tim").hidden = false;
    document.getElementById("tim").addEventListener("keydown", (event) => {
      if (event.key === "Enter") search();
      move(event);
    });
    box.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(search, PAUSE);
    });
    addEventListener("hashchange", () => {
      box.value = asked();
      show(box.value);
    });
    box.value = asked();
    show(box.value);
    box.focus();
  });
})();
