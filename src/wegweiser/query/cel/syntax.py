"""Builds our tree while the grammar is being read: one method per grammar rule."""

from typing import cast

from lark import Token, Transformer

from wegweiser.query.cel import tree
from wegweiser.query.cel.tree import LIST_WORDS, Node

# What the grammar hands over: finished nodes, tokens, argument lists and half comparisons.
Part = Node | Token | tuple["Part", ...]


class Syntax(Transformer[Token, Node]):
    """Turns what each grammar rule matched into a node of the tree."""

    def _only(self, parts: list[Part]) -> Part:
        return parts[0]

    relation_lt = relation_le = relation_gt = relation_ge = relation_eq = relation_ne = tuple
    relation_in = addition_add = addition_sub = tuple
    multiplication_mul = multiplication_div = multiplication_mod = tuple
    unary_not = unary_neg = member = primary = _only

    def expr(self, parts: list[Part]) -> Part:
        if len(parts) == 1:
            return parts[0]
        condition, yes, no = (_node(part) for part in parts[::2])
        return tree.Choice(condition.start, no.end, condition, yes, no)

    def _junction(self, parts: list[Part]) -> Part:
        if len(parts) == 1:
            return parts[0]
        left, right, sign = _node(parts[0]), _node(parts[2]), str(parts[1])
        same = isinstance(left, tree.Junction) and left.sign == sign
        operands = left.operands if isinstance(left, tree.Junction) and same else (left,)
        junction = cast(tree.JunctionSign, sign)
        return tree.Junction(left.start, right.end, junction, (*operands, right))

    conditionalor = conditionaland = _junction

    def relation(self, parts: list[Part]) -> Part:
        if len(parts) == 1:
            return parts[0]
        left, sign, right = _operation(parts)
        return tree.Comparison(left.start, right.end, cast(tree.ComparisonSign, sign), left, right)

    def _arithmetic(self, parts: list[Part]) -> Part:
        if len(parts) == 1:
            return parts[0]
        left, sign, right = _operation(parts)
        return tree.Arithmetic(left.start, right.end, cast(tree.ArithmeticSign, sign), left, right)

    addition = multiplication = _arithmetic

    def unary(self, parts: list[Part]) -> Part:
        if len(parts) == 1:
            return parts[0]
        sign, of = _token(parts[0]), _node(parts[1])
        start = sign.start_pos or 0
        if sign == "!":
            return tree.Negation(start, of.end, of)
        if isinstance(of, tree.Literal) and type(of.value) in (int, float):
            return tree.Literal(start, of.end, -cast(float, of.value))
        return tree.Minus(start, of.end, of)

    def member_dot(self, parts: list[Part]) -> Node:
        of, field = _node(parts[0]), _token(parts[2])
        return tree.Select(of.start, field.end_pos or 0, of, str(field))

    def member_dot_arg(self, parts: list[Part]) -> Node:
        of, name, arguments = _node(parts[0]), str(parts[2]), _arguments(parts[4])
        end = _token(parts[-1]).end_pos or 0
        if name in LIST_WORDS and len(arguments) == 2 and isinstance(arguments[0], tree.Name):
            return tree.ForEach(of.start, end, name, of, arguments[0].name, arguments[1])
        return tree.Call(of.start, end, name, (of, *arguments), True)

    def member_index(self, parts: list[Part]) -> Node:
        of, key, close = _node(parts[0]), _node(parts[2]), _token(parts[3])
        return tree.Index(of.start, close.end_pos or 0, of, key)

    def ident_arg(self, parts: list[Part]) -> Node:
        name, arguments, close = _token(parts[0]), _arguments(parts[2]), _token(parts[-1])
        start, end = name.start_pos or 0, close.end_pos or 0
        if name == "has" and len(arguments) == 1 and isinstance(arguments[0], tree.Select):
            return tree.Has(start, end, arguments[0].of, arguments[0].field)
        return tree.Call(start, end, str(name), arguments, False)

    def ident(self, parts: list[Part]) -> Node:
        name = _token(parts[0])
        return tree.Name(name.start_pos or 0, name.end_pos or 0, str(name))

    def dot_ident(self, parts: list[Part]) -> Node:
        name = _token(parts[1])
        return tree.Name(name.start_pos or 0, name.end_pos or 0, str(name))

    def dot_ident_arg(self, parts: list[Part]) -> Node:
        return self.ident_arg(parts[1:])

    def paren_expr(self, parts: list[Part]) -> Node:
        opening, inner, closing = _token(parts[0]), _node(parts[1]), _token(parts[2])
        return tree.widened(inner, opening.start_pos or 0, closing.end_pos or 0)

    def list_lit(self, parts: list[Part]) -> Node:
        start, end = _token(parts[0]).start_pos or 0, _token(parts[-1]).end_pos or 0
        return tree.ListOf(start, end, _arguments(parts[1]))

    def exprlist(self, parts: list[Part]) -> tuple[Part, ...]:
        return tuple(parts[::2])

    def literal(self, parts: list[Part]) -> Node:
        token = _token(parts[0])
        start, end = token.start_pos or 0, token.end_pos or 0
        return tree.Literal(start, end, _value(token))


def _value(token: Token) -> str | int | float | bool | None:
    match token.type:
        case "INT_LIT":
            return int(token, 16 if token.startswith("0x") else 10)
        case "FLOAT_LIT":
            return float(token)
        case "BOOL_LIT":
            return str(token) == "true"
        case "NULL_LIT":
            return None
    return str(token)


def _operation(parts: list[Part]) -> tuple[Node, str, Node]:
    half = parts[0]
    assert isinstance(half, tuple)
    return _node(half[0]), str(half[1]), _node(parts[1])


def _arguments(part: Part) -> tuple[Node, ...]:
    return tuple(_node(item) for item in part) if isinstance(part, tuple) else ()


def _node(part: Part) -> Node:
    assert isinstance(part, Node)
    return part


def _token(part: Part) -> Token:
    assert isinstance(part, Token)
    return part
