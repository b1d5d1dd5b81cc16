// What makes the pages quicker to use; each of them works without it.

const root = document.documentElement;
const inField = (element) => element.closest("input, select, textarea, [contenteditable]") !== null;
const first = (selector) => document.querySelector(selector);
const all = (node, wanted) => [...(node.matches?.(wanted) ? [node] : []), ...node.querySelectorAll(wanted)];

// Everything below is wired again for a region that was swapped in.
function wire(within) {
  for (const select of all(within, "select[data-submit]")) choosing(select);
  for (const chart of all(within, "[data-chart]")) charting(chart);
  for (const form of all(within, "form[data-swap]")) swapping(form);
  for (const region of all(within, "[data-live]")) living(region);
  for (const slider of all(within, "[data-mirrors]")) mirroring(slider);
  for (const button of all(within, "[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => print());
  }
}

// Lists that choose at once need no button.
function choosing(select) {
  const button = select.form.querySelector("button");
  button.hidden = true;
  let byKeys = false;
  select.addEventListener("keydown", (event) => { byKeys = event.key !== "Enter"; });
  select.addEventListener("pointerdown", () => { byKeys = false; });
  // Walking the list by keys must not leave the page at the first step.
  select.addEventListener("change", () => {
    if (byKeys) button.hidden = false;
    else select.form.requestSubmit();
  });
}

// A chart is one Tab stop; arrows, Home and End walk its marks, the label follows.
function charting(chart) {
  const tip = document.createElement("p");
  tip.className = "tip";
  tip.hidden = true;
  tip.setAttribute("aria-hidden", "true");
  chart.after(tip);
  for (const drawing of chart.querySelectorAll("svg")) walk(drawing, chart, tip);
}

function walk(drawing, chart, tip) {
  const marks = [...drawing.querySelectorAll("a[href]")];
  marks.forEach((mark, place) => {
    mark.setAttribute("tabindex", place === marks.length - 1 ? "0" : "-1");
    mark.addEventListener("focus", () => { stay(marks, mark); show(mark, chart, tip); });
    mark.addEventListener("pointerenter", () => show(mark, chart, tip));
    mark.addEventListener("blur", () => { tip.hidden = true; });
    mark.addEventListener("pointerleave", () => { tip.hidden = true; });
    mark.addEventListener("keydown", (event) => {
      const to = goal(event.key, place, marks.length);
      if (to === undefined) return;
      event.preventDefault();
      event.stopPropagation();
      marks[to].focus();
    });
  });
}

function goal(key, place, count) {
  const last = count - 1;
  return {
    ArrowRight: Math.min(place + 1, last), ArrowDown: Math.min(place + 1, last),
    ArrowLeft: Math.max(place - 1, 0), ArrowUp: Math.max(place - 1, 0),
    Home: 0, End: last,
  }[key];
}

function stay(marks, mark) {
  for (const one of marks) one.setAttribute("tabindex", one === mark ? "0" : "-1");
}

function show(mark, chart, tip) {
  tip.textContent = mark.getAttribute("aria-label");
  tip.hidden = false;
  const frame = chart.parentElement.getBoundingClientRect();
  const place = mark.getBoundingClientRect();
  const middle = place.left + place.width / 2 - frame.left;
  const left = Math.max(0, Math.min(middle + 12, frame.width - tip.offsetWidth));
  const top = Math.max(0, place.top - frame.top + Math.min(place.height / 3, 80));
  // Set through the object model: the security policy forbids style in markup only.
  tip.style.left = `${left}px`;
  tip.style.top = `${top}px`;
}

// Fetch a page as a document and put its regions, named by id, in place of ours; the newest wins.
const asked = new Map();
function swap(method, address, body, ids, why = "1") {
  const key = ids.join(), turn = (asked.get(key) ?? 0) + 1;
  asked.set(key, turn);
  const request = new XMLHttpRequest();
  request.open(method, address);
  request.responseType = "document";
  request.setRequestHeader("x-swap", why);
  const token = first('meta[name="form-token"]');
  if (method === "POST" && token) request.setRequestHeader("x-form-token", token.content);
  request.addEventListener("load", () => {
    if (asked.get(key) !== turn || !request.response) return;
    for (const id of ids) put(id, request.response.getElementById(id));
  });
  request.send(body);
}

function put(id, fresh) {
  const old = document.getElementById(id), held = document.activeElement;
  if (!old || !fresh) return;
  const inside = old.contains(held);
  if (inside && !held.id) return;
  const node = document.adoptNode(fresh);
  old.replaceWith(node);
  wire(node);
  if (inside) document.getElementById(held.id)?.focus();
}

// A form with data-swap="id id" shows what it would give while it is filled in; only outputs change.
function swapping(form) {
  const ids = form.dataset.swap.split(" ");
  let waits = 0;
  const ask = () => {
    const fields = new URLSearchParams(new FormData(form));
    if (form.method === "post") return swap("POST", form.dataset.to ?? form.action, fields, ids);
    const address = `${form.action.split("?")[0]}?${fields}`;
    history.replaceState(null, "", address);
    return swap("GET", address, null, ids);
  };
  form.addEventListener("input", () => { clearTimeout(waits); waits = setTimeout(ask, 150); });
  if (form.method !== "post") form.addEventListener("submit", (event) => { event.preventDefault(); ask(); });
}

// A slider says the same as the field it mirrors; only the field is sent.
function mirroring(slider) {
  const field = document.getElementById(slider.dataset.mirrors);
  slider.hidden = false;
  slider.addEventListener("input", () => { field.value = slider.value; });
  field.addEventListener("input", () => { slider.value = field.value; });
}

// A region with data-live="path" is fetched again when its stream tells of something that it does
// not show yet (data-told). What is swapped in goes on listening to the stream that is open.
const streams = new Map();
function living(region) {
  const { id, dataset: { live } } = region;
  if (!id || !live || streams.get(id) === live) return;
  streams.set(id, live);
  const stream = new EventSource(live);
  let waits = 0;
  const end = () => { stream.close(); if (streams.get(id) === live) streams.delete(id); };
  stream.addEventListener("message", (event) => {
    const ours = document.getElementById(id);
    if (ours?.dataset.live !== live) { end(); return; }
    const pause = first(`[data-pause="${CSS.escape(id)}"]`);
    if (waits || pause?.checked || event.data === ours.dataset.told) return;
    waits = setTimeout(() => { waits = 0; swap("GET", location.href, null, [id], "live"); }, 500);
  });
  addEventListener("pagehide", end);
}

// Keys; the list of all stands on the help page. They can be switched off per person.
let after = "";
document.addEventListener("keydown", (event) => {
  const held = event.ctrlKey || event.altKey || event.metaKey;
  if (held || event.defaultPrevented || root.dataset.keys === "off" || inField(event.target)) return;
  const before = after, key = event.key;
  after = "";
  if (before === "g" && go(`a[data-go="${CSS.escape(key)}"]`)) return;
  if (key === "g") after = "g";
  else if (key === "/") toSearch(event);
  else if (key === "j" || key === "k") alongRows(key === "j" ? 1 : -1);
  else if (!go(`a[data-key="${CSS.escape(key)}"]`)) choose(key);
});

function go(selector) {
  const link = first(selector);
  link?.click();
  return Boolean(link);
}

function choose(key) {
  const option = first(`option[data-key="${CSS.escape(key)}"]`), cycle = first(`[data-cycle="${CSS.escape(key)}"]`);
  if (option) option.selected = true;
  else if (cycle) cycle.selectedIndex = (cycle.selectedIndex + 1) % cycle.length;
  (option?.closest("form") ?? cycle?.form)?.requestSubmit();
}

function toSearch(event) {
  event.preventDefault();
  (first("[data-search]") ?? first("[data-jump]"))?.focus();
}

function alongRows(step) {
  const links = [...document.querySelectorAll("main tbody th a")].filter((link) => link.checkVisibility());
  (links[links.indexOf(document.activeElement) + step] ?? links[0])?.focus();
}

wire(document);
first("[data-faults]")?.focus();
