/* Page views and searches. */
// Views: a load, a new route, a return from the back-forward cache.
let here, searched, waited, from = d.referrer;
const named = (texts, properties) => ({ name: texts.pop(), category: texts.pop(), properties });
const look = (texts, properties) => {
  report(100);
  const { href, pathname, search } = address(location);
  view = {
    url: href, path: pathname, title: d.title, search, page_view_id: uuid(),
    referrer: from && address(from).href,
  };
  engaged = told = deepest = 0;
  active(view);
  return named(texts, { ...view, ...properties });
};
const show = () => send("page", look([]));
const search = (text, origin) => {
  const results = attribute(all(d, tagged("results"))[0], "results");
  track("Search Performed", { query: text.slice(0, 200), results_count: results && +results, origin });
};
const arrive = () => {
  const other = view.url != address(here = location.href).href;
  waited = 0;
  if (other) {
    from = view.url || from;
    if (on("page")) show();
  }
  for (const [name, value] of query()) {
    if (within("search", name) && value && searched != (searched = location.pathname + value)) search(value, "url");
  }
  return other;
};
// The title follows the route; a route that keeps its title is waited for a little.
const moved = () => {
  if (here != location.href && on("spa") && (waited++ || d.title != view.title)) arrive() && refresh();
};
listen("pageshow", ({ persisted }) => {
  if (!persisted) return;
  show();
  if (now() - asked > 3e5) refresh();
});
