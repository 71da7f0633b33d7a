// Every page of the report: light or dark, as the reader last chose; closed parts open for a link and for the printer; the map by criterion.
(function () {
  "use strict";
  const KEY = "ntm-bao-cao-nen";
  const root = document.documentElement;
  const OUTCOMES = { met: "✓", not_met: "✗", not_enough_data: "?" };

  function remembered() {
    // A browser may forbid storage to pages from a disk.
    try {
      return localStorage.getItem(KEY);
    } catch {
      return null;
    }
  }

  function remember(theme) {
    try {
      localStorage.setItem(KEY, theme);
    } catch {
      // It holds until the page is left.
    }
  }

  function isDark() {
    return root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  }

  function addSwitch() {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "tool";
    const say = () => {
      button.textContent = isDark() ? "Nền sáng" : "Nền tối";
    };
    button.addEventListener("click", () => {
      root.dataset.theme = isDark() ? "light" : "dark";
      remember(root.dataset.theme);
      say();
    });
    say();
    document.querySelector(".tools").append(button);
  }

  function openFor(fragment) {
    const target = fragment.length > 1 && document.getElementById(decodeURIComponent(fragment.slice(1)));
    if (!target) return;
    let opened = false;
    for (let at = target.closest("details"); at; at = at.parentElement.closest("details")) {
      opened = opened || !at.open;
      at.open = true;
    }
    if (opened) target.scrollIntoView();
  }

  function openForPaper() {
    const closed = [];
    addEventListener("beforeprint", () => {
      document.querySelectorAll("details:not([open])").forEach((one) => {
        one.open = true;
        closed.push(one);
      });
    });
    addEventListener("afterprint", () => {
      while (closed.length) closed.pop().open = false;
    });
  }

  function paintMap(choice) {
    const map = document.querySelector("#ban-do-xa .map");
    const chosen = choice.value !== "";
    map.classList.toggle("judged", chosen);
    document.getElementById("ten-tieu-chi").textContent = chosen ? `${choice.selectedOptions[0].textContent}:` : "";
    map.querySelectorAll("[data-verdicts]").forEach((part) => {
      const verdict = chosen ? part.dataset.verdicts.split(" ")[Number(choice.value)] : "-";
      part.classList.remove(...Object.keys(OUTCOMES));
      if (verdict in OUTCOMES) part.classList.add(verdict);
      if (part.matches("text")) {
        part.dataset.name = part.dataset.name || part.textContent;
        part.textContent = verdict in OUTCOMES ? `${OUTCOMES[verdict]} ${part.dataset.name}` : part.dataset.name;
      }
    });
  }

  if (remembered() === "dark" || remembered() === "light") root.dataset.theme = remembered();
  document.addEventListener("DOMContentLoaded", () => {
    addSwitch();
    openForPaper();
    openFor(location.hash);
    addEventListener("hashchange", () => openFor(location.hash));
    const choice = document.getElementById("tieu-chi-ban-do");
    if (choice) {
      document.getElementById("chon-tieu-chi").hidden = false;
      choice.addEventListener("change", () => paintMap(choice));
      // A browser may give back what was chosen before the page was left.
      paintMap(choice);
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea")) return;
    const box = document.getElementById("o-tim");
    event.preventDefault();
    if (box) box.focus();
    else location.href = "tim-kiem.html";
  });
})();
