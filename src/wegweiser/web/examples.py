"""Requests and answers that the reference shows; a test sends the ones and compares the others."""

IDENTIFY = """{"userId": "u-42", "messageId": "m-1",
 "traits": {"email": "ada@acme.example", "plan": "team"},
 "context": {"consent": {"categoryPreferences": {"measurement": true, "personalisation": true}}}}"""

TRACK = """{"userId": "u-42", "messageId": "m-2", "event": "Demo Booked",
 "timestamp": "2025-11-22T09:41:07Z", "properties": {"topic": "sso"}}"""

BATCH = """{"batch": [
  {"type": "page", "anonymousId": "a-9c1", "messageId": "m-3", "name": "Prices",
   "properties": {"url": "https://www.example.com/prices"}},
  {"type": "track", "anonymousId": "a-9c1", "messageId": "m-4", "event": "Price List Opened"}]}"""

STORED = '{"success": true}'

DECIDE = """{"request_id": "req-7f3a",
 "subject": {"person": "user_id:u-42", "account": "group_id:acme"},
 "placements": [{"key": "home.hero", "max": 1}], "locale": "de-DE",
 "context": {"page": {"path": "/security"}}}"""

DECIDED = """{"decision_id": "dec_01M80WS6HYFSEXQ6WFGYW406RW", "bundle": "cb6f4b62edae#1",
 "model": 0, "arm": "main", "status": "decided", "not_before": null,
 "items": [{"placement": "home.hero", "slot": 0, "message": "security-whitepaper",
   "variant": "de-short",
   "content": {"title": "SSO in einer Stunde", "url": "https://www.example.com/sso"},
   "content_ref": "sha256:20e39e39de279cab62812c2d4ab8cd02475aac7509ce17af5a0dd4715f352660",
   "pi": 1.0, "how": "best",
   "track": {
    "impression_url": "https://wegweiser.example.com/v1/impression?token=wgt_dec_01M8...",
    "click_url": "https://wegweiser.example.com/v1/click?token=wgt_dec_01M8...",
    "token": "wgt_dec_01M8..."}}]}"""

OUTCOMES = """[{"outcome_id": "o-1", "decision_id": "dec_01M80WS6HYFSEXQ6WFGYW406RW",
  "placement": "home.hero", "slot": 0, "kind": "click"},
 {"outcome_id": "o-2", "subject": {"person": "user_id:u-42"}, "kind": "goal",
  "goal": "demo-booked", "value": {"amount": 400, "currency": "EUR"}}]"""

REPORTED = """[{"outcome_id": "o-1", "status": "stored"},
 {"outcome_id": "o-2", "status": "stored"}]"""

ADMIN_ANSWER = """{"received": 8, "stored": 8, "duplicate": 0, "quarantined": 0, "suppressed": 0,
 "dropped": 0, "version": "0.1.0", "healthy": true}"""

SIMULATION = """{"files": [["draft.yaml", "{kind: arms, nothing: 0.05, random: 0.01}"]],
 "metric": "engaged", "from": "2026-01-01", "to": "2026-02-01"}"""

SIMULATED = """{"from": "2026-01-01T00:00:00.000Z", "to": "2026-02-01T00:00:00.000Z",
 "placement": "", "draft": {"created": [], "changed": ["arms"], "unchanged": 0},
 "metric": "engaged", "n": 0, "units": 0, "left_out": {}, "unread": [],
 "fitness": {"n": 0, "effective": 0.0, "mean_weight": 0.0, "largest_weight": 0.0,
   "largest_share": 0.0, "unsupported": 0.0, "refusal": "too_few",
   "mean_weight_error": 0.0, "weights_fit": true, "amber": false},
 "logged": null, "target": null, "strata": [], "messages": [], "budget": [], "segment": null,
 "by_model": null,
 "sentence": {
   "en": "Nobody can tell: of 0 choices 0 count in full for the draft, and 100 are needed.",
   "de": "Das kann niemand sagen: Von 0 Entscheidungen zählen 0 voll für den Entwurf, und ..."}}"""
