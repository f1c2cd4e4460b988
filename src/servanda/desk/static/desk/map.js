// The map of a page, drawn by MapLibre where the browser has WebGL; where it has not, the picture that stands there stays. No other machine is asked.
"use strict";
(() => {
  const ROOT = "/static/desk/maplibre/";
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
  const dark = matchMedia("(prefers-color-scheme:dark)");
  const loaded = {};
  const load = (name) => (loaded[name] ||= new Promise((done, failed) => {
    const made = document.createElement(name.endsWith(".css") ? "link" : "script");
    Object.assign(made, name.endsWith(".css") ? { rel: "stylesheet", href: ROOT + name } : { src: ROOT + name });
    made.onload = done;
    made.onerror = failed;
    document.head.append(made);
  }));
  const able = () => { const gl = document.createElement("canvas").getContext("webgl2"); gl?.getExtension("WEBGL_lose_context")?.loseContext(); return !!gl; };
  const said = (box) => JSON.parse(box.querySelector("script[type='application/json']").textContent);
  const points = (rows, properties) => ({ type: "FeatureCollection", features: rows.map((r) => ({ type: "Feature", properties: properties(r), geometry: { type: "Point", coordinates: [r[0], r[1]] } })) });
  const ring = ([lon, lat, metres]) => Array.from({ length: 65 }, (_, k) => {
    const angle = (k * Math.PI) / 32, up = metres / 111200;
    return [lon + (up * Math.sin(angle)) / Math.max(Math.cos((lat * Math.PI) / 180), 0.05), lat + up * Math.cos(angle)];
  });

  const sources = (data) => ({
    ground: data.ground,
    over: data.over,
    marks: points(data.marks, (r) => ({ n: r[2], href: r[3], name: r[4] })),
    spots: points(data.spots, (r) => ({ name: r[3] })),
    errors: { type: "FeatureCollection", features: [...new Map(data.spots.filter((r) => r[2]).map((r) => [String(r.slice(0, 3)), r])).values()].map((r) => ({ type: "Feature", properties: {}, geometry: { type: "Polygon", coordinates: [ring(r)] } })) },
  });

  function hatch(map, name, ink, flip, size) { // drawn anew in the colours of the scheme
    const canvas = Object.assign(document.createElement("canvas"), { width: size, height: size }), pen = canvas.getContext("2d");
    pen.strokeStyle = ink;
    pen.globalAlpha = 0.55;
    for (const shift of [-size, 0, size]) { pen.moveTo(shift, flip ? 0 : size); pen.lineTo(shift + size, flip ? size : 0); }
    pen.stroke();
    if (map.hasImage(name)) map.removeImage(name);
    map.addImage(name, pen.getImageData(0, 0, size, size));
  }

  const kind = (...names) => ["in", ["get", "kind"], ["literal", names]];
  function layers(tiled) {
    const deep = colour("deep"), over = colour("over"), run = colour("run"), paper = colour("paper");
    const radius = ["case", [">", ["get", "n"], 1], ["min", 19, ["+", 8, ["*", 2, ["ln", ["get", "n"]]]]], 7];
    return [
      { id: "sea", type: "background", paint: { "background-color": colour("sea") } },
      { id: "land", type: "fill", source: "ground", filter: kind("land"), paint: { "fill-color": colour("land"), "fill-outline-color": colour("soft") } },
      { id: "lake", type: "fill", source: "ground", filter: kind("lake"), paint: { "fill-color": colour("sea") } },
      ...tiled,
      { id: "border", type: "line", source: "ground", filter: kind("border"), paint: { "line-color": colour("soft"), "line-width": 1.2 } },
      { id: "disputed", type: "line", source: "ground", filter: kind("disputed"), paint: { "line-color": colour("soft"), "line-width": 1.2, "line-dasharray": [3, 3] } },
      { id: "place", type: "fill", source: "over", filter: kind("place"), paint: { "fill-color": deep, "fill-opacity": 0.12 } },
      { id: "edge", type: "line", source: "over", filter: kind("place"), paint: { "line-color": deep, "line-width": 1.2 } },
      { id: "seen", type: "fill", source: "over", filter: kind("seen"), paint: { "fill-pattern": "seen" } },
      { id: "seen-edge", type: "line", source: "over", filter: kind("seen"), paint: { "line-color": run, "line-width": 0.8 } },
      { id: "shut", type: "fill", source: "over", filter: kind("shut"), paint: { "fill-pattern": "shut" } },
      { id: "shut-edge", type: "line", source: "over", filter: kind("shut"), paint: { "line-color": over, "line-width": 1.5, "line-dasharray": [4, 2] } },
      { id: "errors", type: "fill", source: "errors", paint: { "fill-color": run, "fill-opacity": 0.15 } },
      { id: "errors-edge", type: "line", source: "errors", paint: { "line-color": run, "line-width": 1.5, "line-dasharray": [3, 2] } },
      { id: "spots", type: "circle", source: "spots", paint: { "circle-radius": 5, "circle-color": over, "circle-stroke-color": paper, "circle-stroke-width": 1.5 } },
      { id: "marks", type: "circle", source: "marks", paint: { "circle-radius": radius, "circle-color": deep, "circle-stroke-color": paper, "circle-stroke-width": 1.5 } },
      { id: "numbers", type: "symbol", source: "marks", filter: [">", ["get", "n"], 1], layout: { "text-field": ["to-string", ["get", "n"]], "text-size": 12, "text-allow-overlap": true, "text-font": ["sans-serif"] }, paint: { "text-color": paper } },
    ];
  }

  // a PMTiles file that the mission has brought: pictures as they are; of vector tiles what most schemas name alike
  async function tiles(address) {
    await load("pmtiles.js");
    const file = new pmtiles.PMTiles(location.origin + address);
    const [head, meta] = [await file.getHeader(), await file.getMetadata()];
    if (!tiles.protocol) { tiles.protocol = new pmtiles.Protocol(); maplibregl.addProtocol("pmtiles", tiles.protocol.tile); }
    tiles.protocol.add(file);
    const url = `pmtiles://${location.origin}${address}`, vector = head.tileType === 1;
    const source = vector ? { type: "vector", url } : { type: "raster", url, tileSize: 256 };
    if (!vector) return { source, layers: () => [{ id: "tiles", type: "raster", source: "tiles" }] };
    const names = (meta.vector_layers || []).map((l) => l.id);
    const like = (pattern) => names.filter((n) => pattern.test(n));
    return { source, layers: () => [
      ...like(/^(water|ocean|lakes?)$/).map((n) => ({ id: `t-${n}`, type: "fill", source: "tiles", "source-layer": n, filter: ["==", ["geometry-type"], "Polygon"], paint: { "fill-color": colour("sea") } })),
      ...like(/^(buildings?)$/).map((n) => ({ id: `t-${n}`, type: "fill", source: "tiles", "source-layer": n, paint: { "fill-color": colour("line") } })),
      ...like(/^(roads?|transportation|waterway|boundar(y|ies))$/).map((n) => ({ id: `t-${n}`, type: "line", source: "tiles", "source-layer": n, filter: ["==", ["geometry-type"], "LineString"], paint: { "line-color": colour(n === "waterway" ? "run" : "soft"), "line-width": n.startsWith("bound") ? 1.2 : 0.8, "line-opacity": 0.7 } })),
    ] };
  }

  function names(map, data) { // towns as text of the page: every script is shaped by the browser
    (map.towns || []).forEach((one) => one.remove());
    map.towns = data.towns.map(([name, lon, lat]) => {
      const label = Object.assign(document.createElement("span"), { className: "town", textContent: name });
      label.setAttribute("aria-hidden", "true");
      return new maplibregl.Marker({ element: label, anchor: "left" }).setLngLat([lon, lat]).addTo(map);
    });
  }

  function frame(map, stage) { // the frame of the map is that of the table, of the line of time, and of the address
    let waits = null, last = 0;
    const form = document.querySelector("form.filters");
    const point = () => { const b = map.getBounds(); return ((b.getEast() - b.getWest()) / stage.clientWidth).toPrecision(4); }; // in degrees
    const show = async (box) => {
      const address = new URL(location.href);
      if (box) { address.searchParams.set("box", box); address.searchParams.set("shown", "1"); form.querySelectorAll("[name=layer]:checked").forEach((l) => { if (!address.searchParams.getAll("layer").includes(l.value)) address.searchParams.append("layer", l.value); }); }
      const asked = new URL(address), turn = ++last;
      asked.searchParams.set("gl", point());
      const answer = await fetch(asked, { headers: { "HX-Request": "true" } });
      if (!answer.ok || turn !== last) return;
      const made = new DOMParser().parseFromString(await answer.text(), "text/html"), fresh = made.querySelector(".mapped");
      if (!fresh) return;
      const data = said(fresh), held = document.activeElement?.dataset?.move;
      fresh.replaceWith(stage);
      document.getElementById("framed").replaceChildren(...made.body.childNodes);
      if (held) document.querySelector(`[data-move="${CSS.escape(held)}"]`)?.focus();
      history.replaceState(null, "", address);
      const kept = form.box || form.appendChild(Object.assign(document.createElement("input"), { type: "hidden", name: "box" }));
      if (box) kept.value = box;
      for (const [name, what] of Object.entries(sources(data))) map.getSource(name).setData(what);
      names(map, data);
    };
    const moved = () => {
      clearTimeout(waits);
      waits = setTimeout(() => {
        const b = map.getBounds();
        show([b.getWest(), b.getSouth(), b.getEast(), b.getNorth()].map((x, k) => Math.min(Math.max(x, k % 2 ? -90 : -180), k % 2 ? 90 : 180).toFixed(4)).join(","));
      }, 200);
    };
    map.on("moveend", (e) => { if (e.originalEvent || e.asked) moved(); });
    if (stage.clientWidth < 800) map.once("load", () => show("")); // the marks that came with the page lie as far apart as a wide one has them
    document.addEventListener("click", (e) => {
      const link = e.target.closest("#framed a[data-move][data-box]");
      if (!link?.dataset.box || e.ctrlKey || e.metaKey || e.shiftKey) return;
      e.preventDefault();
      const [w, s, east, n] = link.dataset.box.split(",").map(Number);
      map.fitBounds([[w, s], [east, n]], { duration: 0 }, { asked: true });
    });
  }

  async function start(stage) {
    const data = said(stage), picture = stage.querySelector("svg");
    if (!able()) return;
    await Promise.all([load("maplibre-gl.css"), load("maplibre-gl-csp.js")]);
    maplibregl.setWorkerUrl(`${ROOT}maplibre-gl-csp-worker.js`);
    const brought = data.tiles ? await tiles(data.tiles).catch(() => null) : null;
    const made = Object.fromEntries(Object.entries(sources(data)).map(([name, what]) => [name, { type: "geojson", data: what }]));
    if (brought) made.tiles = brought.source;
    const style = () => ({ version: 8, sources: made, layers: layers(brought ? brought.layers() : []) });
    const place = Object.assign(document.createElement("div"), { className: "gl" });
    place.dir = "ltr";
    stage.append(place);
    const [w, s, e, n] = data.box;
    const map = new maplibregl.Map({
      container: place, style: style(), bounds: [[w, s], [e, n]], attributionControl: false, renderWorldCopies: false, maxZoom: 16,
      dragRotate: false, pitchWithRotate: false, touchPitch: false, cooperativeGestures: false, fadeDuration: 0,
      locale: { "Map.Title": picture.getAttribute("aria-label") }, maplibreLogo: false,
    });
    map.touchZoomRotate.disableRotation();
    map.keyboard.disableRotation();
    map.addControl(new maplibregl.ScaleControl({ maxWidth: 120 }), "bottom-left");
    const patterns = () => { hatch(map, "seen", colour("run"), false, 8); hatch(map, "shut", colour("over"), true, 6); };
    map.on("styleimagemissing", patterns);
    map.on("load", () => { picture.remove(); place.classList.add("on"); names(map, data); });
    dark.addEventListener("change", () => { for (const l of layers(brought ? brought.layers() : [])) for (const [key, value] of Object.entries(l.paint || {})) map.setPaintProperty(l.id, key, value); patterns(); });
    const hint = new maplibregl.Popup({ closeButton: false, closeOnClick: false, offset: 10 });
    for (const layer of ["marks", "spots", "place", "seen", "shut"]) {
      map.on("mousemove", layer, (event) => { // the uppermost is named
        const [top] = map.queryRenderedFeatures(event.point, { layers: ["marks", "spots", "shut", "seen", "place"] });
        if (top?.layer.id !== layer) return;
        map.getCanvas().style.cursor = layer === "marks" ? "pointer" : "";
        hint.setLngLat(event.lngLat).setText(top.properties.name).addTo(map);
      });
      map.on("mouseleave", layer, () => { map.getCanvas().style.cursor = ""; hint.remove(); });
    }
    map.on("click", "marks", (event) => { location.href = event.features[0].properties.href; });
    if (stage.dataset.map === "frame") frame(map, stage);
    stage.map = map;
    window.addEventListener("beforeprint", () => { // paper has another width, at which the map would be drawn anew, and too late
      map.redraw();
      const drawn = map.getCanvas(), { width, height } = drawn, scale = width / drawn.clientWidth;
      const shot = Object.assign(document.createElement("canvas"), { className: "printed", width, height }), pen = shot.getContext("2d");
      pen.drawImage(drawn, 0, 0);
      pen.font = `${11 * scale}px sans-serif`;
      (map.towns || []).forEach((one) => {
        const { x, y } = map.project(one.getLngLat());
        pen.fillText(`• ${one.getElement().textContent}`, x * scale, y * scale);
      });
      stage.append(shot);
    });
    window.addEventListener("afterprint", () => stage.querySelectorAll(".printed").forEach((shot) => shot.remove()));
  }

  document.querySelectorAll("[data-map]").forEach((stage) => { start(stage).catch((error) => { console.info("the map stays a picture:", error); }); });
})();
