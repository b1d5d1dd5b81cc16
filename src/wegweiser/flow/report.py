"""Measures over the archive: catch up, offer the views, ask, answer."""

from collections.abc import Mapping, Sequence

import msgspec
import pyarrow as pa

from wegweiser.deliver.report_document import Report
from wegweiser.deliver.report_part import Composed, Part
from wegweiser.flow.answer_file import require_form, written
from wegweiser.flow.answer_wish import FileWish, Written
from wegweiser.flow.archive import ArchiveFollower, offer_archive, offer_identity
from wegweiser.flow.known_identity import KnownIdentity, read_directory
from wegweiser.flow.money_tables import offer_imported
from wegweiser.flow.report_parts import days_told, failed_part, foot_told, part_of
from wegweiser.flow.score_subjects import subject_rows, subjects_table
from wegweiser.flow.score_training import ScoreTrainer
from wegweiser.flow.score_wish import ScoreTrained, ScoreWish
from wegweiser.flow.segment_rows import require_known, segment_members_table, segment_moves_table
from wegweiser.flow.simulate import Simulator, Wish
from wegweiser.flow.tables import VERDICTS, number_key
from wegweiser.flow.told_figures import told_figures
from wegweiser.measure.change.beside import beside
from wegweiser.measure.completed import completed
from wegweiser.measure.credit.beside_lift import has_contacts, lifts_of, with_lift
from wegweiser.measure.credit.measure import NAME as CREDIT
from wegweiser.measure.described import Described, described, read_compared
from wegweiser.measure.form import Asked, Measure
from wegweiser.measure.narrowed import narrowed, read_only
from wegweiser.measure.off_policy_answer import Told
from wegweiser.measure.registry import MEASURES, find
from wegweiser.measure.split_left_out import (
    checks_of,
    told_left_out,
    wants_bad_days,
    without_bad_days,
)
from wegweiser.measure.views import with_views
from wegweiser.ports.archive import Archive
from wegweiser.ports.event_log import EventLog
from wegweiser.ports.operational_store import OperationalStore
from wegweiser.ports.warehouse import Warehouse
from wegweiser.query.earlier import earlier
from wegweiser.query.offered import SEGMENT_MEMBERS, SEGMENT_MOVES, TOLD_FIGURES
from wegweiser.query.period import read_period
from wegweiser.query.sql import names_in
from wegweiser.resolve.statement import read_event
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.event import Event
from wegweiser.terms.goal_titles import OPTION, read_titles
from wegweiser.terms.kept_back import without_few
from wegweiser.terms.record import Verdict
from wegweiser.terms.result import Answer
from wegweiser.terms.source import Trust


class Reporter:
    """Keeps the archive complete and answers measures from it; reads log and store only."""

    def __init__(
        self, log: EventLog, store: OperationalStore, archive: Archive, warehouse: Warehouse
    ):
        self._store = store
        self._archive = archive
        self._warehouse = warehouse
        self._identity = KnownIdentity(store)
        self._follower = ArchiveFollower(log, archive, self._verdicts, _leaf_of)

    def catch_up(self, upto: int) -> None:
        """Append everything up to this log position to the archive."""
        self._follower.catch_up(upto)

    def compact(self) -> int:
        """Merge some small files of the archive; gives how many, 0 when nothing is left to do."""
        return self._follower.compact()

    def rebuild(self, upto: int) -> None:
        """Make the archive anew from the log."""
        self._identity.forget()
        self._archive.clear()
        self._follower.catch_up(upto)

    def replace(self, positions: Sequence[int]) -> None:
        """Write rows of the archive anew whose log records were changed."""
        self._identity.forget()
        self._follower.replace(positions)

    def measure(self, name: str, options: Mapping[str, str], as_of: int, upto: int) -> Answer:
        """Answer one measure over everything up to this position.

        Besides its own options every measure takes `from`, `to` (that day is not in the period),
        `zone`, `compare` (previous or year: the same question for an earlier period beside it) and
        `only` (a part of all rows: a country, a device, a channel, a segment, an account).
        """
        measure = find(name)
        given = dict(options)
        start, end = given.pop("from", ""), given.pop("to", "")
        period = read_period(start, end, as_of, given.pop("zone", "UTC"))
        wanted = read_compared(given.pop("compare", ""))
        only = read_only(given.pop("only", ""), name)
        titles = read_titles(given.pop(OPTION, ""))
        asked = msgspec.structs.replace(measure.ask(given, period, as_of), only=only, titles=titles)
        before = None if wanted is None else earlier(period, wanted)
        self.catch_up(upto)
        offer_archive(self._archive, self._warehouse)
        offer_identity(self._warehouse, self._identity.tables(as_of))
        offer_imported(self._warehouse, self._store)
        answer = self._answer(measure, asked)
        if wanted is None or before is None:
            return answer
        then = self._answer(measure, msgspec.structs.replace(asked, period=before))
        return beside(answer, then, wanted)

    def _answer(self, measure: Measure, asked: Asked) -> Answer:
        if measure.name == CREDIT:
            return self._credit(measure, asked)
        sound = self._sound(asked)
        found = self._asked(measure, sound)
        return told_left_out(found, sound) if wants_bad_days(asked) else found

    def _credit(self, measure: Measure, asked: Asked) -> Answer:
        """Split first, and ask tests only of what was split: all of them leave out the same days.

        Credit itself leaves out none.
        """
        found = self._asked(measure, asked)
        if not has_contacts(found):
            return found
        lifts = {by: self._asked(*one) for by, one in lifts_of(self._sound(asked)).items()}
        return with_lift(found, lifts, asked)

    def _sound(self, asked: Asked) -> Asked:
        """Name the days on which tests broke, where they are to be left out."""
        if not wants_bad_days(asked):
            return asked
        return without_bad_days(asked, self._asked(*checks_of(asked)))

    def _asked(self, measure: Measure, asked: Asked) -> Answer:
        question = narrowed(measure.question(asked), asked.only)
        sql = with_views(question.sql)
        named = names_in(sql)
        if TOLD_FIGURES.name in named:
            self._warehouse.offer(TOLD_FIGURES.name, told_figures(asked, self._answer))
        if SEGMENT_MEMBERS.name in named:
            self._warehouse.offer(SEGMENT_MEMBERS.name, segment_members_table(self._store))
        if SEGMENT_MOVES.name in named:
            moves = self._segment_moves(asked.as_of)
            require_known(question.parameters.get("segments"), moves, self._store)
            self._warehouse.offer(SEGMENT_MOVES.name, moves)
        table = self._warehouse.ask(sql, question.parameters)
        return completed(measure.answer(table, question, asked), measure, asked)

    def _segment_moves(self, as_of: int) -> pa.Table:
        leaves = self._identity.tables(as_of)["leaves"]
        return segment_moves_table(self._store, lambda: leaves["person_id"])

    def measures(self) -> tuple[Described, ...]:
        """List all measures with their options."""
        return tuple(described(measure) for measure in MEASURES.values())

    def written(self, wish: FileWish) -> Written:
        """Answer one measure as a file; raises InputRefused for a format that does not exist."""
        require_form(wish.form)
        answer = self.measure(wish.measure, wish.options, wish.as_of, wish.upto)
        answer = msgspec.structs.replace(answer, fresh_until=wish.fresh_until)
        return written(answer, wish.form, wish.language)

    def compose(
        self, report: Report, days: Mapping[str, str], wishes: Sequence[FileWish]
    ) -> Composed:
        """Write out the answers of a report; a measure that fails says so in its place."""
        language = report.language
        subtitle = days_told(days["from"], days["to"], language)
        parts = tuple(self._part(wish, report.attachments, subtitle) for wish in wishes)
        fresh_until = min(wish.fresh_until for wish in wishes)
        return Composed(
            title=report.heading,
            subtitle=subtitle,
            foot=foot_told(fresh_until, report.schedule.zone, language),
            language=language,
            parts=parts,
        )

    def _part(self, wish: FileWish, forms: tuple[str, ...], subtitle: str) -> Part:
        try:
            answer = self.measure(wish.measure, wish.options, wish.as_of, wish.upto)
        except InputRefused as refused:
            return failed_part(wish.measure, refused.message, wish.language)
        answer = msgspec.structs.replace(answer, fresh_until=wish.fresh_until)
        if wish.only_counts:
            answer = without_few(answer, _unit_of(wish.measure, wish.options)).answer
        return part_of(answer, wish.language, forms, subtitle)

    def train_score(self, wish: ScoreWish) -> ScoreTrained:
        """Learn a score, or look at its drift, over everything up to the wish's position."""
        self.catch_up(wish.upto)
        offer_archive(self._archive, self._warehouse)
        rows = subject_rows(read_directory(self._store), wish.declared.unit, wish.denied)
        self._warehouse.offer("subjects", subjects_table(rows))
        return ScoreTrainer(self._warehouse, wish).train()

    def simulate(self, wish: Wish) -> Told:
        """Hold a draft against committed decisions of the past."""
        return Simulator(self._store).simulate(wish)

    def _verdicts(self, after: int) -> dict[int, Verdict]:
        return {
            int.from_bytes(key, "big"): msgspec.json.decode(value, type=Verdict)
            for key, value in self._store.scan(VERDICTS, after=number_key(after))
        }


def _leaf_of(event: Event, trust: Trust) -> str:
    return read_event(event, trust, "", 0).leaf


def _unit_of(measure: str, options: Mapping[str, str]) -> str:
    """Say what a unit is, a person or an account; empty where a measure has none."""
    usual = (str(one.default) for one in find(measure).options if one.name == "unit")
    return options.get("unit") or next(usual, "")
