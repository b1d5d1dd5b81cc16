"""Values to fill in: texts that begin with `=` are expressions, everything else is literal."""

from collections.abc import Mapping, Sequence

import msgspec

from wegweiser.query.cel import Expression, MissingField, Schema, compile_expression
from wegweiser.terms.json import Json, JsonObject


class Missing:
    """The mark of a value that the record does not have."""


MISSING = Missing()


class Template(msgspec.Struct, frozen=True):
    """A value to fill in: an expression, a literal, or a map or list of these."""

    literal: Json = None
    expression: Expression | None = None
    fields: "Mapping[str, Template] | None" = None
    items: "Sequence[Template] | None" = None


def template_of(value: Json, schema: Schema) -> Template:
    """Compile a value as it is written in a document; raises RuleRefused."""
    if isinstance(value, dict):
        return Template(fields={name: template_of(part, schema) for name, part in value.items()})
    if isinstance(value, list):
        return Template(items=[template_of(part, schema) for part in value])
    expression = expression_of(value, schema)
    return Template(literal=value) if expression is None else Template(expression=expression)


def expression_of(value: Json, schema: Schema) -> Expression | None:
    """Compile a text that begins with `=`; None for any other value. Raises RuleRefused."""
    if not isinstance(value, str) or not value.startswith("="):
        return None
    return compile_expression(value[1:], schema)


def filled(template: Template, activation: JsonObject) -> Json | Missing:
    """Fill a template in; parts that the activation does not have are left out."""
    if template.expression is not None:
        return value_of(template.expression, activation)
    if template.fields is not None:
        parts = {name: filled(part, activation) for name, part in template.fields.items()}
        return {name: part for name, part in parts.items() if not isinstance(part, Missing)}
    if template.items is not None:
        listed = [filled(part, activation) for part in template.items]
        return [part for part in listed if not isinstance(part, Missing)]
    return template.literal


def value_of(expression: Expression, activation: JsonObject) -> Json | Missing:
    """Give the value of an expression, or MISSING where it has none."""
    try:
        return expression.evaluate(activation)
    except MissingField:
        return MISSING
