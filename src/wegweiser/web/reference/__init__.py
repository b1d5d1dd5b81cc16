"""The HTTP API as a table of routes with examples, one family of routes per file."""

from wegweiser.web.reference import (
    accounts,
    choose,
    cloudevents,
    collect,
    identity,
    operate,
    pixels,
    privacy,
    profiles,
    sdks,
    tag,
    ways_in,
)

FAMILIES = (
    collect.FAMILY,
    pixels.FAMILY,
    cloudevents.FAMILY,
    sdks.FAMILY,
    tag.FAMILY,
    ways_in.FAMILY,
    choose.FAMILY,
    profiles.FAMILY,
    accounts.FAMILY,
    identity.FAMILY,
    privacy.FAMILY,
    operate.FAMILY,
)
