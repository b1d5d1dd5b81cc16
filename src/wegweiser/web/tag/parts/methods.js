/* What the page can call. */
// Methods, in the manner of analytics.js: texts, an object, options; each gives the fields of its event.
const calls = dict({
  track: ([event], properties) => ({ event, properties: { ...properties, page_view_id: view.page_view_id } }),
  page: look,
  screen: named,
  identify: ([id], traits, given) => {
    if (id && (kept("uid") || id) != id) forget();
    if (id) kept("uid", id);
    kept("traits", written({ ...stored("traits"), ...traits }));
    userHash = given?.userHash || userHash;
    return { traits };
  },
  group: ([groupId], traits) => {
    kept("gid", groupId);
    return { groupId, traits };
  },
  alias: ([userId, previousId = kept("uid") || identity()]) => userId != previousId && { userId, previousId },
  reset: forget,
  setAnonymousId: ([id]) => void setAnonymousId(id),
});
const pending = [];
const api = dict({
  version: "1", decide, refresh,
  load: (key, given) => {
    Object.assign(option, given, { writeKey: key });
    boot();
  },
  push: ([name, ...given]) => api[name]?.(...given),
  ready: (work) => started ? work() : api.on("ready", work),
  on: (name, work) => (handlers[name] ||= []).push(work),
  off: (name, work) => { handlers[name] = handlers[name]?.filter((each) => each != work); },
  user: () => ({ id: () => kept("uid"), anonymousId: () => visitor, traits: () => stored("traits") }),
  consent: (purposes) => {
    if (purposes) hear("api", purposes);
    return choice;
  },
  outcome: (decision_id, kind, value) => state > 1 && post(
    "/v1/outcomes", { outcomes: [{ outcome_id: uuid(), decision_id, kind, value, at: new Date() }] }),
});
for (const name in calls) {
  api[name] = (...given) => new Promise((done) => {
    const at = now(), texts = [], objects = [];
    let callback;
    const go = safe(() => {
      if (state > 1 || state && /track|page/.test(name)) {
        const fields = calls[name](texts, ...objects), event = fields && send(name, fields, objects[1], at);
        emit(name, ...given);
        done({ event });
        callback?.({ event });
      } else if (decided) done({});
      else if (pending.push(go) > 100) pending.pop();
    });
    safe(() => {
      for (const value of given) {
        if (typeof value == "function") callback = value;
        else if (typeof value != "object") value && texts.push(value);
        // A null in front of all others is a missing text. Snippets of Segment add a page of their own.
        else if ((value || texts[0]) && !value?.__t) objects.push(parsed(written(value)));
      }
      go();
    })();
  });
}
const take = (name) => {
  const before = w[name];
  w[name] = api;
  for (const key in before) api[key] ||= emit;
  before?.map?.(before.push = safe(api.push));
};
