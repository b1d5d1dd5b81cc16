/* What waits to be sent. */
// The queue is never changed in place: a request under way holds the list that it sends. What cannot leave with the page waits for the next one; an id sent twice counts once.
let queue = [], sending = Promise.resolve(), timer, failures = 0, resting = 0;
const weight = (value) => new Blob([written(value)]).size;
const batch = (events) => ({ sentAt: new Date(), batch: events });
// As many of these as one request takes.
const bite = (events) => weight(events) < 6e4 ? events : bite(events.slice(0, events.length / 2));
const drop = (events) => { queue = queue.filter((event) => !events.includes(event)); };
const schedule = () => {
  if (queue[0]) timer ||= setTimeout(flush, Math.max(option.batchMs, resting - now()));
};
const flush = () => sending = sending.then(async () => {
  timer = 0;
  if (queue[0] && resting <= now()) {
    const events = bite(queue), { status, headers } = await post("/v1/b", batch(events));
    if (/^([23]|4(?!08|29))/.test(status)) {
      drop(events);
      failures = 0;
      if (status > 399) emit("error", status);
    } else resting = now() + 1e3 * (headers?.get("retry-after") || Math.min(60, 2 ** failures++) + Math.random());
  }
  schedule();
});
const recall = () => {
  const { until = resting, events = [] } = stored("queue");
  queue = [...events.filter((event) => now() - new Date(event.timestamp) < 6048e5), ...queue];
  resting = until;
  kept("queue", "");
  schedule();
};
const leave = () => {
  report(100);
  for (let events; queue[0] && n.onLine && resting <= now() && post("/v1/b", batch(events = bite(queue)), 1);) drop(events);
  if (queue[0]) {
    recall();
    while (queue[100] || weight(queue) > 2e5) queue = queue.slice(1);
    kept("queue", written({ until: resting, events: queue }));
    queue = [];
  }
};
