"""Refusals of files in the reader's language."""

from wegweiser.terms.errors import InputRefused
from wegweiser.web.pages.frame.fields import Fault
from wegweiser.web.pages.frame.refusals import said_to
from wegweiser.web.text import Reader, mark

REFUSALS = {
    "empty_file": mark("The file has no rows. Choose another one."),
    "no_mapping": mark("This mapping is not there any more. Choose another one."),
    "packed": mark("The file is packed. Unpack it, and choose what was in it."),
    "bad_gzip": mark("The file is packed. Unpack it, and choose what was in it."),
    "too_large": mark("The file holds too much. Load it with `wegweiser load`."),
    "slow_file": mark("The file takes too long to read. Save it as CSV, or use `wegweiser load`."),
    "live_source": mark(
        "The source that the mapping names sends by itself. Write another name for `source`."
    ),
    "bad_encoding": mark("The file is no UTF-8 text. Save it as CSV in UTF-8."),
    "bad_csv": mark("The file cannot be read as CSV. Save it anew as CSV in UTF-8."),
    "bad_xlsx": mark("The file cannot be read as a spreadsheet. Save it anew as XLSX or CSV."),
    "bad_json": mark("The file cannot be read as a JSON array. Check its end."),
    "bad_file": mark("The file cannot be read. Save it anew, as CSV for example."),
    "no_space": mark("There is no room for the file now. Try it again later."),
}


def fault_of(reader: Reader, error: InputRefused) -> Fault:
    """Give the field and the sentence of a refusal; what a mapping lacks is told as it is."""
    sentence = REFUSALS.get(error.code, "")
    of_mapping = error.code in ("live_source", "no_mapping", "bad_document", "bad_rule")
    return (
        "mapping" if of_mapping else "file",
        reader.say(sentence) if sentence else said_to(reader, error),
    )
