/* Clicks and forms. */
// Clicks and forms.
const attribute = (element, name) => element?.getAttribute("data-wegweiser-" + name);
const tagged = (name) => "[data-wegweiser-" + name + "]";
const all = (root, selector) => [...root.querySelectorAll(selector)];
listen("click", (event) => {
  const around = (selector) => event.composedPath()[0].closest(selector), link = around("[href]");
  const item = around(tagged("item")), dismiss = around(tagged("dismiss")), mark = around(tagged("click"));
  const control = link || around("button"), source = control || dismiss || mark;
  const to = link && absolute(link.href), web = /^http/.test(to?.protocol);
  const text = source.innerText?.trim().slice(0, 100);
  const url = web ? address(to).href : to?.protocol, outside = web && to.host != location.host;
  if (item && dismiss) {
    track("Message Dismissed", { ...shown.get(item), reason: attribute(dismiss, "dismiss") || "closed" });
    item.remove();
  } else if (item && control) track("Message Clicked", { ...shown.get(item), url, text });
  if (!on("links")) return;
  const [file_name, file_type] = /[^/]*?([^/.]*)$/.exec(web && to.pathname);
  const kind = mark ? "marked" : { "mailto:": "mail", "tel:": "phone" }[url] || outside && "outbound";
  if (web && (around("[download]") || within("downloads", file_type))) {
    track("File Downloaded", { url, file_name, file_type: file_type.toLowerCase(), text });
  } else if (kind) {
    track("Link Clicked", {
      url, host: to?.hostname, kind, name: attribute(mark, "click"),
      text: web || !/@|\d\d/.test(text) ? text : "",
    });
  }
  if (outside && state > 1 && within("domains", to.hostname)) {
    to.searchParams.set("wgw_x", now() + "|" + identity());
    link.href = to;
  }
});
listen("submit", ({ target }) => {
  const name = attribute(target, "form"), [field] = all(target, "[type=search],[type=text]"), traits = all(target, tagged("trait"));
  // A form that leads to an address with the query is counted there.
  if (attribute(target, "search") != null && field && !within("search", field.name)) search(field.value, "form");
  if (option.forms == "all" || option.forms != "off" && name != null) {
    track("Form Submitted", {
      form_id: target.getAttribute("id"), form_name: name || target.getAttribute("name"),
      action_path: absolute(target.getAttribute("action") || "").pathname,
      field_names: all(target, "[name]").map((field) => field.name),
    });
    if (traits[0]) api.identify(Object.fromEntries(traits.map((field) => [attribute(field, "trait"), field.value])));
  }
});
