// Signing with a key of one's own. The private key stays in this browser (not extractable), in its file, or in the hardware key.
"use strict";
(() => {
  const box = document.getElementById("hand");
  if (!box) return;
  const said = box.dataset;
  const form = document.getElementById("hand-form");
  const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const base64 = (data) => btoa(String.fromCharCode(...new Uint8Array(data)));
  const base64url = (data) => base64(data).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const utf8 = (text) => new TextEncoder().encode(text);
  const sha = (data) => crypto.subtle.digest("SHA-256", data);
  const hex = (data) => [...new Uint8Array(data)].map((b) => b.toString(16).padStart(2, "0")).join("");
  const lines = (by, kind, name, digest) => utf8(`servanda-hand/v1\n${said.origin}\n${by}\n${kind}\n${name}\n${digest}\n`);
  const ED = { name: "Ed25519" }, EC = { name: "ECDSA", namedCurve: "P-256" };

  function tell(what) {
    box.querySelectorAll("[data-said]").forEach((p) => { p.hidden = p.dataset.said !== what; });
  }

  // keys of this browser, by name
  const store = (mode, work) => new Promise((done, fail) => {
    const opening = indexedDB.open("servanda-desk", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("keys");
    opening.onerror = () => fail(opening.error);
    opening.onsuccess = () => {
      const asked = work(opening.result.transaction("keys", mode).objectStore("keys"));
      asked.onsuccess = () => { opening.result.close(); done(asked.result); };
      asked.onerror = () => { opening.result.close(); fail(asked.error); };
    };
  });
  const keep = (name, key) => store("readwrite", (s) => s.put(key, name));
  const kept = (name) => store("readonly", (s) => s.get(name));

  // a file of 'servanda record key': PRIVATE+KEY+name+id+base64(1, seed)
  async function fromFile(file) {
    const seed = bytes((await file.text()).trim().split("+").slice(4).join("+")).slice(1);
    if (seed.length !== 32) throw new Error("no key");
    const head = [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];
    const pkcs8 = new Uint8Array([...head, ...seed]);
    const open = await crypto.subtle.importKey("pkcs8", pkcs8, ED, true, ["sign"]);
    const x = (await crypto.subtle.exportKey("jwk", open)).x;
    const raw = bytes(x.replace(/-/g, "+").replace(/_/g, "/") + "=");
    return { key: await crypto.subtle.importKey("pkcs8", pkcs8, ED, false, ["sign"]), raw };
  }

  const signed = async (key, text) =>
    ({ sig: base64(await crypto.subtle.sign(key.algorithm.name === "ECDSA" ? { name: "ECDSA", hash: "SHA-256" } : ED, key, text)) });

  async function touched(credential, text) { // a hardware key signs its own data and the browser's, which holds the hash of the text
    const allowed = credential ? [{ type: "public-key", id: bytes(credential.replace(/-/g, "+").replace(/_/g, "/") + "===".slice((credential.length + 3) % 4)) }] : [];
    const asked = { challenge: await sha(text), rpId: said.site, allowCredentials: allowed, userVerification: "preferred" };
    const { response } = await navigator.credentials.get({ publicKey: asked });
    return { sig: base64(response.signature), authenticator: base64(response.authenticatorData), client: base64(response.clientDataJSON) };
  }

  const compressed = (point) => new Uint8Array([2 + (point[64] & 1), ...point.slice(1, 33)]);

  function send(fields) {
    for (const [name, value] of Object.entries(fields)) form.elements[name].value = value;
    form.submit();
  }

  // --- a text that waits ---

  async function signText(file) {
    const all = bytes(said.kept), text = lines(said.by, "decisions", said.name, hex(await sha(all)));
    if (said.kind === "webauthn") return send(await touched(said.credential, text));
    const key = file ? (await fromFile(file)).key : await kept(said.by);
    if (!key) return tell("lost");
    return send(await signed(key, text));
  }

  async function showText() { // what is shown is what is signed: it is read from the very bytes
    const all = bytes(said.kept), text = new TextDecoder().decode(all.slice(32)), words = document.getElementById("hand-words");
    document.getElementById("hand-text").textContent = text;
    document.getElementById("hand-digest").textContent = hex(await sha(all));
    if (!words) return;
    const own = bytes(said.words);
    words.textContent = text.includes(hex(await sha(own))) ? new TextDecoder().decode(own) : "";
  }

  // --- a key that is made ---

  async function register(kind, key, sign, more = {}) {
    const site = kind === "webauthn" ? `, "site": "${said.site}"` : "";
    const digest = hex(await sha(utf8(`{"key": "${key}", "kind": "${kind}"${site}}`)));
    send({ kind, key, ...more, ...(await sign(lines(said.by, "key", kind, digest))) });
  }

  async function makeHere() {
    let pair, kind = "ed25519";
    try {
      pair = await crypto.subtle.generateKey(ED, false, ["sign", "verify"]);
    } catch { // a browser without Ed25519
      kind = "p256";
      pair = await crypto.subtle.generateKey(EC, false, ["sign", "verify"]);
    }
    const raw = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
    await keep(said.by, pair.privateKey);
    if (navigator.storage && navigator.storage.persist) await navigator.storage.persist();
    await register(kind, base64(kind === "p256" ? compressed(raw) : raw), (text) => signed(pair.privateKey, text));
  }

  async function takeFile(file) {
    const { key, raw } = await fromFile(file);
    await register("ed25519", base64(raw), (text) => signed(key, text));
  }

  async function useHardware() {
    const user = { id: utf8(said.by).slice(0, 64), name: said.by, displayName: said.by };
    const made = await navigator.credentials.create({ publicKey: {
      challenge: crypto.getRandomValues(new Uint8Array(32)),
      rp: { id: said.site, name: said.origin },
      user,
      pubKeyCredParams: [{ type: "public-key", alg: -7 }],
      authenticatorSelection: { userVerification: "preferred", residentKey: "discouraged" },
      attestation: "none",
    } });
    const point = new Uint8Array(made.response.getPublicKey()).slice(-65), credential = base64url(made.rawId);
    await register("webauthn", base64(compressed(point)), (text) => touched(credential, text), { credential });
  }

  const WORK = { sign: () => signText(), here: makeHere, hardware: useHardware };
  box.addEventListener("click", async (e) => {
    const button = e.target.closest("button[data-do]");
    if (!button) return;
    button.disabled = true;
    tell("");
    try {
      await WORK[button.dataset.do]();
    } catch (error) {
      tell(error && error.name === "NotAllowedError" ? "refused" : "failed");
    } finally {
      button.disabled = false;
    }
  });
  box.addEventListener("change", async (e) => {
    if (e.target.type !== "file" || !e.target.files.length) return;
    tell("");
    try {
      await (said.kept ? signText(e.target.files[0]) : takeFile(e.target.files[0]));
    } catch {
      tell("file");
    } finally {
      e.target.value = "";
    }
  });
  if (!window.crypto || !crypto.subtle) return tell("insecure");
  if (said.kept) showText();
  for (const control of box.querySelectorAll(":disabled")) control.disabled = false; // until now nobody would have heard them
})();
