"""What a site does again and again, and the pauses between."""

from typing import TYPE_CHECKING

from wegweiser.flow.clockwork import Job

if TYPE_CHECKING:
    from wegweiser.workspace.site import Site

KEY_USES_SECONDS = 30.0
QUARANTINE_SECONDS = 3600.0
COUNTS_SECONDS = 3600.0
TYPES_SECONDS = 10.0
SEGMENTS_SECONDS = 0.5
RECOUNT_SECONDS = 86_400.0
RETENTION_SECONDS = 3600.0
UPLOADS_SECONDS = 600.0


def regular_jobs(site: "Site") -> list[Job]:
    """Give every job of a site and of its parts."""
    settings = site.settings
    send_seconds = settings.send_seconds

    async def checkpoint() -> None:
        await site.intake.checkpoint()
        site.views.forget_changed()

    async def recount() -> None:
        await site.segments.recount()

    async def forget_uploads() -> None:
        site.uploads.sweep()

    async def save_key_uses() -> None:
        site.callers.allowances.save()

    return [
        Job("checkpoint", settings.checkpoint_seconds, checkpoint),
        *site.archiving.jobs,
        Job("segments", SEGMENTS_SECONDS, site.segments.run),
        Job("audiences", send_seconds, site.segment_feed.run),
        Job("feed", send_seconds, site.profiles.delivery.run),
        Job("recount", RECOUNT_SECONDS, recount),
        Job("erasures", send_seconds, site.erasure_notices.run),
        Job("privacy", send_seconds, site.privacy.run_due),
        Job("retention", RETENTION_SECONDS, site.privacy.retain_nightly),
        Job("pull", settings.pull_seconds, site.pulls.run_due),
        Job("keys", KEY_USES_SECONDS, save_key_uses),
        Job("quarantine", QUARANTINE_SECONDS, site.quarantine.expire),
        Job("counts", COUNTS_SECONDS, site.counts.expire),
        Job("types", TYPES_SECONDS, site.identity.types.run_due),
        Job("uploads", UPLOADS_SECONDS, forget_uploads),
        *site.deciding.jobs,
        *site.knowing.jobs,
        *site.scoring.jobs,
        *site.reports.jobs,
        *site.alarms.jobs,
    ]
