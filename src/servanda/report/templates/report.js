"use strict";
(() => {
  const all = [...document.querySelectorAll(".incident")];
  const text = new Map(all.map((i) => [i, i.textContent.toLowerCase()]));
  const parts = [];

  async function unpack() {
    for (const script of document.querySelectorAll("script.parts")) {
      const bytes = Uint8Array.from(atob(script.textContent), (c) => c.charCodeAt(0));
      const plain = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
      for (const part of await new Response(plain).json()) parts.push(part);
    }
    for (const d of document.querySelectorAll("details[open]")) fill(d);
    for (const i of all) {
      const place = i.querySelector("[data-part]");
      if (place) text.set(i, text.get(i) + " " + read(place).textContent.toLowerCase());
    }
    document.documentElement.dataset.unpacked = "yes";
  }

  function read(place) {
    const t = document.createElement("template");
    t.innerHTML = parts[place.dataset.part];
    return t.content;
  }

  function fill(d) {
    for (const place of d.querySelectorAll("[data-part]"))
      if (parts[place.dataset.part] !== undefined && place.closest("details") === d) place.replaceWith(read(place));
  }
  const box = (id) => document.getElementById(id);
  const q = box("q"), out = box("shown");
  const fields = { q, status: box("f-status"), party: box("f-party"), term: box("f-term") };
  const held = (i, name, value) => !value || i.dataset[name].split(" ").includes(value);
  let at = -1;
  if (q && q.form) q.form.addEventListener("submit", (event) => event.preventDefault());

  function filter() {
    const words = q.value.toLowerCase().split(/\s+/).filter(Boolean);
    let n = 0;
    for (const i of all) {
      const show = words.every((w) => text.get(i).includes(w))
        && ["status", "party", "term"].every((f) => !fields[f] || held(i, f, fields[f].value));
      i.hidden = !show;
      n += show;
    }
    out.textContent = `${n} of ${all.length}`;
    const state = new URLSearchParams();
    for (const [name, field] of Object.entries(fields)) if (field && field.value) state.set(name, field.value);
    const hash = state.toString() ? "#?" + state : location.hash.startsWith("#?") ? "#incidents" : null;
    if (hash !== null) try { history.replaceState(null, "", hash); } catch { /* a page from disk may refuse */ }
  }

  function arrive() {
    if (location.hash.startsWith("#?")) {
      const state = new URLSearchParams(location.hash.slice(2));
      for (const [name, field] of Object.entries(fields)) if (field) field.value = state.get(name) || "";
      filter();
      box("incidents").scrollIntoView();
      return;
    }
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target && target.classList.contains("incident")) {
      target.hidden = false;
      target.open = true;
      target.scrollIntoView({ block: "start" });
      at = all.indexOf(target);
    }
  }

  function step(by) {
    const shown = all.filter((i) => !i.hidden);
    if (!shown.length) return;
    const here = shown.indexOf(all[at]);
    const next = shown[here < 0 ? 0 : Math.max(0, Math.min(shown.length - 1, here + by))];
    all.forEach((i) => i.classList.toggle("at", i === next));
    at = all.indexOf(next);
    next.querySelector("summary").focus();
    next.scrollIntoView({ block: "center" });
  }

  for (const field of Object.values(fields)) if (field) field.addEventListener("input", filter);
  addEventListener("hashchange", arrive);
  addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(e.target.tagName);
    if (e.key === "Escape" && typing) e.target.blur();
    if (typing) return;
    if (e.key === "/") { e.preventDefault(); q.focus(); }
    if (e.key === "j") step(1);
    if (e.key === "k") step(-1);
  });
  const opened = [];
  function reach(root) {
    for (const s of root.querySelectorAll(".scroll")) if (s.scrollWidth > s.clientWidth) s.tabIndex = 0;
  }
  addEventListener("toggle", (event) => { if (event.target.open) { fill(event.target); reach(event.target); } }, true);
  addEventListener("beforeprint", () => {
    for (const d of document.querySelectorAll("details")) fill(d);
    for (const d of document.querySelectorAll("details:not([open])")) { d.open = true; opened.push(d); }
  });
  addEventListener("afterprint", () => { while (opened.length) opened.pop().open = false; });
  arrive();
  unpack().then(() => reach(document));
})();
