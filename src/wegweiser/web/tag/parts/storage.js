/* What is kept in the browser. */
// Storage: "" removes; where it is blocked, the same values live as long as the page.
const memory = dict();
const kept = safe((name, value) => {
  const key = "wgw_" + name;
  let area = memory;
  try { area = name == "sid" ? sessionStorage : localStorage; } catch { /* blocked */ }
  return value ? area[key] = value : value == null ? area[key] : delete area[key];
});
const stored = (name) => parsed(kept(name));
const cookie = safe((name) => d.cookie.match(name + "=(%22)?([\\w.-]+)")?.[2]);
// From the widest domain to the narrowest, until the browser takes it; without a value, away with it.
const writeCookie = safe((value) => location.hostname.split(".").reduceRight((domain, label) => {
  if (cookie("wgw_aid") != value) {
    d.cookie = "wgw_aid=" + value + ";path=/;samesite=lax;max-age=" + (value ? option.cookieDays * 86400 : 0)
      + ";domain=" + (option.cookieDomain || label + domain) + (location.protocol > "http:" ? ";secure" : "");
  }
  return "." + label + domain;
}, ""));
