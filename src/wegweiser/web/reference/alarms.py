"""Alarms over HTTP: what is unusual, and what people say to it."""

from wegweiser.web.reference.documented import ADMIN_KEY, READ_KEY, Documented, Family, Parameter

FAMILY = Family(
    "Alarms",
    "What a [watch](guides/alarms.md) found unusual, and who came to a limit of who is who (these"
    " have no `watch`, their `member` is a person). Reading needs the scope `export`, saying\n"
    "something to an alarm `admin`; who said it is noted with the alarm and in the audit.",
    (
        Documented(
            "GET",
            ("/v1/alarms",),
            "Lists alarms, newest first: since when, how much, what moved with it, what else was"
            " quiet, and what was said to it.",
            READ_KEY,
            query=(
                Parameter(
                    "open",
                    "`true`: only what nobody has acknowledged and is not over.",
                    {"type": "string", "enum": ["true", "false"]},
                ),
            ),
        ),
        Documented(
            "GET",
            ("/v1/alarms/quality",),
            "Holds the alarms against their promise: by month how many and how many false ones the"
            " budget allows, the share confirmed, the median delay in days, what was missed.",
            READ_KEY,
        ),
        Documented(
            "POST",
            ("/v1/alarms/{id}/acknowledge",),
            "Notes that somebody has seen an alarm; who was first stays.",
            ADMIN_KEY,
            "{}",
            tries=("/v1/alarms/alm_0f3a/acknowledge",),
            refusals=(404,),
        ),
        Documented(
            "POST",
            ("/v1/alarms/{id}/snooze",),
            "Nothing is told of the series of an alarm for so many days; new alarms are kept.",
            ADMIN_KEY,
            '{"days": 7}',
            tries=("/v1/alarms/alm_0f3a/snooze",),
            refusals=(404, 422),
        ),
        Documented(
            "POST",
            ("/v1/alarms/{id}/judge",),
            "Says whether an alarm was right: `confirmed` or `false`.",
            ADMIN_KEY,
            '{"judgement": "confirmed", "note": "the form was broken"}',
            tries=("/v1/alarms/alm_0f3a/judge",),
            refusals=(404, 422),
        ),
        Documented(
            "POST",
            ("/v1/alarms/misses",),
            "Reports what no alarm told: the series, and the day on which it began.",
            ADMIN_KEY,
            '{"series": "conversion", "day": "2026-11-02", "note": "the form was broken"}',
            refusals=(422,),
        ),
    ),
)
