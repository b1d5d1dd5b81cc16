"""A person or an account of a list of journeys, named as far as the reader may see."""

from wegweiser.terms.identity import kind_of, value_of
from wegweiser.web.pages.desk import Desk
from wegweiser.web.pages.facts import account_name, account_path, person_name, person_path
from wegweiser.web.pages.frame.table import Cell
from wegweiser.web.text import Reader


def subject_cell(desk: Desk, reader: Reader, subject: str) -> Cell:
    """Name somebody with a link to the page."""
    name = value_of(subject)
    if kind_of(subject) == "group_id":
        return Cell(account_name(desk.site.views.account(name)), account_path(name))
    return Cell(person_name(reader, desk.site.views.person(name)), person_path(name))
