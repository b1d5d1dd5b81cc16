// Makes the planned calls with the unmodified @rudderstack/rudder-sdk-node; writes its failures.
"use strict";
const { readFileSync } = require("node:fs");
const { createRequire } = require("node:module");
const [, , packages, name, planFile, dataPlaneUrl, writeKey, flushAt] = process.argv;
const Analytics = createRequire(packages)(name);

const failures = [];
const planned = JSON.parse(readFileSync(planFile, "utf8"));
const PORTION = 2 * Number(flushAt);
let delivered = 0;
const analytics = new Analytics(writeKey, {
  dataPlaneUrl,
  flushAt: Number(flushAt),
  flushInterval: 200,
  logLevel: "silent",
  errorHandler: (error) => failures.push(String(error)),
});
const settled = () => new Promise((resolve) => setTimeout(resolve, 1));

// The library writes out its whole queue at every call, so it gets its calls in portions.
(async () => {
  let made = 0;
  for (const { type, ...call } of planned) {
    if (call.timestamp) call.timestamp = new Date(call.timestamp);
    analytics[type](call, (error) => {
      if (error) failures.push(String(error));
      delivered += 1;
    });
    made += 1;
    while (made - delivered >= PORTION) await settled();
  }
  while (delivered < made) await settled();
  console.log(JSON.stringify(failures));
})();
