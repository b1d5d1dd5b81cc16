"""Every reason for which a pair does not join, with the rule behind it and what would change it."""

# The rule, in one sentence.
RULES = {
    "blocked": "The value is on the list of values that are nobody's identifier, or its type is "
    "refused.",
    "unique_conflict": "One person has one current value of each person-unique type.",
    "limit_exceeded": "One person has only so many values of this type in this span of days.",
    "separated": "An operator said that two of the identifiers are not one person.",
    "cut": "An operator said that this evidence does not count.",
    "restored": "An operator took the component back to an earlier moment.",
    "cap_identifiers": "One person has only so many identifiers.",
    "cap_merges": "One person is made of only so many identifiers with events.",
    "shared": "The device belongs to two or more known persons, so that it joins nobody.",
    "two_owners": "Both devices belong to known persons, who stay two.",
    "quarantined": "Too many people use the value.",
    "proof_required": "A public sender vouches for its own device only.",
    "proof_invalid": "The proof that came with the event was not valid.",
    "claim_on_known": "Typing the address of a known person proves nothing.",
    "alias_untrusted": "Only a secret key may say that one id replaces another.",
    "inferred": "What was only concluded is a suggestion.",
    "account": "Accounts and households join no persons.",
    "erased": "The evidence was erased.",
    "frozen": "The component is too large and waits for an operator.",
    "waiting": "The component is too large and waits for an operator.",
}
# What would make the pair join, the nearest change first.
FLIPS = {
    "blocked": "Rules without this value in the list, or that give its type a class.",
    "unique_conflict": "An alias from a secret key that says which value replaces the other, or a "
    "cut of the pair by which the other value belongs here.",
    "limit_exceeded": "The same evidence once more after the span is over, or rules that allow "
    "more values.",
    "separated": "Undoing the operation that separated them.",
    "cut": "Undoing the operation that cut the pair.",
    "restored": "Undoing the operation that restored the component, or new evidence.",
    "cap_identifiers": "Rules that allow more identifiers, or a cut of what does not belong here.",
    "cap_merges": "Rules that allow more merges, or a cut of what does not belong here.",
    "shared": "A cut of the pair by which the other person got the device.",
    "two_owners": "A sign-in of the same person on both devices.",
    "quarantined": "Rules that pin the value as allowed.",
    "proof_required": "The same statement from a secret key, or with a valid context.userHash.",
    "proof_invalid": "A context.userHash made with the secret of the source.",
    "claim_on_known": "A click on a signed link in a mail to the address, or a sign-in.",
    "alias_untrusted": "The same alias from a secret key.",
    "inferred": "The same statement by an event, or a link by an operator.",
    "account": "Nothing: they never join persons.",
    "erased": "Nothing: what was erased does not come back.",
    "frozen": "A release of the component by an operator.",
    "waiting": "A release of the component by an operator.",
}
