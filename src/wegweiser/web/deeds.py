"""What stands in the audit trail as codes, in words: what was done, by whom, and with what."""

from wegweiser.terms.json import Json
from wegweiser.web.text import Reader, mark
from wegweiser.web.words import RIGHTS, ROLES, named

# What was done, by the code that the audit keeps.
DEEDS = {
    "sign_in": mark("Signed in"),
    "sign_in.refused": mark("Sign-in refused"),
    "password.new": mark("New password given"),
    "password.chosen": mark("Password chosen"),
    "page.refused": mark("Page refused"),
    "people.add": mark("Somebody let in"),
    "people.role": mark("Role changed"),
    "people.remove": mark("Access taken away"),
    "people.link": mark("One-time link made"),
    "people.link_provider": mark("Linked with the identity provider"),
    "people.session_end": mark("Session ended"),
    "people.factor": mark("Second factor set up"),
    "people.factor_drop": mark("Second factor taken away"),
    "person.read": mark("Person looked at"),
    "person.erase": mark("Person erased"),
    "person.access": mark("Data about a person handed over"),
    "person.access_request": mark("Access request filed"),
    "person.access_release": mark("Access request released"),
    "request.access": mark("Access requested from outside"),
    "request.portability": mark("Copy of data requested from outside"),
    "request.erasure": mark("Erasure requested from outside"),
    "request.cancel": mark("Request taken back"),
    "erasure.restored": mark("Erased again after an older copy was put back"),
    "audit.reworded": mark("Erasure took names out of rows"),
    "regulation.create": mark("Regulation filed"),
    "regulation.delete": mark("Regulation taken back"),
    "suppression.add": mark("Person suppressed"),
    "suppression.lift": mark("Suppression lifted"),
    "retention.run": mark("Retention carried out by hand"),
    "retention.done": mark("Retention carried out"),
    "subscription.set": mark("Subscription changed"),
    "subscription.load": mark("Subscriptions loaded"),
    "address.lift": mark("Address allowed again"),
    "contact.override": mark("Contact policy overridden"),
    "contact.forbid": mark("Contact forbidden"),
    "contact.take_back": mark("Contact decision taken back"),
    "data.export": mark("Data taken as a file"),
    "segment.export": mark("Members of a segment taken as a file"),
    "feed.open": mark("Stream of profiles opened"),
    "events.read": mark("Events looked at as they were sent"),
    "delivery.read": mark("Delivery looked at"),
    "configuration.publish": mark("Published"),
    "configuration.rollback": mark("Earlier version published again"),
    "draft.save": mark("Draft stored"),
    "draft.submit": mark("Draft handed in for review"),
    "draft.approve": mark("Draft approved"),
    "draft.discard": mark("Draft discarded"),
    "segment.recount": mark("Segment counted anew"),
    "segment.remove": mark("Segment removed"),
    "traits.catch_up": mark("Computed traits brought up to date"),
    "report.send": mark("Report sent"),
    "report.remove": mark("Report removed"),
    "alarm.acknowledge": mark("Alarm acknowledged"),
    "alarm.snooze": mark("Alarm put off"),
    "alarm.judge": mark("Alarm judged"),
    "alarm.miss": mark("Missed alarm reported"),
    "watch.remove": mark("Watch removed"),
    "batch.create": mark("Campaign run begun"),
    "batch.cancel": mark("Campaign run cancelled"),
    "source.create": mark("Source created"),
    "source.change": mark("Source changed"),
    "source.secret": mark("Secret of a source set"),
    "key.create": mark("Key created"),
    "key.revoke": mark("Key revoked"),
    "key.pause": mark("Key paused"),
    "key.resume": mark("Key in use again"),
    "key.change": mark("Key changed"),
    "key.rotate": mark("Key replaced"),
    "hook.secret": mark("Secret of a webhook set"),
    "hook.remove": mark("Webhook removed"),
    "audience.acknowledge": mark("Audience file confirmed"),
    "delivery.retry": mark("Delivery tried again"),
    "delivery.give_up": mark("Delivery given up"),
    "endpoint.test": mark("Channel tested"),
    "endpoint.enable": mark("Channel switched on again"),
    "identity.link": mark("Two people joined"),
    "identity.cut": mark("Link cut"),
    "identity.separate": mark("Two people separated"),
    "identity.restore": mark("Earlier state of a person restored"),
    "identity.release": mark("Identifier released"),
    "identity.undo": mark("Decision on who is who undone"),
    "rules.publish": mark("Identity rules published"),
    "link.search": mark("Likely pairs searched"),
    "link.accept": mark("Pair joined"),
    "link.reject": mark("Pair rejected"),
    "membership.confirm": mark("Membership confirmed"),
    "membership.reject": mark("Membership rejected"),
    "membership.remove": mark("Membership ended"),
    "membership.undo": mark("Decision on a membership undone"),
    "model.promote": mark("Model put to use"),
    "model.retrain": mark("Models trained anew"),
    "quarantine.mend": mark("Quarantine mended"),
    "quarantine.replay": mark("Quarantine tried again"),
    "quarantine.discard": mark("Quarantine discarded"),
    "file.load": mark("File loaded"),
    "cost.load": mark("Costs loaded"),
    "cost.remove": mark("Costs removed"),
    "series.load": mark("Series loaded"),
    "series.remove": mark("Series removed"),
    "rate.load": mark("Exchange rates loaded"),
    "rate.remove": mark("Exchange rates removed"),
    "store.rebuild": mark("All profiles computed anew"),
    "backup.made": mark("Backup made"),
    "company.change": mark("Company settings changed"),
    "demo.remove": mark("Demo data removed"),
    "work.begin": mark("Long work begun"),
    "work.cancel": mark("Long work cancelled"),
}
# Who did it, where that is nobody with a name.
DOERS = {
    "operator": mark("command line or program"),
    "wegweiser": mark("Wegweiser itself"),
    "somebody": mark("somebody unknown"),
}
# What a row says besides.
DETAILS = {
    "with_persons": mark("with the people"),
    "suppress": mark("and suppressed"),
    "source": mark("source"),
    "name": mark("name"),
    "key_id": mark("key"),
    "label": mark("label"),
    "public": mark("may be public"),
    "scopes": mark("may be used for"),
    "purpose": mark("purpose"),
    "request_id": mark("request"),
    "id": mark("identifier"),
    "version": mark("version"),
    "kind": mark("kind"),
    "regulation_type": mark("kind"),
    "preview": mark("preview"),
    "operation_id": mark("operation"),
    "role": mark("role"),
    "right": mark("needs"),
    "files": mark("files"),
    "reason": mark("reason"),
    "bundle": mark("version"),
    "restores": mark("as in version"),
    "form": mark("form"),
    "rows": mark("rows"),
    "columns": mark("columns"),
    "bytes": mark("bytes"),
    "mapping": mark("mapping"),
    "work_id": mark("work"),
    "segment": mark("segment"),
    "format": mark("form"),
    "by_provider": mark("by the identity provider"),
    "code": mark("code"),
    "why": mark("why"),
    "closed": mark("after too many wrong passwords"),
    "factor": mark("at the second factor"),
    "not_told": mark("others not listed"),
    "identifiers": mark("identifiers"),
}
# What was done only to see what it would do.
TRIED = "dry_run"
_VALUES = {"role": ROLES, "right": RIGHTS}


def deed_words(reader: Reader, what: str, detail: Json) -> str:
    """Say what was done; a code of another version stays as it is.

    >>> deed_words(Reader("en", "UTC", 0), "retention.run", {"dry_run": True})
    'Retention carried out by hand (only counted, nothing was changed)'
    """
    words = named(reader, DEEDS, what)
    if isinstance(detail, dict) and detail.get(TRIED) is True:
        return reader.say("{deed} (only counted, nothing was changed)", deed=words)
    return words


def detail_words(reader: Reader, detail: Json) -> str:
    """Say what a row says besides; what is only true or not is told by its name.

    >>> german = Reader("de", "UTC", 0)
    >>> detail_words(german, {"role": "analyst", "suppress": True, "rows": 1200})
    'Rolle: Analyse, und gesperrt, Zeilen: 1.200'
    """
    if not isinstance(detail, dict):
        return ""
    told = [_part(reader, name, value) for name, value in detail.items() if name != TRIED]
    return ", ".join(told)


def _part(reader: Reader, name: str, value: Json) -> str:
    words = named(reader, DETAILS, name)
    return words if value is True else f"{words}: {_value(reader, name, value)}"


def _value(reader: Reader, name: str, value: Json) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return reader.number(value)
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    return named(reader, _VALUES.get(name, {}), "" if value is None else str(value))
