"""Rows of `dlt` sources and resources, iterated directly; nothing is reported to anybody."""

import importlib
import os
from collections.abc import Callable, Iterable, Iterator, Sequence

import msgspec

from wegweiser.ports.row_source import Fetch
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.json import Json

# Read by dlt when it is first imported.
_QUIET = {"RUNTIME__DLTHUB_TELEMETRY": "false", "RUNTIME__SENTRY_DSN": ""}


class DltRows:
    """Calls only what the operator allows: "module" or "module:function"."""

    def __init__(self, allowed: Sequence[str]):
        self._allowed = frozenset(allowed)

    def rows(self, fetch: Fetch) -> Iterator[Json]:
        """Yield the rows of a source, a resource, or any function that gives rows.

        Raises InputRefused: not allowed, not found, or `dlt` is not installed.
        """
        require_allowed(fetch.function, self._allowed)
        for item in _selected(_function(fetch.function)(**fetch.arguments), fetch):
            yield from _plain(item)


def require_allowed(function: str, allowed: Iterable[str]) -> None:
    """Raise InputRefused where the operator does not allow a function.

    >>> require_allowed("shop.crm:contacts", ["shop.crm"])
    """
    module, colon, name = function.partition(":")
    if not (module and colon and name.isidentifier()):
        raise InputRefused("bad_input", f"{function!r} is not written module:function.", 422)
    if not {module, function} & set(allowed):
        raise InputRefused(
            "not_allowed",
            f"{function!r} may not run here: an operator adds it to `pull_modules` in"
            " settings.json.",
            403,
        )


def _function(name: str) -> Callable[..., object]:
    os.environ.update(_QUIET)
    try:
        importlib.import_module("dlt")
    except ImportError as error:
        raise InputRefused(
            "not_installed", "Pulls need dlt: pip install 'wegweiser[pull]'.", 422
        ) from error
    module, _, function = name.partition(":")
    try:
        found = getattr(importlib.import_module(module), function, None)
    except ImportError as error:
        raise InputRefused("not_found", f"{name!r} cannot be imported: {error}.", 422) from error
    if not callable(found):
        raise InputRefused("not_found", f"There is no function {name!r}.", 422)
    return found  # type: ignore[no-any-return]


def _selected(found: object, fetch: Fetch) -> Iterable[object]:
    """Choose the resources, and have them give only what is new."""
    import dlt
    from dlt.extract import DltResource, DltSource

    if isinstance(found, DltSource):
        source = found.with_resources(*fetch.select) if fetch.select else found
        resources = list(source.selected_resources.values())
    elif isinstance(found, DltResource):
        source, resources = found, [found]  # type: ignore[assignment]
    elif isinstance(found, Iterable):
        return found
    else:
        raise InputRefused("bad_input", f"{fetch.function!r} gives no rows.", 422)
    if fetch.cursor and fetch.since is not None:
        for resource in resources:
            since: dlt.sources.incremental[Json] = dlt.sources.incremental(
                fetch.cursor, initial_value=fetch.since
            )
            resource.apply_hints(incremental=since)
    return source


def _plain(item: object) -> Iterator[Json]:
    """Give the rows of one item: a row, a list of rows, or an Arrow table."""
    to_pylist = getattr(item, "to_pylist", None)
    listed = to_pylist() if to_pylist is not None else item if isinstance(item, list) else [item]
    for row in listed:
        plain: Json = msgspec.to_builtins(row, str_keys=True)
        yield plain
