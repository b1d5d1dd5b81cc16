"""No table that leaves begins a formula, however it hides: one list of attacks for all of them."""

import csv
import io

import pytest

from wegweiser.flow import bulk_export, decision_export
from wegweiser.flow.answer_file import csv_of
from wegweiser.terms.result import Answer, Question, Result
from wegweiser.workspace.table_file import table_file

ATTACKS = (
    *("=1+1", "+1", "-1+2", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "\u00a0=1"),
    *(
        '"=1',
        "'=1",
        ";=1",
        ",=1",
        "\uff1d1+1",
        "\uff0b1",
        "\uff201",
        "%3D1+1",
        "%20%3D1",
        "\ufeff=1",
    ),
)


def by_page(text: str) -> str:
    return read(table_file(["name"], [[text]], "csv"))


def by_answer(text: str) -> str:
    told = {"en": "Said.", "de": "Gesagt."}
    result = Result(name="web.pages", unit="", n={}, enough_data=True, sentence=told, estimate=1.0)
    return read(
        csv_of(
            Answer(
                measure="web.pages",
                status="ok",
                results=(result,),
                columns=("path",),
                rows=((text,),),
                question=Question("select 1", {}),
                as_of=0,
                n=1,
            )
        )
    )


def by_bulk(text: str) -> str:
    return str(bulk_export._cell(text, "string"))


def by_decisions(text: str) -> str:
    return str(decision_export._cell(text))


def read(content: bytes) -> str:
    rows = list(csv.reader(io.StringIO(content.decode(), newline="")))
    return rows[1][0]


@pytest.mark.parametrize("write", [by_page, by_answer, by_bulk, by_decisions])
@pytest.mark.parametrize("attack", ATTACKS)
def test_no_cell_begins_a_formula(write, attack: str) -> None:  # type: ignore[no-untyped-def]
    assert write(attack) == f"'{attack}"


@pytest.mark.parametrize("write", [by_page, by_answer, by_bulk, by_decisions])
def test_a_harmless_text_stays_as_it_is(write) -> None:  # type: ignore[no-untyped-def]
    assert write("Ada = 1") == "Ada = 1"
