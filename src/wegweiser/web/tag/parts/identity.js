/* Who is visiting, and from where. */
// The state is false before consent, true where only counts may be sent, 2 with consent.
let state = false, view = dict(), choice = dict(), decided, visitor, userHash, modes, last;
const post = (path, fields, last) => {
  const url = option.host + path, body = written({ writeKey: option.writeKey, ...fields });
  return last ? n.sendBeacon(url, body)
    : fetch(url, dict({ method: "POST", body, keepalive: true, credentials: "omit" })).catch(dict);
};
const setAnonymousId = (id) => {
  writeCookie(id);
  if (/true/.test(option.serverCookie)) post("/v1/cookie", { anonymousId: id, days: option.cookieDays }, 1);
  return visitor = id;
};
const identity = () => visitor || setAnonymousId(
  cookie("wgw_aid") || handedOver() || on("adopt") && cookie("ajs_anonymous_id") || uuid());
const session = () => {
  const id = fresh(kept("sid"), 18e5) || uuid();
  kept("sid", now() + "|" + id);
  return id;
};
const query = () => new URLSearchParams(location.search);
const referrerHost = () => d.referrer.split(/[/:]+/)[1];
// Links to a declared domain carry id and time; what is older than two minutes is void.
const handedOver = () => within("domains", referrerHost()) && fresh(query().get("wgw_x"), 12e4);
const absolute = (text) => new URL(text, d.baseURI);
// Of an address only the path and the parameters of keepQuery leave the page.
const address = (text) => {
  const url = absolute(text);
  [...url.searchParams].map(([name]) => within("keepQuery", name) || url.searchParams.delete(name));
  url.hash = "";
  return url;
};
