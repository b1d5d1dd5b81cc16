"""Measures over HTTP: the list, and one answered as JSON, a table or a drawing."""

from wegweiser.web.reference.documented import READ_KEY, Documented, Family, Parameter

_OPTIONS = '{"options": {"from": "2026-11-01", "by": "source"}, "format": "csv"}'
_PARAMETERS = (
    Parameter("from", "First day of the period; without it everything counts.", {"type": "string"}),
    Parameter("to", "The day after the last; without it up to now.", {"type": "string"}),
    Parameter("zone", "The time zone of the days, such as `Europe/Berlin`.", {"type": "string"}),
    Parameter(
        "compare",
        "Asks the same for an earlier period and tells the changes.",
        {"type": "string", "enum": ["none", "previous", "year"]},
    ),
    Parameter(
        "format",
        "Else what the header `Accept` says; JSON without both.",
        {"type": "string", "enum": ["json", "csv", "xlsx", "parquet", "svg", "png", "spec"]},
    ),
    Parameter("lang", "The language of words in a file.", {"type": "string", "enum": ["en", "de"]}),
)

FAMILY = Family(
    "Measures and reports",
    "The key needs the scope `export`. Every answer says up to which moment everything is in it\n"
    "(`fresh_until`), and holds the question in SQL. Too little data is an answer (200).",
    (
        Documented(
            "GET",
            ("/v1/measures",),
            "Lists all measures: what each answers, in English and German, and its options.",
            READ_KEY,
        ),
        Documented(
            "GET",
            ("/v1/measures/{name}",),
            "Answers one measure; its own options stand in the query beside those below. `format`"
            " `csv`, `xlsx` and `parquet` are the table, `svg`, `png` and `spec` (Vega-Lite) its"
            " chart. No cell of a table begins a formula.",
            READ_KEY,
            tries=("/v1/measures/web.visits?by=source&format=csv",),
            query=_PARAMETERS,
            refusals=(422,),
        ),
        Documented(
            "POST",
            ("/v1/measures/{name}",),
            "The same with options in the body.",
            READ_KEY,
            _OPTIONS,
            tries=("/v1/measures/web.visits",),
            refusals=(422,),
        ),
        Documented(
            "GET",
            ("/v1/reports",),
            "Lists the reports that are sent by mail: when each is due, when it was sent last, and"
            " what failed last.",
            READ_KEY,
        ),
        Documented(
            "GET",
            ("/v1/reports/{key}",),
            "Shows a report as it would be sent now, as a page that can be printed. Nothing is"
            " sent; `wegweiser report send` and the operation `report_send` (scope `admin`) do.",
            READ_KEY,
            tries=("/v1/reports/weekly",),
            status=200,
            media="text/html",
        ),
    ),
)
