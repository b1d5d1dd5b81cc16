// What must hold on every page, as a reader meets it: names, headings, targets, colours, width.

const KINDS = "a[href], button, input:not([type=hidden]), select, textarea, summary, iframe";
const all = (wanted, within = document) => [...within.querySelectorAll(wanted)];
const shown = (one) => one.checkVisibility({ visibilityProperty: true });
// Drawn at all, and not only for whoever listens.
const drawn = (one) => shown(one) && !one.closest(".skip, .sr") && ![...ancestors(one)].some((outer) => outer.clientWidth <= 1 && getComputedStyle(outer).overflow === "hidden");
const text = (one) => (one?.textContent ?? "").replace(/\s+/g, " ").trim();

function* ancestors(one) {
  for (let outer = one.parentElement; outer; outer = outer.parentElement) yield outer;
}

function place(one) {
  const id = one.id ? `#${one.id}` : "";
  const kind = one.getAttribute("class") ? `.${one.getAttribute("class").trim().replace(/\s+/g, ".")}` : "";
  return `<${one.tagName.toLowerCase()}${id}${kind}> "${text(one).slice(0, 50)}"`;
}

// The accessible name, as far as our pages give names.
function nameOf(one) {
  const by = (one.getAttribute("aria-labelledby") ?? "").split(" ").filter(Boolean);
  if (by.length) return by.map((id) => text(document.getElementById(id))).join(" ").trim();
  if (one.getAttribute("aria-label")) return one.getAttribute("aria-label").trim();
  if (one.labels?.length) return [...one.labels].map(text).join(" ").trim();
  const copy = one.cloneNode(true);
  for (const hidden of all("[aria-hidden=true]", copy)) hidden.remove();
  const pictures = all("img[alt], svg[aria-label]", copy);
  const told = pictures.map((picture) => picture.getAttribute("alt") ?? picture.getAttribute("aria-label"));
  return [text(copy), ...told, one.getAttribute("title") ?? ""].join(" ").trim();
}

function headings(say) {
  if (all("h1").length !== 1 || !text(all("h1")[0])) say("one h1", document.body);
  let level = 1;
  for (const one of all("main :is(h1, h2, h3, h4, h5, h6)").filter(shown)) {
    const next = Number(one.tagName[1]);
    if (next > level + 1) say(`heading jumps from ${level} to ${next}`, one);
    if (!text(one)) say("empty heading", one);
    level = next;
  }
}

function references(say) {
  const ids = all("[id]").map((one) => one.id);
  for (const id of new Set(ids.filter((one, at) => ids.indexOf(one) !== at))) {
    say("id stands twice", document.getElementById(id));
  }
  for (const name of ["aria-labelledby", "aria-describedby", "aria-controls", "for"]) {
    for (const one of all(`[${name}]`)) {
      const missing = one.getAttribute(name).split(" ").filter((id) => id && !ids.includes(id));
      if (missing.length) say(`${name} names ${missing.join(", ")}, which is not there`, one);
    }
  }
  for (const one of all("a[href^='#']")) {
    if (!ids.includes(decodeURIComponent(one.getAttribute("href").slice(1)))) say("leads to nothing here", one);
  }
}

function names(say) {
  for (const one of all(`${KINDS}, figure, nav, [role=group], svg[role]`)) {
    if (!one.closest("[aria-hidden=true]") && !nameOf(one)) say("has no name", one);
  }
  for (const one of all("input:not([type=hidden]), select, textarea")) {
    if (!one.labels?.length && !one.getAttribute("aria-label")) say("has no label", one);
  }
  for (const one of all("svg")) {
    if (!one.getAttribute("role") && one.getAttribute("aria-hidden") !== "true") say("drawing without role", one);
  }
  for (const one of all("img:not([alt])")) say("picture without words", one);
}

function structure(say) {
  for (const wanted of ["main", "body header", "body footer", "title"]) {
    if (all(wanted).length < 1) say(`no ${wanted}`, document.body);
  }
  const first = all(KINDS)[0];
  if (!first?.matches("a.skip[href='#content']")) say("the first stop is no skip link", document.body);
  for (const one of all("table")) {
    if (!all("th", one).length) say("table without heads", one);
    for (const head of all("th:not([scope])", one)) say("head without scope", head);
  }
  for (const one of all("[tabindex]")) {
    if (Number(one.getAttribute("tabindex")) > 0) say("stands out of the order of focus", one);
  }
  for (const one of all("[aria-hidden=true]")) {
    if (all(`${KINDS}, [tabindex='0']`, one).length) say("hidden, and yet to be focused", one);
  }
  for (const one of all("[style]")) if (!one.closest("[data-chart]") && !one.matches(".tip")) say("style in markup", one);
  for (const one of all("script:not([src])")) say("script in markup", one);
}

// Straight below the heading stands what the page answers, or why it cannot.
function answers(say, given) {
  if (!given.answer) return;
  const heading = all("main h1")[0], inner = all("main .answer, main .lead, main .said, main .gate").filter(shown)[0];
  if (!heading || !inner) { say("no answer and no gate", document.body); return; }
  const between = all("main h2").filter(shown).filter((one) => !one.closest(".story, .said, .gate"));
  if (between.some((one) => one.compareDocumentPosition(inner) & Node.DOCUMENT_POSITION_FOLLOWING)) {
    say("the answer comes after another heading", inner);
  }
}

function targets(say) {
  const boxes = all(`${KINDS}, [role=button]`)
    .filter((one) => drawn(one) && !one.matches("iframe") && !one.closest("svg"))
    .map((one) => [one, one.getBoundingClientRect()])
    .filter(([, box]) => box.width > 1 && box.height > 1);
  for (const [one, box] of boxes) {
    if (box.width >= 24 && box.height >= 24) continue;
    // A box that is ticked is as large as its label; a link in a sentence may be as small as its words.
    if (one.labels?.length && [...one.labels].some((label) => label.contains(one))) continue;
    if (one.tagName === "A" && text(one.parentElement).length > text(one).length + 3) continue;
    const x = box.left + box.width / 2, y = box.top + box.height / 2;
    const near = boxes.filter(([other, edge]) => other !== one && !one.contains(other) && !other.contains(one)
      && Math.hypot(Math.max(edge.left - x, 0, x - edge.right), Math.max(edge.top - y, 0, y - edge.bottom)) < 12);
    if (near.length) say(`${Math.round(box.width)}x${Math.round(box.height)} px, close to ${place(near[0][0])}`, one);
  }
}

function width(say) {
  const wide = document.documentElement.scrollWidth;
  if (wide > innerWidth) {
    const wider = all("main *").filter((one) => shown(one) && !one.closest(".scroll, svg")
      && one.getBoundingClientRect().right > innerWidth + 1);
    say(`scrolls sideways: ${wide} of ${innerWidth} px`, wider.at(-1) ?? document.body);
  }
  for (const card of all(".card")) {
    const edge = card.getBoundingClientRect().right + 1;
    const out = all("*", card).find((one) => shown(one) && !one.closest(".scroll, svg, .sr, .tip")
      && one.getBoundingClientRect().right > edge && one.getBoundingClientRect().width > 1);
    if (out) say("sticks out of its card", out);
  }
}

// On a phone a table becomes cards; only what is read in both directions may be pushed sideways.
function spills(say) {
  if (innerWidth > 400) return;
  for (const one of all(".scroll").filter((each) => shown(each) && each.querySelector("table:not(.grid)"))) {
    if (one.scrollWidth > one.clientWidth + 1) say(`a table of ${one.scrollWidth} px in ${one.clientWidth} px`, one);
  }
}

// A card that holds only its heading tells nothing.
function bare(say) {
  for (const card of all("section.card").filter(drawn)) {
    const heading = all("h2, h3", card)[0];
    if (heading && text(card) === text(heading) && !all("svg, img, input, progress", card).length) say("a card of a heading only", card);
  }
}

function charts(say) {
  for (const figure of all("figure.chart").filter(drawn)) {
    if (all("svg.drawing", figure).length && all("svg.drawing", figure).filter(shown).length !== 1) say("not one drawing", figure);
  }
  for (const one of all("svg.drawing").filter(shown)) {
    const figure = one.closest("figure");
    if (!figure?.getAttribute("aria-label") || figure.getAttribute("role") !== "group") say("chart without a caption", one);
    const marks = all("a", one);
    if (!marks.length) say("axis without data", one);
    for (const mark of marks) {
      const goal = mark.getAttribute("href") ?? "";
      if (!/^\/(?![/\\])/.test(goal)) say(`mark leads to ${goal}`, mark);
      if (!mark.getAttribute("aria-label")) say("mark without a name", mark);
    }
    if (marks.filter((mark) => mark.getAttribute("tabindex") === "0").length > 1) say("more than one Tab stop", one);
    const section = one.closest(".card, section, main");
    // Made-up figures of an example stand for themselves.
    if (!one.closest(".example") && !all("table", section).length) say("chart without a table", one);
  }
}

// Words of a drawing: large enough, whole, and none over another.
function letters(say) {
  for (const one of all("svg").filter(shown)) {
    const words = all("text", one).filter((each) => text(each) && shown(each) && getComputedStyle(each).opacity > 0);
    const small = words.map((word) => [word, parseFloat(getComputedStyle(word).fontSize) * word.getScreenCTM().a]).find(([, height]) => height < 10.95);
    if (small) say(`chart text of ${small[1].toFixed(1)} px`, small[0]);
    const frame = one.getBoundingClientRect();
    const boxes = words.map((word) => [word, word.getBoundingClientRect()]);
    const cut = boxes.find(([, box]) => box.left < frame.left - 2 || box.right > frame.right + 2);
    if (cut) say("a word is cut at the edge of the drawing", cut[0]);
    boxes.forEach(([word, box], at) => {
      const over = boxes.slice(at + 1).find(([, other]) => Math.min(box.right, other.right) - Math.max(box.left, other.left) > 2
        && Math.min(box.bottom, other.bottom) - Math.max(box.top, other.top) > 4);
      if (over) say(`lies over ${place(over[0])}`, word);
    });
  }
}

function tongue(say, given) {
  const skipped = `[lang]:not(html):not([lang='${given.language}']), pre, code, kbd, script, textarea`;
  const foreign = new RegExp(given.foreign, "iu");
  const plain = (words) => words.replace(/\S+[=/]\S+/g, "");
  const told = (one, words) => { if (foreign.test(plain(words)) && !one.closest(skipped)) say(`in another language: ${words.trim().slice(0, 80)}`, one); };
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) if (walk.currentNode.data.trim()) told(walk.currentNode.parentElement, walk.currentNode.data);
  for (const name of ["aria-label", "placeholder", "title", "alt"]) {
    for (const one of all(`[${name}]`)) told(one, one.getAttribute(name));
  }
  if (document.documentElement.lang !== given.language) say("another language is named", document.documentElement);
}

function look(given) {
  const found = [];
  const say = (rule, one) => found.push(`${rule}: ${place(one)}`);
  for (const rule of [headings, references, names, structure, answers, targets, width, spills, bare, charts, letters, tongue, contrast, colours]) {
    rule(say, given);
  }
  return [...new Set(found)];
}
