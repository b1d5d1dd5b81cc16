"""Which role somebody has in a buying group: what a CRM or a server said, and nobody else."""

from collections.abc import Sequence

from wegweiser.flow.profile_cache import ProfileCache
from wegweiser.resolve.membership import CONFIRMED
from wegweiser.resolve.windows import Window
from wegweiser.terms.profile import PersonProfile

_MOST_REMEMBERED = 50_000


class Roles:
    """Roles by person, looked up once for every reading of a profile."""

    def __init__(self, cache: ProfileCache) -> None:
        self._cache = cache
        self._confirmed: dict[str, tuple[PersonProfile, Sequence[Window]]] = {}

    def role_in(self, profile: PersonProfile, group_id: str, day: int, elsewhere: bool) -> str:
        """Give the role in an account on a day, "" without one, the newest of several.

        `elsewhere` lets a role in another account count where there is none in this one. What
        anybody may claim with a public key does not count.
        """
        current = [one for one in self._of(profile) if one.current_on(day)]
        here = [one for one in current if one.group_id == group_id]
        found = here or (current if elsewhere else [])
        return max(((one.since, one.role) for one in found), default=(0, ""))[1]

    def forget(self) -> None:
        """Drop everything that was looked up."""
        self._confirmed.clear()

    def _of(self, profile: PersonProfile) -> Sequence[Window]:
        held = self._confirmed.get(profile.person_id)
        if held is None or held[0] is not profile:
            if len(self._confirmed) >= _MOST_REMEMBERED:
                self._confirmed.clear()
            told = self._cache.accounts_of(profile.person_id)
            confirmed = [one for one in told if one.role and one.status == CONFIRMED]
            held = self._confirmed[profile.person_id] = profile, confirmed
        return held[1]
