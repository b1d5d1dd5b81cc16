"""A file that comes in on a page: chosen, looked at with its mapping, and loaded as long work."""

from wegweiser.web.asgi import BodyLimits
from wegweiser.web.pages.frame.family import Family, Page
from wegweiser.web.pages.upload.choose import HERE, MOST_BYTES, choose
from wegweiser.web.pages.upload.look import look

_FILE = BodyLimits(
    size_bytes=MOST_BYTES, deadline_s=600.0, start_s=20.0, slowest_bytes_per_s=20_000
)

FAMILY = Family(
    (
        Page(HERE, choose, ("GET", "POST"), right="publish", file=_FILE),
        Page(f"{HERE}/{{upload_id}}", look, ("GET", "POST"), right="publish"),
    )
)
