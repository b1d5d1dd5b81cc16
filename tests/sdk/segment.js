// Makes the planned calls with an unmodified @segment/analytics-node; writes its failures as JSON.
"use strict";
const { readFileSync } = require("node:fs");
const { createRequire } = require("node:module");
const [, , packages, name, planFile, host, writeKey, flushAt, timeoutSeconds] = process.argv;
const { Analytics } = createRequire(packages)(name);

const IN_FLIGHT = 10 * Number(flushAt);
const failures = [];
const planned = JSON.parse(readFileSync(planFile, "utf8"));
const settled = () => new Promise((resolve) => setTimeout(resolve, 1));
const analytics = new Analytics({
  host,
  writeKey,
  flushAt: Number(flushAt),
  flushInterval: 200,
  maxRetries: 10,
  httpRequestTimeout: 1000 * Number(timeoutSeconds),
});

// Ten requests at a time are a lively server; fifty at once would be an attack.
(async () => {
  let made = 0;
  let answered = 0;
  for (const { type, ...call } of planned) {
    if (call.timestamp) call.timestamp = new Date(call.timestamp);
    analytics[type](call, (error) => {
      if (error) failures.push(String(error.reason ?? error));
      answered += 1;
    });
    made += 1;
    while (made - answered >= IN_FLIGHT) await settled();
  }
  await analytics.closeAndFlush({ timeout: 120_000 });
  if (answered < made) failures.push(`${made - answered} calls without an end`);
  console.log(JSON.stringify(failures));
})();
