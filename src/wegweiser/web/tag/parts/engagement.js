/* How long the page was really used. */
// Engaged time in ms: visible, and input or media within the last 30 s.
let since, until = 0, engaged = 0, told = 0, visible, deepest = 0;
const active = (event) => {
  const at = now();
  if (visible) engaged += Math.max(0, Math.min(at, until) - since);
  since = at;
  visible = !d.hidden;
  if (event && !event.target?.muted) until = at + 3e4;
};
listen("pointerdown pointermove keydown scroll timeupdate", active);
const report = (least) => {
  active();
  deepest = Math.min(100, Math.max(deepest, (scrollY + innerHeight) / d.documentElement.scrollHeight * 100 | 0));
  const more = engaged - told;
  if (state > 1 && on("engagement") && more >= least) {
    told = engaged;
    track("Engaged Time", { seconds: more / 1e3, total_seconds: told / 1e3, scroll_percent: deepest });
  }
};
listen("visibilitychange pagehide", ({ type }) => d.hidden || type < "v" ? leave() : recall(active(view)));
