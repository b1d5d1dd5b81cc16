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
   "pi": 1.0, "how": "best"}]}"""

OUTCOMES = """[{"outcome_id": "o-1", "decision_id": "dec_01M80WS6HYFSEXQ6WFGYW406RW",
  "placement": "home.hero", "slot": 0, "kind": "click"},
 {"outcome_id": "o-2", "subject": {"person": "user_id:u-42"}, "kind": "goal",
  "goal": "demo-booked", "value": {"amount": 400, "currency": "EUR"}}]"""

REPORTED = """[{"outcome_id": "o-1", "status": "stored"},
 {"outcome_id": "o-2", "status": "stored"}]"""

SEGMENTS = """{"segments": [{"key": "security-minded", "name": "Security minded", "version": 1,
   "entered_at": "2026-11-22T09:41:08.112Z"}]}"""
STAGE = """{"stage": "evaluate",
   "probabilities": {"dormant": 0.029311, "explore": 0.146044, "evaluate": 0.609127,
    "validate": 0.156642, "commit": 0.022903, "customer": 0.020377, "stalled": 0.013294,
    "not_buyer": 0.002302},
   "direction": 1.1837, "going": "forward", "entropy": 0.5761, "entries": 4,
   "evidence": [{"what": "comparison", "times": 2, "days": 0, "change": 3.1254},
    {"what": "silence", "times": 3, "days": 12.0, "change": -0.8011}],
   "words": {"en": "evaluate (61 %), forward: comparison twice +3.1; 12 silent days −0.8",
    "de": "vergleichen (61 %), voran: Vergleich zweimal +3,1; 12 stille Tage −0,8"},
   "as_of": "2026-11-23T00:00:00.000Z", "table": "c2efa788fa8f"}"""

PERSON_PROFILE = (
    """{"personId": "per_01M80WS4BMMF8MF6VNHNABX2KZ", "known": true,
 "identifiers": [{"type": "email", "value": "ada@acme.example", "status": "member"}],
 "traits": {"email": "ada@acme.example", "plan": "team"},
 "accounts": [{"groupId": "acme", "role": "", "status": "confirmed", "from": "2026-11-22",
   "to": null}],
 "segments": [], "consent": {"measurement": "granted", "personalisation": "granted"},
 "stage": """
    + STAGE
    + """, "interests": {"sso": 1.965331}, "engagement": 2.889667,
 "counters": {"Demo Booked": 1, "Page Viewed": 1}, "sessions": 1,
 "firstSeenAt": "2026-11-22T05:48:33.524Z", "lastSeenAt": "2026-11-22T05:48:33.524Z",
 "createdAt": "2026-11-22T05:48:33.524Z", "updatedAt": "2026-11-22T05:48:33.524Z"}"""
)

ACCOUNT_PROFILE = (
    """{"accountId": "acc_01M80WS4BM320MRFQK0R4VKH52",
 "identifiers": [{"type": "group_id", "value": "acme", "status": "member"}],
 "traits": {"name": "Acme"},
 "members": [{"personId": "per_01M80WS4BMMF8MF6VNHNABX2KZ", "role": "", "status": "confirmed"}],
 "completeness": null, "stage": """
    + STAGE
    + """,
 "interests": {"sso": 1.965331}, "engagement": 2.889667,
 "counters": {"Demo Booked": 1, "Page Viewed": 1},
 "firstSeenAt": "2026-11-22T05:48:33.524Z", "lastSeenAt": "2026-11-22T05:48:33.524Z",
 "createdAt": "2026-11-22T05:48:33.524Z", "updatedAt": "2026-11-22T05:48:33.524Z"}"""
)

TRAITS = """{"traits": {"email": "ada@acme.example", "plan": "team"},
 "cursor": {"url": "", "has_more": false, "next": "", "limit": 10}}"""

EXTERNAL_IDS = """{"data": [{"collection": "users", "id": "u-42", "type": "user_id",
   "created_at": "2026-11-22T05:48:33.524Z", "encoding": "none", "status": "member"}],
 "cursor": {"url": "", "has_more": false, "next": "", "limit": 10}}"""

EVENTS_PAGE = """{"data": [{"event": "Demo Booked", "message_id": "m-2",
   "timestamp": "2025-11-22T09:41:07.000Z", "detail": ""}], "cursor": {"limit": 10}}"""

METADATA = """{"metadata": {"created_at": "2026-11-22T05:48:33.524Z",
  "updated_at": "2026-11-22T05:48:33.524Z", "expires_at": null}}"""

ADMIN_ANSWER = """{"received": 8, "stored": 8, "duplicate": 0, "quarantined": 0, "suppressed": 0,
 "dropped": 0, "version": "0.1.0", "healthy": true}"""
