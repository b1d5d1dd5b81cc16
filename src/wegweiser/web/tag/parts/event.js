/* One event. */
// One event, from its fields to the queue; without consent to measurement at most a count.
const send = (type, fields, given, at = now()) => {
  if (state == 1) post("/v1/count", {
    path: location.pathname, referrer_host: referrerHost(), event: fields.event, campaign: query().get("utm_campaign"),
  });
  if (state < 2) return;
  const event = {
    type, messageId: "wgw-" + uuid(), timestamp: new Date(at), anonymousId: identity(), userId: kept("uid"),
    ...given, ...fields,
    context: {
      userAgent: n.userAgent,
      sessionId: session(), groupId: kept("gid"), userHash, page: view, gpc: n.globalPrivacyControl,
      consent: { categoryPreferences: decided && choice, tcf: tcString, gcm: modes }, ...given?.context,
    },
  };
  if (weight(event) < 32e3) queue = [...queue, event];
  queue.length < option.batchSize ? schedule() : flush();
  return event;
};
const track = (event, properties) => send("track", calls.track([event], properties));
