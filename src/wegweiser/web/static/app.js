// What makes the pages quicker to use; each of them works without it.

const keyTarget = (key) => document.querySelector(`a[data-key="${CSS.escape(key)}"]`);
const inField = (element) => element.closest("input, select, textarea, [contenteditable]") !== null;

// Lists that choose at once need no button.
for (const select of document.querySelectorAll("select[data-submit]")) {
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
for (const chart of document.querySelectorAll("[data-chart]")) {
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

// g and a letter goes to a page, / to the search, j and k walk the rows.
let after = "";
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || inField(event.target)) return;
  const before = after;
  after = "";
  if (before === "g" && keyTarget(event.key)) keyTarget(event.key).click();
  else if (event.key === "g") after = "g";
  else if (event.key === "/") toSearch(event);
  else if (event.key === "j" || event.key === "k") alongRows(event.key === "j" ? 1 : -1);
});

function toSearch(event) {
  event.preventDefault();
  const search = document.querySelector("[data-search]");
  if (search) search.focus();
  else keyTarget("p")?.click();
}

function alongRows(step) {
  const links = [...document.querySelectorAll("main tbody th a")].filter((link) => link.checkVisibility());
  const next = links[links.indexOf(document.activeElement) + step] ?? links[0];
  next?.focus();
}
