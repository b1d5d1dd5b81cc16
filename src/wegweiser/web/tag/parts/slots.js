/* Places that show a decided message. */
// Slots: texts are set as texts, addresses only with four schemes, HTML goes into a sandbox.
const shown = new Map();
let asked;
const mark = (element, name, value) => element.setAttribute("data-wegweiser-" + name, value);
const draw = (place, { content, placement, slot, message, variant }, decision_id) => {
  const box = d.createElement("div"), template = attribute(place, "template");
  const add = (name, part, field) => {
    const element = box.appendChild(d.createElement(name));
    mark(element, part, field);
    return element;
  };
  mark(box, "item", "");
  if (template) box.append(all(d, template)[0].content.cloneNode(true));
  else if (content.html) {
    const frame = add("iframe", "html", "");
    frame.sandbox = "allow-popups";
    frame.src = "data:text/html;charset=utf-8," + encodeURIComponent(content.html);
  } else {
    add("img", "src", "image");
    mark(add("a", "text", "title"), "href", "url");
    add("p", "text", "text");
  }
  for (const element of all(box, "*")) {
    const needed = attribute(element, "if"), text = attribute(element, "text");
    if (needed && !content[needed]) element.remove();
    if (text) element.textContent = content[text];
    for (const name of ["href", "src"]) {
      const link = content[attribute(element, name)];
      if (/^(https?|mailto|tel):/.test(link)) element.setAttribute(name, link);
    }
  }
  shown.set(box, { decision_id, placement, slot, message, variant });
  place.replaceChildren(box);
  watcher.observe(box);
};
const watcher = new IntersectionObserver((entries) => entries.map(({ target, intersectionRatio }) => {
  target.wgwTicks = intersectionRatio < 0.5 ? NaN : 0;
}), { threshold: 0.5 });
// Half visible for a second or more: once in a view of the page.
const see = (item, box) => {
  if (!d.hidden && ++box.wgwTicks > 2 && box.wgwView != view) track("Message Viewed", item, box.wgwView = view);
};
const decide = async (placements, context) => {
  if (state < 2 || !choice.personalisation) return { status: "nothing", items: [] };
  await sending;
  return (await post("/v1/decide", {
    request_id: uuid(), subject: { anonymousId: identity() }, channel: "web", locale: n.language,
    placements: [].concat(placements), context: { page: view, ...context },
  })).json();
};
// All places are asked for at once, after the loop that finds them.
const refresh = safe((only) => {
  const wanted = dict();
  let answer;
  if (state < 2 || !choice.personalisation || !on("slots")) return;
  for (const place of all(d, tagged("slot"))) {
    const key = attribute(place, "slot");
    if ((only || key) != key) continue;
    const ask = wanted[key] ||= { key, max: 0 }, at = ask.max++;
    const pending = () => attribute(place, "state") == "pending";
    const settle = (how) => pending() && mark(place, "state", how);
    mark(place, "state", "pending");
    setTimeout(settle, attribute(place, "timeout") || 800, "default");
    answer ||= sending.then(() => decide(Object.values(wanted)));
    answer.then(({ items, decision_id }) => {
      const item = items.filter((item) => item.placement == key)[at];
      if (item && pending()) draw(place, item, decision_id);
      settle(item ? "shown" : "default");
    }).catch(() => settle("error"));
  }
  if (answer) asked = now();
});
