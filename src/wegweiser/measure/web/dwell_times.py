"""How long views lasted: three sources of time, in SQL, and the times of a page counted."""

import math
from collections.abc import Sequence

from wegweiser.measure.form import Row, real, text, whole
from wegweiser.measure.statistic import Interval, mean_with_t

BINS = 32
SHORTEST_S, LONGEST_S = 1.0, 4 * 3600.0
# Exact to .01 s below a million measured views, then to three digits, so that the answer stays
# small however many views there are.
COUNTED_SECONDS = """case when all_measured < 1000000 or milliseconds < 1000
            then round(milliseconds / 1000, 2)
            else round(milliseconds / 1000, (2 - floor(log10(milliseconds / 1000)))::integer)
       end"""


def beat_steps(pause: int) -> str:
    """Give the CTEs `beats`, `pulses` and `measured` that come after `observed`.

    A gap of more than `pause` minutes ends a visit and measures nothing.

    A pulse belongs to the view it names, else to the last view of its leaf before it. Events are
    put in order once, and views are numbered only for leaves that send beats at a fixed pace.
    """
    return f"{_beats()}\n{_times(pause)}"


def _beats() -> str:
    return """
beats as (
  select page_view_id, sum(round(engaged_seconds * 1000)::bigint) as milliseconds
  from observed
  where page_view_id <> '' and engaged_seconds between 0 and 86400
  group by page_view_id),
beating as (
  select leaf, position, idx, occurred_at, page_view_id, name, is_view,
         sum(case when is_view then 1 else 0 end)
           over (partition by leaf order by occurred_at, position, idx) as view_no
  from observed
  where leaf in (select leaf from observed where name = $beat_name)),
pulses as (
  select page_view_id,
         case when page_view_id = '' then leaf else '' end as leaf,
         case when page_view_id = '' then view_no else 0 end as view_no,
         count(distinct floor(epoch(occurred_at) / $beat_seconds)) as slots,
         max(occurred_at) as last_at
  from beating
  where name = $beat_name and view_no > 0
  group by all),
unnamed_pulses as (
  select b.position, b.idx, p.slots, p.last_at
  from beating b
  join pulses p on p.page_view_id = '' and p.leaf = b.leaf and p.view_no = b.view_no
  where b.is_view),""".lstrip("\n")


def _times(pause: int) -> str:
    return f"""
followed as (
  select source_id, path, page_view_id, position, idx, is_view, occurred_at,
         lead(occurred_at) over own_events as next_at
  from observed
  window own_events as (partition by leaf_number order by occurred_at, position, idx)),
clocked as (
  select f.source_id, f.path, f.occurred_at,
         b.milliseconds as beat_ms,
         coalesce(p.slots, q.slots) as slots,
         coalesce(p.last_at, q.last_at) as last_at,
         case when f.next_at - f.occurred_at <= interval {pause} minute
              then epoch_ms(f.next_at) - epoch_ms(f.occurred_at) end as gap_ms
  from followed f
  left join beats b on b.page_view_id = f.page_view_id
  left join pulses p on p.page_view_id = f.page_view_id and f.page_view_id <> ''
  left join unnamed_pulses q on q.position = f.position and q.idx = f.idx
  where f.is_view),
measured as (
  select coalesce(source_id, '') as source_id, coalesce(nullif(path, ''), '(unknown)') as path,
         case when beat_ms is not null then 'beats'
              when slots is not null then 'heartbeat'
              when gap_ms is not null then 'gap'
              else 'none' end as measured_by,
         case when beat_ms is not null then beat_ms
              when slots is not null
              then round(1000 * ($beat_seconds * (slots - 1) + $first_beat_seconds))::bigint
              else gap_ms end as milliseconds,
         case when beat_ms is null and slots is not null
              then greatest(0, epoch_ms(last_at) - epoch_ms(occurred_at)) end as absolute_ms
  from clocked)""".strip("\n")


def with_silent_beats(found: Sequence[Row]) -> list[Row]:
    """Let views without a beat be zero on pages of which the same source sends beats.

    >>> row = {"source_id": "web", "path": "/", "views": 1, "total_ms": 25e3, "squares_ms": 625e6,
    ...        "seconds": 25.0, "absolute_ms": 27e3}
    >>> silent = row | {"measured_by": "none", "seconds": None}
    >>> with_silent_beats([row | {"measured_by": "heartbeat"}, silent])[1]["seconds"]
    0.0
    """
    beating = {
        (text(row, "source_id"), text(row, "path"))
        for row in found
        if text(row, "measured_by") == "heartbeat"
    }
    zero: Row = {"measured_by": "heartbeat", "seconds": 0.0, "total_ms": 0.0, "squares_ms": 0.0}
    return [
        row | zero
        if text(row, "measured_by") in ("gap", "none")
        and (text(row, "source_id"), text(row, "path")) in beating
        else row
        for row in found
    ]


class Times:
    """The views of a page by how long they lasted."""

    def __init__(self, path: str, rows: Sequence[Row]):
        self.path = path
        self.views = sum(whole(row, "views") for row in rows)
        self.by = {"beats": 0, "heartbeat": 0, "gap": 0, "none": 0}
        self.counted: dict[float, int] = {}
        self.total_s = math.fsum(real(row, "total_ms") for row in rows) / 1e3
        self._squares = math.fsum(real(row, "squares_ms") for row in rows) / 1e6
        self._open_s = math.fsum(real(row, "absolute_ms") for row in rows) / 1e3
        for row in rows:
            count, source = whole(row, "views"), text(row, "measured_by")
            self.by[source] += count
            if source != "none":
                seconds = real(row, "seconds")
                self.counted[seconds] = self.counted.get(seconds, 0) + count

    @property
    def measured(self) -> int:
        """Count the views whose time is known."""
        return self.views - self.by["none"]

    @property
    def mean_open_s(self) -> float | None:
        """Give the mean from view to last beat, None where no beats of a fixed pace came."""
        return self._open_s / self.by["heartbeat"] if self.by["heartbeat"] else None

    def mean(self) -> Interval:
        """Give the mean with Student's t interval; raises ValueError below two views."""
        return mean_with_t(self.measured, self.total_s, self._squares)


def histogram(counted: dict[float, int]) -> list[Row]:
    """Count times in 32 bins that widen evenly from 1 s to 4 h; the ends take what is beyond.

    >>> rows = histogram({0.5: 2, 60.0: 3, 99_999.0: 1})
    >>> len(rows), rows[0]["views"], rows[-1]["views"], sum(row["views"] for row in rows)
    (32, 2, 1, 6)
    """
    width = math.log(LONGEST_S / SHORTEST_S) / BINS
    counts = [0] * BINS
    for seconds, views in counted.items():
        place = math.floor(math.log(seconds / SHORTEST_S) / width) if seconds > 0 else 0
        counts[min(BINS - 1, max(0, place))] += views
    edges = [SHORTEST_S * math.exp(width * place) for place in range(BINS + 1)]
    return [
        {"from_s": round(edges[place], 2), "to_s": round(edges[place + 1], 2), "views": views}
        for place, views in enumerate(counts)
    ]
