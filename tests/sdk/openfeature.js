// Asks flags with unmodified OpenFeature providers for Node and for browsers; writes what they say.
"use strict";
const { createRequire } = require("node:module");
const [, , packages, host, secretKey, writeKey] = process.argv;
const load = createRequire(packages);

const DEFAULT = { code: "default" };
const told = ({ value, reason, variant, errorCode, flagMetadata }) =>
  ({ value, reason, variant, errorCode, flagMetadata });
const headers = (key) => [["Authorization", `Bearer ${key}`]];

const onServer = async () => {
  const { OpenFeature } = load("@openfeature/server-sdk");
  const { OFREPProvider } = load("@openfeature/ofrep-provider");
  await OpenFeature.setProviderAndWait(new OFREPProvider({ baseUrl: host, headers: headers(secretKey) }));
  const client = OpenFeature.getClient();
  const object = async (key, context) => told(await client.getObjectDetails(key, DEFAULT, context));
  const found = {
    hero: await object("home.hero", { targetingKey: "u-1" }),
    card: await object("app.card", { targetingKey: "silent" }),
    nobody: await object("home.hero", {}),
    unknown: await object("nowhere", { targetingKey: "u-1" }),
    boolean: told(await client.getBooleanDetails("home.hero", true, { targetingKey: "u-1" })),
  };
  await OpenFeature.close();
  return found;
};

const inBrowser = async () => {
  const { OpenFeature } = load("@openfeature/web-sdk");
  const { OFREPWebProvider } = load("@openfeature/ofrep-web-provider");
  const seen = [];
  const fetchImplementation = async (...request) => {
    const answer = await fetch(...request);
    seen.push({ status: answer.status, etag: answer.headers.get("etag") });
    return answer;
  };
  const provider = new OFREPWebProvider({
    baseUrl: host, headers: headers(writeKey), fetchImplementation, pollInterval: 50,
    cacheMode: "disabled", changeDetection: "polling",
  });
  await OpenFeature.setContext({ targetingKey: "a-1" });
  await OpenFeature.setProviderAndWait(provider);
  const client = OpenFeature.getClient();
  const hero = told(client.getObjectDetails("home.hero", DEFAULT));
  const nothing = told(client.getObjectDetails("social.post", DEFAULT));
  while (!seen.some(({ status }) => status === 304)) await new Promise((done) => setTimeout(done, 20));
  await OpenFeature.close();
  return { hero, nothing, seen };
};

(async () => {
  console.log(JSON.stringify({ server: await onServer(), browser: await inBrowser() }));
  process.exit(0);
})();
