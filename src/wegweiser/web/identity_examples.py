"""Requests and answers about who is who that the reference shows; a test compares the answers."""

CUT = """{"a": "user_id:u-42", "b": "email:ada@acme.example", "reason": "Shared mailbox"}"""

_BOTH = """{"person_id": "per_01M80WS6HYFSEXQ6WFGYW406RW", "known": true,
   "identifiers": ["email:ada@acme.example", "user_id:u-42"], "identifier_count": 2,
   "leaves": ["user_id:u-42"], "leaf_count": 1, "segments": ["security-minded"],
   "consent": {"measurement": "granted"}, "contacts": {"web": 1}, "events": 12}"""

CUT_PREVIEW = f"""{{"operation_id": null, "kind": "cut", "preview": true,
 "before": {{"persons": 1, "shown": [
  {_BOTH}]}},
 "after": {{"persons": 1, "shown": [
  {_BOTH.replace('"email:ada@acme.example", ', "").replace("2,", "1,")}]}}}}"""

IDENTITY = """{"person_id": "per_01M80WS6HYFSEXQ6WFGYW406RW", "redirects": [],
 "identifiers": [
  {"type": "email", "id": "ada@acme.example", "class": "strong", "status": "member",
   "first_seen": "2026-11-22T09:41:07.000Z", "last_seen": "2026-11-22T09:41:07.000Z"}],
 "merges": 0, "frozen": false, "resolution": "full", "rules_version": "37a8eec1ce19",
 "operations": []}"""

EVIDENCE = """{"a": "user_id:u-42", "b": "email:ada@acme.example", "one_person": true,
 "path": [{"a": "email:ada@acme.example", "b": "user_id:u-42", "event_id": "m-1",
   "source": "shop", "trust": "server", "proof": "none",
   "event_time": "2026-11-22T09:41:07.000Z", "stored_time": "2026-11-22T09:41:07.112Z",
   "position": 1}],
 "refused": [], "person_ids": ["per_01M80WS6HYFSEXQ6WFGYW406RW"],
 "rules_version": "37a8eec1ce19"}"""

RULES = """{"rules": {"strong_most": 6, "types": {"loyalty_card": {"class": "strong"}}}}"""

DRY_RUN = """{"version": "1c2f7b01a7de", "over": "37a8eec1ce19", "days": 30,
 "persons_before": 3, "persons_after": 3, "merges": 0, "splits": 0, "leaves_moved": 0,
 "segment_enters": {}, "segment_leaves": {}, "conflicts": {}, "looked_at": 3, "run_ms": 4,
 "examples": {}}"""

PUBLISHED = """{"version": "1c2f7b01a7de", "before": "37a8eec1ce19", "position": 17}"""

MESSAGE = """{"message_id": "m-1", "fate": "stored", "received": 2, "trail": [
 {"position": 1, "source": "shop", "trust": "server",
  "received_at": "2026-11-22T09:41:07.112Z", "index": 0, "fate": "stored",
  "event_time": "2026-11-22T09:41:07.000Z", "type": "identify", "event": "Identified",
  "flags": [], "leaf": "user_id:u-42", "person_id": "per_01M80WS6HYFSEXQ6WFGYW406RW",
  "account": null, "identifiers": ["user_id:u-42", "email:ada@acme.example"],
  "evidence": [{"a": "email:ada@acme.example", "b": "user_id:u-42", "trust": "server",
    "one_person": true, "reason": ""}],
  "segments": []}]}"""
