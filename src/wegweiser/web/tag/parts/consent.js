/* What the visitor has agreed to. */
// Consent: each source says what it knows; where two disagree, the stricter one holds.
let said, preset, tcString, frame, newest;
const hear = safe((name, purposes) => {
  if (name) said[name] = dict(said[name], purposes);
  const before = state, sources = Object.values(said);
  decided = sources[0];
  choice = dict();
  for (const source of decided ? sources : [preset || { measurement: option.consent == "full" }]) {
    for (const purpose in source) choice[purpose] = source[purpose] === true && choice[purpose] !== false;
  }
  if (n.globalPrivacyControl && !said.api?.sharing) choice.sharing = false;
  const { measurement } = choice, changed = decided && last != (last = written(choice));
  if (before > 1 && !measurement) {
    if (changed) post("/v1/b", batch([prefer()]), 1);
    queue = [];
    forget();
  }
  // Whoever has decided against being measured is not counted either.
  state = measurement ? 2 : !decided && option.consent == "count";
  if (decided) kept("consent", measurement || /full|count/.test(option.consent) ? written({ api: said.api, last }) : "");
  if (state && before != state) {
    if (state > 1) recall();
    view = dict();
    arrive();
  }
  if (measurement && changed) {
    prefer();
    flush();
  }
  if (changed || before != state) refresh();
  pending.splice(0).map((go) => go());
});
const prefer = () => track("Segment Consent Preference Updated");
const forget = () => {
  ["uid", "gid", "sid", "traits", "queue"].map((name) => kept(name, ""));
  visitor = userHash = writeCookie();
};
const purposes = (may, measurement, personalisation, sharing) => ({
  measurement: measurement.every(may), personalisation: personalisation.every(may), sharing: sharing.every(may),
});
const tcf = safe((data) => {
  if (/^(tcl|user)/.test(data.eventStatus) && data.gdprApplies !== false) {
    tcString = data.tcString;
    hear("tcf", purposes((id) => data.purpose.consents[id] === true, [1, 7, 8], [5, 6], [3, 4]));
  }
});
// Defaults may differ by region, which only their owner knows: the strictest of them holds.
const gcm = safe((entry) => {
  const [command, kind, given] = newest = entry;
  if (command != "consent") return;
  modes = dict(modes);
  modes.explicit ||= kind == "update";
  for (const name in dict(given)) if (kind == "update" || modes[name] != "denied") modes[name] = given[name];
  const found = purposes((name) => modes[name] == "granted",
    ["analytics_storage"], ["personalization_storage"], ["ad_storage", "ad_user_data", "ad_personalization"]);
  preset = found;
  hear(modes.explicit && "gcm", found);
});
// Looks for consent managers, and for what is new in the list that Consent Mode is told in.
const adapt = () => {
  if (/auto|tcf/.test(option.consentFrom) && !frame) (frame = w.__tcfapi)?.("addEventListener", 2, tcf);
  if (/auto|gcm/.test(option.consentFrom)) w.dataLayer?.slice?.(w.dataLayer.lastIndexOf(newest) + 1).map(gcm);
};
