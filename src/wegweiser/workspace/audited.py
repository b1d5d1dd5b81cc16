"""Which operations are noted in the audit, as what, and which argument names whom."""

import hashlib
from typing import TYPE_CHECKING

from wegweiser.flow.audit import OPERATOR
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.source import Caller

if TYPE_CHECKING:
    from wegweiser.workspace.site import Site

# Operation -> (what the row says, the argument that names somebody, empty for none).
AUDITED: dict[str, tuple[str, str]] = {
    "rebuild": ("store.rebuild", ""),
    "new_password": ("password.new", ""),
    "people_add": ("people.add", ""),
    "people_role": ("people.role", ""),
    "people_remove": ("people.remove", ""),
    "people_link": ("people.link", ""),
    "people_session_end": ("people.session_end", ""),
    "people_factor_drop": ("people.factor_drop", ""),
    "forget": ("person.erase", "identifier"),
    "access": ("person.access", "identifier"),
    "access_request": ("person.access_request", "identifier"),
    "access_release": ("person.access_release", ""),
    "access_document": ("person.access", ""),
    "suppression_add": ("suppression.add", "identifier"),
    "suppression_lift": ("suppression.lift", "identifier"),
    "regulation_create": ("regulation.create", ""),
    "regulation_delete": ("regulation.delete", ""),
    "retention_run": ("retention.run", ""),
    "report_send": ("report.send", ""),
    "report_remove": ("report.remove", ""),
    "alarm_acknowledge": ("alarm.acknowledge", ""),
    "alarm_snooze": ("alarm.snooze", ""),
    "alarm_judge": ("alarm.judge", ""),
    "alarm_miss": ("alarm.miss", ""),
    "watch_remove": ("watch.remove", ""),
    "decide_batch": ("batch.create", ""),
    "decide_batch_cancel": ("batch.cancel", ""),
    "contact_override": ("contact.override", "account"),
    "contact_bar": ("contact.forbid", "identifier"),
    "contact_take_back": ("contact.take_back", ""),
    "segment_members": ("segment.export", ""),
    "segment_recount": ("segment.recount", ""),
    "segment_remove": ("segment.remove", ""),
    "traits_catch_up": ("traits.catch_up", ""),
    "source_create": ("source.create", ""),
    "source_options": ("source.change", ""),
    "source_rename": ("source.change", ""),
    "source_user_hash": ("source.secret", ""),
    "key_create": ("key.create", ""),
    "key_revoke": ("key.revoke", ""),
    "key_pause": ("key.pause", ""),
    "key_set": ("key.change", ""),
    "key_resume": ("key.resume", ""),
    "key_rotate": ("key.rotate", ""),
    "link_propose": ("link.search", ""),
    "link_accept": ("link.accept", "a"),
    "link_reject": ("link.reject", "a"),
    "hook_secret": ("hook.secret", ""),
    "hook_remove": ("hook.remove", ""),
    "delivery_show": ("delivery.read", ""),
    "audience_acknowledge": ("audience.acknowledge", ""),
    "delivery_retry": ("delivery.retry", ""),
    "delivery_give_up": ("delivery.give_up", ""),
    "endpoint_test": ("endpoint.test", ""),
    "endpoint_enable": ("endpoint.enable", ""),
    "address_lift": ("address.lift", ""),
    "subscription_set": ("subscription.set", ""),
    "subscription_load": ("subscription.load", ""),
    "identity_link": ("identity.link", ""),
    "identity_cut": ("identity.cut", ""),
    "identity_separate": ("identity.separate", ""),
    "identity_restore": ("identity.restore", "identifier"),
    "identity_release": ("identity.release", "identifier"),
    "identity_undo": ("identity.undo", ""),
    "identity_apart": ("identity.separate", "identifier"),
    "identity_rules_publish": ("rules.publish", ""),
    "account_confirm": ("membership.confirm", "person"),
    "account_reject": ("membership.reject", "person"),
    "account_remove": ("membership.remove", "person"),
    "account_undo": ("membership.undo", ""),
    "model_promote": ("model.promote", ""),
    "models_retrain": ("model.retrain", ""),
    "quarantine_fix": ("quarantine.mend", ""),
    "quarantine_replay": ("quarantine.replay", ""),
    "quarantine_discard": ("quarantine.discard", ""),
    "cost_load": ("cost.load", ""),
    "cost_remove": ("cost.remove", ""),
    "series_load": ("series.load", ""),
    "series_remove": ("series.remove", ""),
    "rate_load": ("rate.load", ""),
    "rate_remove": ("rate.remove", ""),
    "backup_note": ("backup.made", ""),
    "company_set": ("company.change", ""),
    "demo_remove": ("demo.remove", ""),
    "work_begin": ("work.begin", ""),
    "work_cancel": ("work.cancel", ""),
}
# Arguments that say what was done and never name anybody.
_TOLD = (
    *("dry_run", "with_persons", "suppress", "source", "name", "key_id", "label", "public"),
    *("scopes", "purpose", "request_id", "regulation_type", "id", "version", "kind"),
    *("preview", "operation_id", "adopt", "role"),
)


def note(
    site: "Site", name: str, arguments: JsonObject, caller: Caller | None, by: str = ""
) -> None:
    """Note an operation that was done, where it belongs in the audit; `by` is who is signed in."""
    audited = AUDITED.get(name)
    if audited is None:
        return
    what, subject = audited
    about = str(arguments.get(subject) or "") if subject else ""
    who = by if by and caller is None else who_is(caller)
    site.audit.note(what, who, about, _detail(arguments))


def who_is(caller: Caller | None) -> str:
    """Name whoever asked, by the id of a key."""
    if caller is None:
        return OPERATOR
    return caller.source_id if caller.key is None else caller.key.key_id


def _detail(arguments: JsonObject) -> JsonObject:
    plain: dict[str, Json] = {
        name: arguments[name] for name in _TOLD if arguments.get(name) not in (None, "", False, [])
    }
    key = arguments.get("key")
    if isinstance(key, str):
        plain["key_id"] = key if key.startswith("key_") else f"key_{_digest(key)[:12]}"
    files = arguments.get("files")
    if isinstance(files, list):
        plain["files"] = len(files)
    return plain


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
