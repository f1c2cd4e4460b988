// Keys, the selected row, and what an open page hears. Without it every page works with links and forms.
"use strict";
(() => {
  const $ = (css, from = document) => from.querySelector(css);
  const rows = () => [...document.querySelectorAll("#rows tr[data-id]")];
  const at = () => rows().findIndex((r) => r.getAttribute("aria-selected") === "true");

  // who stood around the selected row: a row that was decided leaves this view, or moves to another place in it
  let stood = { row: "", before: "", after: "", next: [] };
  const id = (row) => (row ? row.dataset.id : "");
  const moved = () => {
    const all = rows(), n = at();
    return n < 0 || (id(all[n - 1]) !== stood.before && id(all[n + 1]) !== stood.after);
  };
  const remember = () => {
    const all = rows(), n = at();
    if (n >= 0) stood = { row: id(all[n]), before: id(all[n - 1]), after: id(all[n + 1]), next: all.slice(n + 1).map(id) };
  };
  const following = () => {
    const all = rows();
    return (moved() && all.find((r) => stood.next.includes(r.dataset.id))) || all[Math.min(at() + 1, all.length - 1)];
  };
  const typing = (el) => el && /^(INPUT|TEXTAREA|SELECT)$/.test(el.tagName) && !/^(checkbox|radio)$/.test(el.type);

  function select(row) {
    if (!row) return;
    rows().forEach((r) => r.removeAttribute("aria-selected"));
    row.setAttribute("aria-selected", "true");
    remember();
    row.scrollIntoView({ block: "nearest" });
    const address = new URL(location.href);
    address.searchParams.set("sel", row.dataset.id);
    history.replaceState(null, "", address);
    htmx.ajax("GET", row.dataset.panel, { target: "#panel", swap: "innerHTML" });
  }

  function open(step, outcome) {
    const box = $(`#panel details[data-step="${step}"]`);
    if (!box) return false;
    box.open = true;
    const form = $("form", box);
    if (outcome && form.outcome) form.outcome.value = outcome;
    const why = form.why;
    if (outcome === "in_scope" && why && !why.value) why.value = box.dataset.usual;
    const fields = "input:not([type=hidden]):not([type=file]),select,textarea"; // a key that says the outcome leaves only its reason
    const first = outcome === "duplicate_of" ? form.of : outcome ? why : $(fields, form);
    first.focus();
    if (first.value && first.select) first.select(); // what was written for him gives way to what he types
    box.scrollIntoView({ block: "nearest" });
    return true;
  }

  async function help() { // the keys, over the page: what is typed in it stays
    const box = document.body.appendChild(document.createElement("dialog"));
    box.addEventListener("close", () => box.remove());
    const answer = await fetch("/help/"), text = new DOMParser().parseFromString(await answer.text(), "text/html");
    const keys = $("dl.keys", text);
    if (!keys) { location.href = "/help/"; return; }
    const head = $("h1", text), shut = document.createElement("button");
    shut.className = "plain"; shut.textContent = "✕"; shut.setAttribute("aria-label", $("[data-shut]", text).dataset.shut);
    shut.addEventListener("click", () => box.close());
    box.append(shut, head, keys);
    box.setAttribute("aria-label", head.textContent);
    box.showModal();
  }

  const KEYS = {
    j: () => select(following()),
    k: () => select(rows()[Math.max(at() - 1, 0)]),
    a: () => open("triaged", "in_scope"),
    x: () => open("triaged", "not_applicable"),
    d: () => open("triaged", "duplicate_of"),
    t: () => open("tasked"),
    m: () => {
      if (!open("merge")) return;
      const twin = $(".twin"), form = $('#panel details[data-step="merge"] form');
      if (twin && !form.of.value) { form.of.value = twin.dataset.other; form.why.value = twin.dataset.why; form.why.focus(); form.why.select(); }
    },
    n: () => { const button = $(".twin form button"); if (button) button.click(); },
    g: () => open("determined") || open("assessed"),
    u: () => {
      const all = document.querySelectorAll("details.undo");
      const last = all[all.length - 1];
      if (last) { last.open = true; $("textarea", last).focus(); }
    },
    "/": () => { const q = $("#q"); if (q) q.focus(); else if ($("a[href='/queue/']")) location.href = "/queue/"; },
    "?": () => { if ($("a[href='/help/']")) help(); }, // whose office has no such page is not led to where nothing is
    Enter: () => { const r = rows()[at()]; if (r) location.href = $("a", r).href; },
  };

  // a key of a keyboard that writes other letters (Cyrillic, Arabic) is the one that lies there; with capitals locked it is the small one
  const key = (e) => {
    if (e.key.length > 1) return e.key;
    if (e.key <= "~") return e.shiftKey ? e.key : e.key.toLowerCase();
    return e.code === "Slash" ? (e.shiftKey ? "?" : "/") : (/^(?:Key|Digit)(.)$/.exec(e.code) || ["", ""])[1].toLowerCase();
  };
  const single = (set) => { // whether single keys count in this browser; one that keeps nothing has them
    try { if (set !== undefined) localStorage.setItem("keys", set ? "" : "off"); return localStorage.getItem("keys") !== "off"; } catch { return true; }
  };
  const box = $("[data-single]");
  if (box) { box.checked = !single(); box.addEventListener("change", () => single(!box.checked)); }

  document.addEventListener("keydown", (e) => {
    if (e.isComposing || e.keyCode === 229) return; // keys of an input method are its own: Escape there leaves no field
    if (e.key === "Enter" && (e.ctrlKey || e.metaKey) && e.target.form) { // a reason is written over several lines: this ends it
      e.preventDefault();
      e.target.form.requestSubmit($("button.go", e.target.form));
      return;
    }
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    if ($("dialog[open]")) return;
    if (e.key === "Escape") {
      const menu = $(".more[open]");
      if (menu) { menu.open = false; $("summary", menu).focus(); return; }
      if (typing(document.activeElement)) document.activeElement.blur();
      else document.querySelectorAll("#panel details[open]").forEach((d) => { d.open = false; });
      return;
    }
    if (typing(e.target) || (e.key.length === 1 && !single())) return;
    const said = key(e);
    if (!$("[data-keys]") && !["/", "?"].includes(said)) return;
    if (e.key === "Enter" && e.target.closest("a,button,summary,input")) return;
    const move = [...document.querySelectorAll("[data-move]")].find((a) => a.dataset.move === e.key);
    if (move && !e.target.closest("[tabindex='0'],canvas")) { e.preventDefault(); move.click(); return; }
    const act = KEYS[said];
    if (act) { e.preventDefault(); act(); }
  });

  document.addEventListener("click", (e) => {
    const menu = $(".more[open]");
    if (menu && !menu.contains(e.target)) menu.open = false;
    const row = e.target.closest("#rows tr[data-id]");
    if (row && !e.target.closest("a,input,button")) select(row);
  });

  // what was ticked stays ticked when the rows are made anew, and who was in the panel stays in it
  let ticked = [], within = false, decided = false;
  document.addEventListener("htmx:beforeSwap", (e) => {
    if (e.detail.target.id === "rows") ticked = [...document.querySelectorAll("#rows input:checked")].map((box) => box.value);
    const { xhr } = e.detail, back = xhr.getResponseHeader("Desk-Back"), own = e.detail.requestConfig?.elt;
    if (back && !fields().some((f) => f.form !== own && kept(f))) { // it was decided, and nothing else is typed on this page
      e.detail.shouldSwap = false;
      leaving = true;
      answered(true);
      location.href = back;
      return;
    }
    const panel = e.detail.target, asked = e.detail.requestConfig?.elt; // a button that was pressed has lost the focus
    within = panel.id === "panel" && (panel.contains(document.activeElement) || (asked !== panel && panel.contains(asked)));
    if (panel.id === "panel" && e.detail.requestConfig?.verb === "post" && e.detail.xhr.status === 200) decided = true;
  });
  remember();
  document.addEventListener("htmx:afterSwap", (e) => {
    const made = e.detail.requestConfig?.path.startsWith("/queue/rows/"), all = rows();
    if (made && decided) { // what he decided himself has left this view: the row that stands in its place is next
      decided = false;
      if (stood.row && at() < 0) select(all.find((r) => stood.next.includes(r.dataset.id)) || all[all.length - 1]);
    }
    if (!moved()) remember();
    document.querySelectorAll("#rows input[type=checkbox]").forEach((box) => { box.checked = box.checked || ticked.includes(box.value); });
    const refused = e.detail.target.id === "panel" && e.detail.xhr.status === 409;
    const head = (within || refused) && ($("#panel [role=alert]") || $("#panel .title"));
    if (head) { head.tabIndex = -1; head.focus(); }
    within = false;
  });

  // what was selected stays selected when the rows are made anew
  document.addEventListener("htmx:configRequest", (e) => {
    const row = rows()[at()];
    if (row && e.detail.path.startsWith("/queue/rows/")) e.detail.parameters.sel = row.dataset.id;
  });

  // parts: a digit in a row, or a row dragged onto another, ticks its part
  const tick = (row, part) => {
    const box = row && $(`input[type=radio][value="${part}"]`, row);
    if (box) { box.checked = true; row.className = `p${part}`; }
  };
  const parted = (e) => e.target.closest && e.target.closest("table.parts tbody tr");
  let dragged = null;
  document.addEventListener("keydown", (e) => {
    if (/^[1-6]$/.test(key(e)) && parted(e)) { e.preventDefault(); tick(parted(e), key(e)); }
  });
  document.addEventListener("change", (e) => { if (parted(e)) tick(parted(e), e.target.value); });
  document.addEventListener("dragstart", (e) => { dragged = parted(e); });
  document.addEventListener("dragover", (e) => { if (dragged && parted(e)) e.preventDefault(); });
  document.addEventListener("drop", (e) => {
    const on = parted(e);
    if (dragged && on) { e.preventDefault(); tick(dragged, $("input:checked", on).value); }
    dragged = null;
  });

  document.addEventListener("input", (e) => { // a slider says the day it stands on
    const days = e.target.dataset?.days;
    if (days) $("output", e.target.parentElement).textContent = days.split("|")[e.target.value - e.target.min];
  });

  document.addEventListener("submit", (e) => { // a second click while the first is under way
    if (e.defaultPrevented && !e.target.hasAttribute("hx-post")) return;
    const button = $("button.go", e.target);
    if (button) setTimeout(() => { button.disabled = true; setTimeout(() => { button.disabled = false; }, 5000); });
  });

  // on a telephone each row of a wide table is a card: its cells bear the heads of their columns, and stay a table for who hears it
  const cards = () => document.querySelectorAll(".wide table.plain:not(.cards):not(.parts)").forEach((table) => {
    const heads = [...table.querySelectorAll("thead th")].map((th) => th.textContent.trim());
    if (heads.length < 3) return;
    table.classList.add("cards");
    table.setAttribute("role", "table");
    table.querySelectorAll("thead,tbody").forEach((part) => part.setAttribute("role", "rowgroup"));
    table.querySelectorAll("tr").forEach((tr) => tr.setAttribute("role", "row"));
    table.querySelectorAll("thead th").forEach((th) => th.setAttribute("role", "columnheader"));
    table.querySelectorAll("tbody tr").forEach((tr) => [...tr.cells].forEach((cell, n) => {
      cell.setAttribute("role", cell.tagName === "TH" ? "rowheader" : "cell");
      if (heads[n] && tr.cells.length === heads.length) cell.dataset.head = heads[n];
    }));
  });
  cards();
  document.addEventListener("htmx:afterSwap", cards);

  // What is typed is not lost: neither where the desk does not answer, nor where the session has ended, nor where somebody looks at another incident.
  const { login, live, sent } = document.body.dataset;
  const FIELDS = "textarea,input:not([type=hidden]):not([type=submit]):not([type=image]),select";
  const fields = (from = document) => [...from.querySelectorAll("main form[method=post]")].flatMap((form) => [...form.querySelectorAll(FIELDS)]);
  const changed = (f) => /^(checkbox|radio)$/.test(f.type) ? f.checked !== f.defaultChecked
    : f.tagName === "SELECT" ? [...f.options].some((o) => o.selected !== o.defaultSelected) && f.selectedIndex > 0
    : f.value !== f.defaultValue;
  const kept = (f, again) => changed(f) || (again && f.tagName === "TEXTAREA" && f.value.trim()); // what was sent and refused stands in the page as it came
  const typed = () => login && fields().some((f) => kept(f, sent !== undefined || f.closest("#panel")));
  let leaving = false;
  const tell = (name) => ["away", "ended", "other"].forEach((id) => { const line = $(`#${id}`); if (line) line.hidden = id !== name; });
  let asked = Date.now(); // when the desk answered last that the session holds
  const over = () => {
    asked = 0;
    if (leaving) return;
    if (typed()) { tell("ended"); return; }
    leaving = true;
    location.href = `/account/login/?next=${encodeURIComponent(location.pathname + location.search)}`;
  };

  const fresh = () => navigator.onLine && Date.now() - asked < 10000;
  async function ready(how = "") { // whether a form can be sent now; its token is the one that counts
    let answer;
    try {
      answer = await fetch(`/here/${how}`, { signal: AbortSignal.timeout(15000) });
    } catch {
      answer = { status: 503 };
    }
    if (!answer.ok) asked = 0;
    if (answer.status === 401) over();
    else if (!answer.ok) tell("away");
    else {
      const now = await answer.json();
      asked = now.login === login ? Date.now() : 0;
      if (!asked) { tell("other"); return false; }
      document.querySelectorAll("[name=csrfmiddlewaretoken]").forEach((f) => { f.value = now.token; });
      tell("");
    }
    return answer.ok;
  }

  // who sent a form stands in its answer: at what is told, or at its head, and not before the page's menu once more
  const answered = (set) => {
    try { const was = sessionStorage.getItem("sent"); sessionStorage.removeItem("sent"); if (set) sessionStorage.setItem("sent", "1"); return was; } catch { return null; }
  };
  if ((answered() || sent !== undefined) && !location.hash && document.activeElement === document.body) {
    const head = [...document.querySelectorAll("main [role=alert]")].find((line) => line.offsetParent) || $("main h1") || $("main");
    head.tabIndex = -1;
    head.focus();
  }

  let sure = null, asking = false; // the form that is sent now, of which that was asked
  document.addEventListener("submit", (e) => {
    const form = e.target, by = e.submitter;
    if (form.getAttribute("method") !== "post" || !login || form.hasAttribute("hx-post")) return;
    if (form === sure || fresh()) { answered(true); leaving = Boolean(form.closest("main")) && !fields().some((f) => f.form !== form && changed(f)); return; }
    e.preventDefault();
    if (asking) return;
    asking = true;
    ready().then((good) => {
      asking = false;
      if (!good) return;
      sure = form;
      if (by?.type === "image") pointed(form, by);
      else form.requestSubmit(by);
      sure = null;
    });
  }, true);
  let point = null; // where on a picture somebody clicked: a form that is sent later does not know it any more
  document.addEventListener("click", (e) => { if (e.target.type === "image") point = [e.offsetX, e.offsetY]; }, true);
  const pointed = (form, by) => {
    ["x", "y"].forEach((axis, n) => form.append(Object.assign(document.createElement("input"), { type: "hidden", name: `${by.name}.${axis}`, value: point[n] })));
    form.action = by.formAction;
    form.noValidate = true;
    form.requestSubmit();
  };
  document.addEventListener("htmx:confirm", (e) => {
    if (e.detail.verb !== "post" || !login || fresh()) return;
    e.preventDefault();
    ready().then((good) => { if (good) e.detail.issueRequest(true); });
  });
  let used = 0; // when the desk was told last that somebody types
  document.addEventListener("input", () => { if (login && Date.now() - used > 60000) { used = Date.now(); ready(); } });
  document.addEventListener("visibilitychange", () => { if (login && document.visibilityState === "visible") ready("?quiet"); });
  window.addEventListener("beforeunload", (e) => { if (!leaving && typed()) e.preventDefault(); });
  window.addEventListener("pageshow", () => { leaving = false; });

  document.addEventListener("htmx:beforeOnLoad", (e) => { // he is led on, to sign with his own key: what he sent goes with him
    const own = e.detail.requestConfig?.elt;
    if (e.detail.xhr.getResponseHeader("HX-Redirect")) leaving = !fields().some((f) => f.form !== own && changed(f));
  });
  document.addEventListener("htmx:sendError", () => tell("away"));
  document.addEventListener("htmx:responseError", (e) => {
    const { status } = e.detail.xhr;
    if (status === 401) over();
    else if (status >= 500) tell("away");
  });
  document.addEventListener("htmx:afterSwap", () => { const line = $("#away"); if (line) line.hidden = true; });

  // what is typed beside an incident is there again when somebody comes back to it
  const drafts = new Map();
  let lost = []; // what was typed for a step that cannot be taken any more
  const step = (form) => `${form.elements.step?.value} ${form.elements.undo?.value}`;
  const incident = () => $("#panel article, .case")?.dataset.incident;
  document.addEventListener("htmx:beforeSwap", (e) => {
    if (e.detail.target.id !== "panel" || !e.detail.shouldSwap) return;
    const again = $("#panel [role=alert]"), refused = e.detail.xhr.status === 409;
    const own = e.detail.requestConfig?.verb === "post" && !refused ? e.detail.requestConfig.elt : null;
    const here = [...$("#panel").querySelectorAll("form[method=post]")].filter((form) => form !== own).flatMap((form) => [...form.querySelectorAll(FIELDS)]);
    const typed = here.filter((f) => kept(f, again)).map((f) => [step(f.form), f.name, f.value, f.checked, f.type === "file" ? f : null]);
    if (incident()) drafts.set(incident(), [...typed, ...lost.filter(([of]) => !typed.some(([other]) => other === of))]);
    lost = [];
  });
  document.addEventListener("htmx:afterSwap", (e) => {
    if (e.detail.target.id !== "panel") return;
    for (const [of, name, value, ticked, file] of drafts.get(incident()) || []) {
      const form = [...document.querySelectorAll("#panel form")].find((f) => step(f) === of), field = form?.elements[name];
      if (!field || !("value" in field)) { lost.push([of, name, value, ticked, file]); continue; }
      if (file) field.replaceWith(file);
      else field.value = value;
      if (field.type === "checkbox") field.checked = ticked;
      form.closest("details").open = true;
    }
    const words = lost.filter(([, name, value]) => name === "why" && ![...document.querySelectorAll("#panel [data-words]")].some((p) => p.textContent === value));
    if (!words.length) return;
    const box = Object.assign(document.createElement("div"), { className: "told", role: "status", textContent: document.body.dataset.words });
    words.forEach(([, , value]) => box.append(Object.assign(document.createElement("p"), { className: "words", dir: "auto", textContent: value })));
    $("#panel").prepend(box);
  });

  // a form that was refused bears what was typed, whatever its page says of it
  const said = JSON.parse($("#typed")?.textContent || "[]");
  const VARY = /^(csrfmiddlewaretoken|nonce|seen|after|read|box|looked_at|attached|was.*)$/;
  const those = (name) => said.filter(([n]) => n === name).map(([, value]) => value);
  const forms = said.length ? [...document.querySelectorAll("main form[method=post]:not([data-refilled])")] : [];
  const fits = (form) => {
    const names = new Set([...form.elements].map((f) => f.name).filter(Boolean));
    const own = [...form.querySelectorAll("input[type=hidden]")].filter((f) => !VARY.test(f.name));
    return own.every((f) => those(f.name).includes(f.value)) && said.every(([n]) => names.has(n) || VARY.test(n) || /\.[xy]$/.test(n)) ? names.size : 0;
  };
  const sentForm = forms.sort((a, b) => fits(a) - fits(b)).find(fits);
  for (const f of sentForm ? sentForm.querySelectorAll(FIELDS) : []) {
    if (f.type === "file" || f.type === "password" || !f.name) continue;
    if (/^(checkbox|radio)$/.test(f.type)) f.checked = those(f.name).includes(f.value);
    else if (those(f.name).length) f.value = those(f.name).shift();
    const box = f.closest("details");
    if (box) box.open = true;
  }

  if (live && window.EventSource) {
    const heard = () => document.body.dispatchEvent(new Event("desk:changed"));
    const hear = () => {
      const stream = new EventSource(live);
      stream.addEventListener("changed", heard);
      stream.addEventListener("error", async () => { // a browser comes back by itself, but where it was answered that there is nothing to hear
        if (stream.readyState !== EventSource.CLOSED) return;
        if (await ready("?quiet")) heard();
        setTimeout(hear, 20000);
      });
    };
    hear();
  }
})();
