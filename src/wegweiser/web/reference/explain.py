"""The route that explains, proves and decides again what was decided before."""

from wegweiser.web.reference.documented import READ_KEY, Documented, Family, Parameter

_VERIFIED = '{"decision_id": "dec_01M80WS6HYFSEXQ6WFGYW406RW", "verified": true}'

FAMILY = Family(
    "Decisions of the past",
    "Everything is told from the record of a decision, its bundle and its model; the key needs\n"
    "the scope `profile:read`.",
    (
        Documented(
            "GET",
            ("/v1/decisions/{decision_id}",),
            "Explains one decision: a sentence, how many candidates were left after each step,"
            " every reason of every dropped one, the sums of the chosen and the next best, all"
            " probabilities, and what would have changed the choice. The example asks with"
            " `?mode=verify`.",
            READ_KEY,
            "",
            _VERIFIED,
            tries=("/v1/decisions/{decision_id}?mode=verify",),
            query=(
                Parameter(
                    "mode",
                    "`verify` derives the choice again from stored integers, `recompute` decides"
                    " again from stored inputs, `what_if` under another bundle or model.",
                    {"type": "string", "enum": ["explain", "verify", "recompute", "what_if"]},
                ),
                Parameter("bundle", "With `what_if`: the number of a bundle.", {"type": "integer"}),
                Parameter("model", "With `what_if`: the number of a model.", {"type": "integer"}),
            ),
            refusals=(422,),
        ),
    ),
)
