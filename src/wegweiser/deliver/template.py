"""Templates of texts in a sandbox: values, conditions and a few filters; no calls, no loops."""

from collections.abc import Callable, Iterator
from functools import lru_cache

from jinja2 import StrictUndefined, Template, TemplateSyntaxError, Undefined, UndefinedError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from wegweiser.terms.errors import InputRefused
from wegweiser.terms.json import JsonObject
from wegweiser.terms.wrong import Wrong, wrong

MOST_CHARACTERS = 100_000
_MOST_NODES = 2_000
_LARGEST_NUMBER = 10**15
_MOST_PLACES = 9
_DEEPEST = 40
FILTERS = ("capitalize", "default", "int", "lower", "round", "title", "trim", "truncate", "upper")
TESTS = ("defined", "undefined")
ROOTS = ("person", "mail")
# Without loops and calls the time that a template takes is bounded by its length.
_ALLOWED = (
    *(nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Getattr, nodes.Getitem),
    *(nodes.Const, nodes.If, nodes.CondExpr, nodes.Compare, nodes.Operand, nodes.And, nodes.Or),
    *(nodes.Not, nodes.Filter, nodes.Test, nodes.Keyword),
)

Insert = Callable[[object], str]


class Absent(Exception):
    """A value that a template inserts or asks for is not there; its text is the path."""


class _Sealed(ImmutableSandboxedEnvironment):
    """Looks values up in plain dictionaries and nowhere else."""

    def getattr(self, obj: object, attribute: str) -> object:
        return self.getitem(obj, attribute)

    def getitem(self, obj: object, argument: object) -> object:
        if isinstance(obj, Undefined):
            raise UndefinedError(str(argument))
        if isinstance(obj, dict) and isinstance(argument, str) and argument in obj:
            return obj[argument]
        return self.undefined(name=str(argument))


def fill_template(text: str, values: JsonObject, insert: Insert) -> str:
    """Fill a template; `insert` writes each value, escaped as the place needs it.

    Raises Absent for a missing value, InputRefused for what the sandbox does not know.

    >>> hello = "{% if person.age > 17 %}Dear {{ person.name | title }}{% endif %}"
    >>> fill_template(hello, {"person": {"age": 40, "name": "ada"}}, str)
    'Dear Ada'
    """
    template = _compiled(text, insert)
    try:
        filled = template.render(values)
    except UndefinedError as error:
        raise Absent(_name_in(str(error))) from None
    except (TypeError, ValueError, ArithmeticError) as error:
        raise refused(text, wrong("not_worked_out", kind=type(error).__name__)) from None
    if len(filled) > MOST_CHARACTERS:
        raise refused(text, wrong("grows_beyond", most=MOST_CHARACTERS))
    return filled


def paths_in(text: str) -> frozenset[str]:
    """List the dotted paths that a template reads; raises InputRefused as `fill_template`."""
    parts = [part for part, _ in _walk(_checked(text))]
    inner = {id(part.node) for part in parts if isinstance(part, nodes.Getattr)}
    whole = (part for part in parts if id(part) not in inner)
    return frozenset(filter(None, map(_path_of, whole)))


def refused(text: str, reason: Wrong) -> InputRefused:
    """Say what is wrong with a template."""
    told = wrong("template", text=repr(text[:80]), why=reason, filters=", ".join(FILTERS))
    return InputRefused("bad_template", told, 422, "content")


@lru_cache(maxsize=512)
def _compiled(text: str, insert: Insert) -> Template:
    _checked(text)
    try:
        return _environment(insert).from_string(text)
    except (TemplateSyntaxError, RecursionError, SyntaxError, MemoryError) as error:
        raise refused(text, wrong("template_unreadable", why=type(error).__name__)) from None


@lru_cache(maxsize=8)
def _environment(insert: Insert | None) -> _Sealed:
    sealed = _Sealed(
        autoescape=True,
        undefined=StrictUndefined,
        finalize=None if insert is None else lambda value: Markup(insert(_present(value))),
        cache_size=0,
        keep_trailing_newline=True,
    )
    sealed.globals.clear()
    sealed.filters = {name: sealed.filters[name] for name in FILTERS}
    sealed.tests = {name: sealed.tests[name] for name in TESTS}
    return sealed


def _present(value: object) -> object:
    if isinstance(value, Undefined):
        raise UndefinedError(value._undefined_name or "")
    return value


def _checked(text: str) -> nodes.Template:
    if len(text) > MOST_CHARACTERS:
        raise refused(text, wrong("more_characters", most=MOST_CHARACTERS))
    try:
        tree = _environment(None).parse(text)
    except (TemplateSyntaxError, RecursionError, ValueError, OverflowError) as error:
        raise refused(text, wrong("template_unreadable", why=str(error))) from None
    for count, (part, depth) in enumerate(_walk(tree)):
        if count > _MOST_NODES or depth > _DEEPEST:
            raise refused(text, wrong("nested_deeply"))
        if not isinstance(part, _ALLOWED):
            raise refused(text, wrong("not_in_texts", part=type(part).__name__.lower()))
        if isinstance(part, nodes.Name) and part.name not in ROOTS:
            raise refused(text, wrong("foreign_root", name=part.name, roots=" or ".join(ROOTS)))
        if isinstance(part, nodes.Filter) and part.name not in FILTERS:
            raise refused(text, wrong("unknown_filter", name=part.name))
        if isinstance(part, nodes.Test) and part.name not in TESTS:
            raise refused(text, wrong("unknown_test", name=part.name))
        if isinstance(part, nodes.Const) and not _is_plain(part.value):
            raise refused(text, wrong("out_of_bounds"))
        if isinstance(part, nodes.Filter) and not _is_bounded(part):
            raise refused(text, wrong("filter_takes", name=part.name))
    return tree


def _is_plain(value: object) -> bool:
    if isinstance(value, str):
        return not any("\ud800" <= sign <= "\udfff" for sign in value)
    if isinstance(value, int | float):
        return -_LARGEST_NUMBER <= value <= _LARGEST_NUMBER
    return value is None


def _is_bounded(part: nodes.Filter) -> bool:
    """Tell whether a filter has only constants to go by, so that no value makes it run for long."""
    if part.dyn_args is not None or part.dyn_kwargs is not None:
        return False
    given = [*part.args, *(one.value for one in part.kwargs)]
    if part.name == "default":
        return True
    if not all(isinstance(one, nodes.Const) for one in given):
        return False
    numbers = [one.value for one in given if isinstance(one, nodes.Const)]
    return part.name != "round" or all(
        isinstance(one, str) or 0 <= one <= _MOST_PLACES for one in numbers
    )


def _walk(tree: nodes.Node) -> Iterator[tuple[nodes.Node, int]]:
    """Yield every part with its depth, without going deep itself."""
    waiting = [(tree, 0)]
    while waiting:
        part, depth = waiting.pop()
        yield part, depth
        waiting += [(child, depth + 1) for child in part.iter_child_nodes()]


def _path_of(part: nodes.Node) -> str:
    """Give the path of a look-up such as person.traits.plan, "" for anything else."""
    names: list[str] = []
    while isinstance(part, nodes.Getattr):
        names.append(part.attr)
        part = part.node
    return ".".join([part.name, *reversed(names)]) if names and isinstance(part, nodes.Name) else ""


def _name_in(told: str) -> str:
    """Read the name out of what the template engine tells of a missing value."""
    quoted = told.split("'")
    return quoted[-2] if len(quoted) >= 3 else told
