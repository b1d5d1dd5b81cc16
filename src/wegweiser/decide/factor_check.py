"""What documents of factors, and references from them to messages, must obey."""

from collections.abc import Iterator

from wegweiser.decide.document_check import factor_faults, faults_of
from wegweiser.decide.document_shape import Fault
from wegweiser.decide.kind import missing
from wegweiser.decide.rule_schema import saved_rule
from wegweiser.terms.errors import RuleRefused
from wegweiser.terms.policy import Bundle, Factor
from wegweiser.terms.wrong import Saying, wrong

# A factor holds for a whole request; what it is for stands in `messages` and `topics`.
_OF_CANDIDATES = ("message", "variant")


@faults_of.register
def _factor(value: Factor) -> Iterator[Fault]:
    yield from factor_faults(".factor", value.factor)
    try:
        rule = saved_rule(value.when)
    except RuleRefused as error:
        yield ".when", error
        return
    for name in sorted(rule.variables.intersection(_OF_CANDIDATES)):
        yield ".when", wrong("factor_reads", name=name)


def unknown_messages(bundle: Bundle) -> Iterator[tuple[str, Saying, str]]:
    """Yield (name of the factor, fault, key) of messages that do not exist.

    >>> bundle = Bundle(factors=(Factor("f", "true", 2.0, messages=("m",)),))
    >>> [(name, fault.said("en"), key) for name, fault, key in unknown_messages(bundle)]
    [('factor f', 'message m does not exist; there are none yet', 'm')]
    """
    known = sorted(message.key for message in bundle.messages)
    for factor in bundle.factors:
        for key in factor.messages:
            if key not in known:
                yield f"factor {factor.key}", missing("message", key, known), key
