"""Closures that read the activation; what is not there is unknown."""

from wegweiser.query.cel.values import Scope, Step, Unknown, as_moment, shown

_ABSENT = (KeyError, TypeError, IndexError)


def path_step(keys: tuple[str, ...], where: str) -> Step:
    """Read nested maps; unrolled for the usual depths, because most rules spend their time here.

    >>> path_step(("person", "plan"), "person.plan")({"person": {"plan": "free"}})
    'free'
    """
    missing = Unknown("missing", where)
    if len(keys) == 1:
        (only,) = keys

        def read_one(scope: Scope) -> object:
            return scope.get(only, missing)

        return read_one
    if len(keys) == 2:
        return _two(keys[0], keys[1], missing)
    if len(keys) == 3:
        return _three(keys[0], keys[1], keys[2], missing)

    def read_many(scope: Scope) -> object:
        found: object = scope
        try:
            for key in keys:
                found = found[key]  # type: ignore[index]
        except _ABSENT:
            return missing
        return found

    return read_many


def _two(first: str, second: str, missing: Unknown) -> Step:
    def read_two(scope: Scope) -> object:
        try:
            return scope[first][second]  # type: ignore[index]
        except _ABSENT:
            return missing

    return read_two


def _three(first: str, second: str, third: str, missing: Unknown) -> Step:
    def read_three(scope: Scope) -> object:
        try:
            return scope[first][second][third]  # type: ignore[index]
        except _ABSENT:
            return missing

    return read_three


def moment_step(read: Step, where: str) -> Step:
    """Read a field that is declared as a moment and written as text or milliseconds."""

    def read_moment(scope: Scope) -> object:
        found = read(scope)
        if type(found) is Unknown:
            return found
        try:
            return as_moment(found)
        except (ValueError, OverflowError):
            return Unknown("type", where, shown(found))

    return read_moment


def entry_step(of: Step, key: Step, where: str) -> Step:
    """Read a map's value or a list's element under a key that is computed."""
    missing = Unknown("missing", where)

    def read_entry(scope: Scope) -> object:
        owner, wanted = of(scope), key(scope)
        if type(owner) is Unknown:
            return owner
        if type(wanted) is Unknown:
            return wanted
        if isinstance(owner, dict) and isinstance(wanted, str):
            return owner.get(wanted, missing)
        if isinstance(owner, list | tuple) and type(wanted) is int:
            return owner[wanted] if 0 <= wanted < len(owner) else missing
        return Unknown("type", where, shown(owner))

    return read_entry


def presence_step(of: Step, field: str, where: str) -> Step:
    """Tell whether a map has a field; unknown where there is no map."""

    def has_field(scope: Scope) -> object:
        owner = of(scope)
        if isinstance(owner, dict):
            return field in owner
        return owner if type(owner) is Unknown else Unknown("type", where, shown(owner))

    return has_field
