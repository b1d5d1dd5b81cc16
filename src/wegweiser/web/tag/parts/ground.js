/* The website tag, first part. How to use it: docs/guides/put-the-tag-on-your-site.md. The parts
   become one small file (script.py), without comments, blanks and long names. It must
   never throw into the page, never trust the page's prototypes, and do nothing before consent.
   `given` are options or arguments of a caller, `at` and `until` moments. */
const w = window, d = document, n = navigator;
if (w.wegweiser?.version) return;

// An object without a prototype: what the page has planted there is not found in it.
const dict = (one, two) => ({ __proto__: null, ...one, ...two });
const { src, dataset } = d.currentScript || {};
const [, host, , snippetKey] = /(.*?\w)\/(wegweiser.js|tag\/|analytics.js\/v1\/([^/]+))/.exec(src) || [];
// A snippet of Segment asks for its page views itself.
const option = dict({
  host, writeKey: snippetKey, page: !snippetKey, consentFrom: "auto", batchSize: 10, batchMs: 2e3,
  cookieDays: 365, domains: "", search: "q,query,s,search,suche", keepQuery: "utm_.*,.*clid",
  downloads: "pdf,docx?,xlsx?,pptx?,zip,csv,mp[34]",
}, dataset);
const on = (name) => option[name] + "" != "false";
// A list is written with commas; its entries may be regular expressions.
const within = (name, text) => RegExp("^(" + (option[name] + "").replace(/,/g, "|") + ")$", "i").test(text);

const safe = (work) => (...given) => {
  try { return work(...given); } catch { /* never into the page */ }
};
const handlers = dict();
const emit = (name, ...given) => handlers[name]?.map((work) => safe(work)(...given));
// Before consent nothing is listened to.
const listen = (names, work) => names.split(" ").map((name) =>
  w.addEventListener(name, safe((event) => state && work(event)), true));

// Some pages plant a toJSON in all their objects and lists; only that of dates is heard.
const written = (value) => JSON.stringify(value, function (name, given) {
  return this[name] instanceof Date ? given : this[name];
});
const parsed = (text) => dict(safe(JSON.parse)(text));
const now = () => Date.now();
// The id of a Blob is a random UUID, on pages without https too.
const uuid = () => URL.createObjectURL(new Blob()).slice(-36);
// What was written less than `span` ms ago as "moment|text".
const fresh = (text, span) => {
  const [at, found] = (text + "").split("|");
  return now() - at < span && found;
};
