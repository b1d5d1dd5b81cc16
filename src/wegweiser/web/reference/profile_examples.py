"""Answers about profiles that the reference shows; a test compares them with real ones."""

SEGMENTS = """{"segments": [{"key": "security-minded", "name": "Security minded", "version": 1,
   "entered_at": "2026-11-22T09:41:08.112Z"}]}"""
STAGE = """{"stage": "evaluate",
   "probabilities": {"dormant": 0.029311, "explore": 0.146044, "evaluate": 0.609127,
    "validate": 0.156642, "commit": 0.022903, "customer": 0.020377, "stalled": 0.013294,
    "not_buyer": 0.002302},
   "direction": 1.1837, "going": "forward", "entropy": 0.5761, "entries": 4,
   "evidence": [{"what": "comparison", "times": 2, "days": 0, "change": 3.1254},
    {"what": "silence", "times": 3, "days": 12.0, "change": -0.8011}],
   "words": {"en": "evaluate (61%), forward: comparison twice +3.1; 12 silent days −0.8",
    "de": "vergleichen (61 %), voran: Vergleich zweimal +3,1; 12 stille Tage −0,8"},
   "as_of": "2026-11-23T00:00:00.000Z", "table": "c2efa788fa8f"}"""

_INSIGHTS = """
 "computed": {}, "intents": {}, "purchases": null,
 "productUse": {"lastUsedOn": "2026-11-22", "activeDays7": 1, "activeDays30": 1,
   "features7": {}, "features30": {}},
 "rfm": {"status": "no_order", "recencyDays": null, "frequency": 0, "monetary": 0.0,
   "currency": "", "recencyScore": null, "frequencyScore": null, "monetaryScore": null,
   "buyers": 0, "comparedAt": null},
 "scores": {},
 "firstTouch": {"at": "2026-11-22T05:48:33.524Z", "path": "Security", "referrer": "",
   "channel": "", "campaign": {}},
 "insightAsOf": "2026-11-23T00:00:00.000Z"}"""

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
 "createdAt": "2026-11-22T05:48:33.524Z", "updatedAt": "2026-11-22T05:48:33.524Z","""
    + _INSIGHTS
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
 "createdAt": "2026-11-22T05:48:33.524Z", "updatedAt": "2026-11-22T05:48:33.524Z","""
    + _INSIGHTS
)

_LAST = """ "cursor": {"url": "", "has_more": false, "next": "", "limit": 10}}"""

TRAITS = (
    """{"traits": {"email": "ada@acme.example", "plan": "team", "security-minded": true},""" + _LAST
)

EXTERNAL_IDS = (
    """{"data": [{"source_id": "src_683b0077686f", "collection": "users", "id": "u-42",
   "type": "user_id", "created_at": "2026-11-22T05:48:33.524Z", "encoding": "none",
   "first_message_id": "m-1", "status": "member"}],"""
    + _LAST
)

EVENTS_PAGE = (
    """{"data": [{"external_ids": [{"collection": "users", "type": "user_id", "id": "u-42",
     "encoding": "none"}],
   "context": {}, "type": "track", "event": "Demo Booked", "message_id": "m-2",
   "source_id": "src_683b0077686f", "timestamp": "2025-11-22T09:41:07.000Z",
   "properties": {}, "related": {"users": "per_01M80WS4BMMF8MF6VNHNABX2KZ"}}],"""
    + _LAST
)

METADATA = """{"metadata": {"created_at": "2026-11-22T05:48:33.524Z",
  "updated_at": "2026-11-22T05:48:33.524Z", "expires_at": null,
  "first_message_id": "m-2", "first_source_id": "src_683b0077686f",
  "last_message_id": "m-6", "last_source_id": "src_683b0077686f"}}"""

_ROLE = """
   "role": "buyer", "status": "confirmed", "confidence": 0.9, "from": "2026-11-22", "to": null}],"""

LINKS = (
    """{"data": [{"to_collection": "accounts", "external_ids": [{"id": "acme",
     "type": "group_id", "source_id": "src_683b0077686f", "collection": "accounts",
     "created_at": "2026-11-22T05:48:33.524Z", "encoding": "none"}],"""
    + _ROLE
    + _LAST
)

LINKS_BACK = (
    """{"data": [{"to_collection": "users", "external_ids": [{"id": "u-42",
     "type": "user_id", "source_id": "src_683b0077686f", "collection": "users",
     "created_at": "2026-11-22T05:48:33.524Z", "encoding": "none"}],"""
    + _ROLE
    + _LAST
)

CONSENT = """{"consent": {"measurement": "granted"},
 "statements": [{"purpose": "measurement", "status": "granted", "explicit": true,
   "identifier": "user_id:u-42", "trusted": true, "message_id": "m-1",
   "at": "2026-11-22T05:48:33.524Z"}]}"""

INTERESTS = """{"interests": {"sso": 1.965331}, "engagement": 2.889667,
 "as_of": "2026-11-22T09:41:08.112Z"}"""

SESSIONS = (
    """{"data": [{"start": "2026-11-22T05:48:33.524Z", "end": "2026-11-22T05:53:03.524Z",
   "seconds": 270.0}],"""
    + _LAST
)

LOOKUP = '{"type": "email", "id": "ada@acme.example"}'
LOOKED_UP = '{"person_id": "per_01M80WS4BMMF8MF6VNHNABX2KZ"}'
