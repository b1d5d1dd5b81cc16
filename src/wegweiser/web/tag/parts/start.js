/* How it begins. */
let started;
const tick = safe(() => {
  adapt();
  if (!state) return;
  report(told ? 3e4 : 1e4);
  shown.forEach(see);
  moved();
});
const boot = safe(() => {
  if (started || !option.writeKey) return;
  if (d.readyState == "loading" || d.prerendering) return setTimeout(boot, 50);
  started = 1;
  ({ last, ...said } = stored("consent"));
  hear();
  emit("ready");
  setInterval(tick, 500);
  tick();
});
take("wegweiser");
if (snippetKey || /true/.test(option.analyticsGlobal)) take("analytics");
boot();
