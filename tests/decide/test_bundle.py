"""Applying documents: all or nothing, the same whatever the order, and without dangling names."""

import itertools

import msgspec
import pytest

from tests.decide.test_document import EXAMPLE
from wegweiser.decide.bundle import Merged, bundle_id, check, merge
from wegweiser.decide.bundle_export import export
from wegweiser.decide.document import read_documents
from wegweiser.terms.errors import DocumentRefused, InputRefused
from wegweiser.terms.message import Message, Variant
from wegweiser.terms.policy import Arms, Bundle

MESSAGE = "{kind: message, key: m}"
VARIANT = "{kind: variant, message: m, key: mail, channel: email}"


def applied(bundle: Bundle, *texts: str) -> Merged:
    files = [(f"{place}.yaml", text) for place, text in enumerate(texts)]
    return merge(bundle, read_documents(files).objects)


def test_a_second_time_changes_nothing() -> None:
    first = applied(Bundle(), EXAMPLE, MESSAGE, VARIANT, "{kind: arms, nothing: 0.1}")
    again = applied(first.bundle, EXAMPLE, MESSAGE, VARIANT, "{kind: arms, nothing: 0.1}")
    assert len(first.created) == 6
    assert first.bundle.number == 1
    assert (again.created, again.changed) == ((), ())
    assert sorted(again.unchanged) == sorted(first.created)
    assert again.bundle == first.bundle


def test_a_change_is_named_and_raises_the_number() -> None:
    first = applied(Bundle(), EXAMPLE).bundle
    second = applied(first, EXAMPLE.replace("worth: 400", "worth: 500"))
    assert second.changed == ("goal demo-booked",)
    assert second.bundle.number == 2
    assert bundle_id(second.bundle)[:12] != bundle_id(first)[:12]


def test_the_order_of_files_does_not_matter() -> None:
    files = [EXAMPLE, MESSAGE, VARIANT, "{kind: cap, key: c, limit: 1, window_hours: 24}"]
    ids = {bundle_id(applied(Bundle(), *order).bundle) for order in itertools.permutations(files)}
    assert len(ids) == 1


def test_rolling_back_shows_the_old_digits_under_a_new_number() -> None:
    old = applied(Bundle(), EXAMPLE)
    new = applied(old.bundle, EXAMPLE.replace("value: 40", "value: 50"))
    back = applied(new.bundle, EXAMPLE)
    assert bundle_id(back.bundle).split("#") == [bundle_id(old.bundle).split("#")[0], "3"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("\n{kind: message, key: x, goal: demo-boked, variants: [{key: v, channel: web}]}",
         "goal demo-boked does not exist; did you mean demo-booked?"),
        ("\n{kind: message, key: x}", "it has no variant"),
        ("\n{kind: variant, message: security-whitepapr, key: v, channel: web}",
         "did you mean security-whitepaper?"),
        ("\n{kind: placement, key: x, channel: web, fallback: gone}", "fallback gone"),
        ("\n{kind: placement, key: x, channel: email, fallback: security-whitepaper}",
         "no variant for channel email"),
    ],
)  # fmt: skip
def test_a_name_that_leads_nowhere_is_refused_at_its_line(text: str, reason: str) -> None:
    with pytest.raises(DocumentRefused, match=r"1\.yaml, line 2: ") as refused:
        applied(Bundle(), EXAMPLE, text)
    assert reason in refused.value.message


def test_a_bundle_broken_from_elsewhere_is_refused_by_name() -> None:
    broken = Bundle(messages=(Message("m", (Variant("v", "web"),), goal="gone"),))
    with pytest.raises(InputRefused, match="message m: goal gone does not exist"):
        check(broken)


def test_a_placement_without_messages_is_only_a_warning() -> None:
    bundle = applied(Bundle(), "{kind: placement, key: p, channel: app}").bundle
    (warning,) = check(bundle)
    assert warning.said() == "placement p: no message has a variant for app"
    assert warning.said("de") == "Platz p: keine Botschaft hat eine Variante für app"


def test_a_factor_may_not_read_what_is_withheld_from_decisions() -> None:
    factor = "{kind: factor, key: f, factor: 1.5, when: 'person.traits.health == \"ill\"'}"
    held = "{kind: attribute, key: person.traits.health, purposes: [measurement]}"
    first = applied(Bundle(), EXAMPLE, factor)
    assert first.bundle.factors
    with pytest.raises(DocumentRefused, match="must not be used for decisions"):
        applied(first.bundle, held)
    with pytest.raises(DocumentRefused, match=r"factor f.*must not be used for decisions"):
        applied(Bundle(), EXAMPLE, held, factor)


def test_an_export_of_old_arms_applied_alone_keeps_them() -> None:
    # Published before there were arms that are always on.
    old = msgspec.structs.replace(applied(Bundle(), EXAMPLE).bundle, arms=Arms())
    objects = read_documents([*export(old)]).objects
    assert merge(old, objects, prune=True).is_new is False
    assert merge(Bundle(), objects).bundle.arms == Arms()
