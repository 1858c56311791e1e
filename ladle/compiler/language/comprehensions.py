"""Comprehensions: call-free ones are expressions, those with calls become a Map."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from ladle.compiler.language import form
from ladle.compiler.language.arguments import take
from ladle.compiler.language.batches import check_batch, size_of
from ladle.compiler.language.conditions import condition
from ladle.compiler.language.enums import members_of
from ladle.compiler.language.far import FAR_OPTIONS, Rows, far_of, rows_of
from ladle.compiler.language.guards import all_of, operation
from ladle.compiler.language.iterators import given_by
from ladle.compiler.language.names import MISSING, marker, static
from ladle.compiler.language.operations import OPERATIONS
from ladle.compiler.language.reading import Reader
from ladle.compiler.language.rewriting import as_generator, is_lazy
from ladle.compiler.language.shapes import (
    BOOL,
    INT,
    NULL,
    POISON,
    is_poison,
    is_set,
    join,
    kind_of,
    members_shape,
    options,
    show,
    union,
)
from ladle.compiler.language.targets import unpack
from ladle.compiler.language.values import leak, refuse_none
from ladle.wire import DictShape, ListShape, Shape, TupleShape

__all__ = ["COMPREHENSIONS", "is_unordered", "items_of", "iterated", "list_of", "loop_source"]


def items_of(reader: Reader, node: ast.expr, value: form.Expr) -> form.Expr:
    """A value as the list that a loop goes over; `item_shape` of its shape is what each turn gets."""
    kind = kind_of(value.shape)
    if kind in ("list", "poison"):
        return value
    text = reader.text(node)
    if isinstance(value.shape, TupleShape):
        return value
    if kind == "str":
        return operation(reader, node, "str.list", value)
    if kind == "union" and NULL in options(value.shape):
        return refuse_none(reader, node, value.shape)
    if is_set(value.shape):
        return reader.refuse("L415", node, "a set has no order", f"write: sorted({text})")
    if kind == "dict":
        return reader.refuse(
            "L415", node, "the order of a dict's keys is not kept in JSON", f"write: sorted({text})"
        )
    if kind == "any":
        return reader.refuse(
            "L403", node, f"the type of `{text}` is Any: its items are not known", "annotate it: list[…]"
        )
    return reader.refuse("L411", node, f"`{show(value.shape)}` has no items to go over", "use a list")


def item_shape(shape: Shape) -> Shape:
    """What one item of a list (or of a tuple) is."""
    if isinstance(shape, TupleShape):
        return union(shape.items)
    return shape.item if isinstance(shape, ListShape) else POISON


@dataclass(frozen=True, slots=True)
class _Source:
    """The first `for` of a comprehension: its list, and the options of `each`."""

    value: form.Expr
    concurrency: form.Expr | None = None
    batch: int = 0
    far: form.Far | None = None
    details: tuple[tuple[str, form.Expr], ...] = ()


def _source(reader: Reader, node: ast.expr, *, unordered: bool = False) -> _Source:
    if isinstance(node, ast.Call) and marker(static(reader, node.func)) == "each":
        keywords = {keyword.arg: keyword.value for keyword in node.keywords}
        allowed = ("concurrency", "batch", "most", *FAR_OPTIONS)
        unknown = [name for name in keywords if name not in allowed]
        if len(node.args) not in (1, 2) or unknown:
            what = (
                f"`each` has no option `{unknown[0]}`"
                if unknown
                else "`each` takes a list, `concurrency=`, `batch=` and `most=`"
            )
            value = reader.refuse("L204" if unknown else "L203", node, what, "write: each(xs, concurrency=4)")
            return _Source(value)
        rows = rows_of(reader, node.args[0])
        if rows is None:
            value = items_of(reader, node.args[0], reader.expression(node.args[0]))
            rows = Rows(_at_most(reader, value, keywords))
        elif "most" in keywords:
            hint = "read at most so many: s3.csv(…, limit=1000)"
            reader.problem("L612", keywords["most"], "`most` is for lists in the machine", hint)
        far = far_of(reader, node, rows, {name: keywords[name] for name in FAR_OPTIONS if name in keywords})
        batch = size_of(reader, keywords["batch"]) if "batch" in keywords else 0
        limit = node.args[1] if len(node.args) == 2 else keywords.get("concurrency")
        source = _Source(far.value, None, batch, far.far, far.details)
        if limit is None:
            return source
        number = reader.expression(limit)
        if number.shape == NULL:
            return source
        number = take(reader, limit, number, INT, "L401", "`concurrency` of `each`")
        if isinstance(number, form.Const) and not is_poison(number.shape) and number.value < 1:
            number = reader.refuse(
                "L401", limit, "`concurrency` is at least 1", "leave it out for as many as possible"
            )
        return replace(source, concurrency=None if is_poison(number.shape) else number)
    rows = rows_of(reader, node)
    if rows is not None:
        far = far_of(reader, node, rows, {})
        return _Source(far.value, far=far.far, details=far.details)
    return _Source(iterated(reader, node, unordered=unordered))


def iterated(reader: Reader, node: ast.expr, *, unordered: bool = False) -> form.Expr:
    """What is gone over once, as a list: a value, or `map` and `filter`, which are no values.

    `unordered`: the order means nothing, so it may be a dict, its keys, values or items, or a set.
    """
    if unordered and (view := _view(reader, node)) is not None:
        return view
    if is_lazy(reader, node):
        assert isinstance(node, ast.Call)
        generator = as_generator(reader, node)
        if generator is None:
            return reader.poison(node)
        element = lambda: reader.expression(generator.elt)  # noqa: E731 - as in the other readers
        return list_of(reader, generator, element, calls=False, unordered=unordered)
    if isinstance(node, ast.GeneratorExp):
        return list_of(reader, node, lambda: reader.expression(node.elt), calls=False, unordered=unordered)
    given = given_by(reader, node, lambda each: iterated(reader, each, unordered=False))
    value = given or members_of(reader, node) or reader.expression(node)
    if unordered and isinstance(value.shape, DictShape):
        return operation(reader, node, "dict.keys", value)
    if unordered and is_set(value.shape):
        return form.FieldOf(ListShape(members_shape(value.shape)), value.span, value, "members")
    return items_of(reader, node, value)


def _view(reader: Reader, node: ast.expr) -> form.Expr | None:
    """`d.keys()`, `d.values()`, `d.items()` of a dict; None for anything else."""
    if (
        not isinstance(node, ast.Call)
        or not isinstance(node.func, ast.Attribute)
        or node.args
        or node.keywords
    ):
        return None
    if node.func.attr not in ("keys", "values", "items") or static(reader, node.func) is not MISSING:
        return None
    base = reader.expression(node.func.value)
    if is_poison(base.shape):
        return base
    if isinstance(base.shape, DictShape):
        return operation(reader, node, f"dict.{node.func.attr}", base)
    return reader.refuse(
        "L207", node.func, f"`{show(base.shape)}` has no `{node.func.attr}` here", "name its fields"
    )


def is_unordered(value: form.Expr) -> bool:
    """Whether the items of a list come in an order that means nothing."""
    match value:
        case form.Op(name=name):
            return OPERATIONS[name].unordered
        case form.FieldOf(base=base):
            return is_set(base.shape)
        case form.Loop(source=source, element=element, flatten=flatten):
            return is_unordered(source) or (flatten and is_unordered(element))
        case _:
            return False


def _at_most(reader: Reader, value: form.Expr, options: Mapping[str | None, ast.expr]) -> form.Expr:
    """The items of an `each` whose author says how many there are at most."""
    given = options.get("most")
    if given is None:
        return value
    number = reader.expression(given)
    if is_poison(number.shape) or number.shape == NULL:
        return value
    if not (isinstance(number, form.Const) and kind_of(number.shape) == "int" and number.value >= 1):
        return reader.refuse(
            "L401", given, "`most` is a whole number of at least 1, known here", "write it: most=1000"
        )
    if kind_of(value.shape) != "list":
        return value  # a tuple has as many as it has
    return operation(reader, given, "list.at_most", value, number)


def loop_source(reader: Reader, node: ast.expr) -> form.Expr:
    """What a `for` statement goes over; `each` may tell there how many items there are, and nothing else."""
    if isinstance(node, ast.Call) and marker(static(reader, node.func)) == "each":
        keywords = {keyword.arg: keyword.value for keyword in node.keywords}
        if len(node.args) != 1 or [*keywords] != ["most"]:
            return reader.refuse(
                "L209",
                node,
                "the turns of a `for` follow each other: `each` tells there only how many there are",
                "write: for x in each(xs, most=1000); or [f(x) for x in each(xs, concurrency=4)]",
            )
        return _at_most(reader, items_of(reader, node.args[0], reader.expression(node.args[0])), keywords)
    return iterated(reader, node)


def list_of(
    reader: Reader,
    node: ast.ListComp | ast.GeneratorExp | ast.DictComp | ast.SetComp,
    element: Callable[[], form.Expr],
    *,
    calls: bool = True,
    unordered: bool = False,
) -> form.Expr:
    """The list that the comprehension's elements make; `calls` tells whether it may contain calls."""
    generators = node.generators
    for generator in generators:
        if generator.is_async:
            return reader.refuse("L104", node, "`async for` is not needed", "write a plain `for`")
    first = _source(reader, generators[0].iter, unordered=unordered)
    return _level(reader, node, 0, first, element, calls, unordered)


def _level(
    reader: Reader,
    node: ast.ListComp | ast.GeneratorExp | ast.DictComp | ast.SetComp,
    depth: int,
    source: _Source,
    element: Callable[[], form.Expr],
    calls: bool,
    unordered: bool,
) -> form.Expr:
    """One `for` of the comprehension with its conditions; the inner ones give lists that are joined."""
    generator = node.generators[depth]
    target = generator.target
    names = frozenset(each.id for each in ast.walk(target) if isinstance(each, ast.Name))
    if (
        depth
        and isinstance(generator.iter, ast.Call)
        and marker(static(reader, generator.iter.func)) == "each"
    ):
        return reader.refuse(
            "L104", generator.iter, "`each` stands in the first `for`", "write one comprehension a level"
        )
    shape = POISON if is_poison(source.value.shape) else item_shape(source.value.shape)
    inner = depth + 1 < len(node.generators)
    before, mark = reader.frame.env, reader.problems.mark()
    reader.frame.env = before.copy()
    reader.comprehended.append(names)
    try:
        with reader.collect() as setup:
            item = unpack(reader, target, shape, generator.iter, comprehension=True)
        tests: list[form.Expr] = []
        keeps: list[tuple[form.Block, form.Expr]] = []
        for part in generator.ifs:
            with reader.collect() as block:
                test = condition(reader, part)
            for path, known in test.yes:
                reader.env.narrow(path, known)
            if keeps or block or (source.far and source.far.reader):  # the machine has no item to test
                keeps.append((tuple(block), test.expr))
            else:
                tests.append(test.expr)
        with reader.collect() as body:
            if inner:
                following = _source(reader, node.generators[depth + 1].iter, unordered=unordered)
                result = _level(reader, node, depth + 1, following, element, calls, unordered)
            else:
                result = element()
    finally:
        reader.comprehended.pop()
        before.left(reader.frame.env)
        reader.frame.env = before
    poisoned = [source.value, *tests, *(test for _, test in keeps), result]
    if item is None or any(is_poison(each.shape) for each in poisoned):
        return reader.poison(node)
    shape = result.shape if inner else ListShape(result.shape)
    if source.batch and not check_batch(
        reader,
        node,
        item,
        tuple(body),
        result,
        filtered=bool(tests or keeps),
        plain=not setup and not inner,
    ):
        return reader.poison(node)
    tests_expr = all_of(reader, node, tests) if tests else None
    idle = not body and not any(block for block, _ in keeps)
    if source.far and idle and mark == reader.problems.mark():
        return reader.refuse(
            "L612",
            node,
            "nothing is called for the items: each would be a run that does nothing",
            "list or read them in a task, or with aws.s3.list_objects_v2(…)",
        )
    if not body and not keeps:
        bound = _within(setup, result)
        tested = None if tests_expr is None else _within(setup, tests_expr)
        return form.Loop(shape, reader.span(node), item, source.value, tested, bound, flatten=inner)
    if not calls:
        return reader.refuse(
            "L108",
            node,
            "a generator is evaluated step by step, so a call in it has no place of its own",
            "write a list comprehension: [… for … in …]",
        )
    return _map(
        reader, node, depth, item, source, tests_expr, setup, keeps, tuple(body), result, shape, inner
    )


def _within(setup: list[form.Stmt], value: form.Expr) -> form.Expr:
    """The value under the names that unpacking the item gives."""
    for statement in reversed(setup):
        assert isinstance(statement, form.Assign)
        value = form.Bind(value.shape, value.span, statement.target, statement.value, value)
    return value


def _map(
    reader: Reader,
    node: ast.ListComp | ast.GeneratorExp | ast.DictComp | ast.SetComp,
    depth: int,
    item: form.Variable,
    source: _Source,
    tests: form.Expr | None,
    setup: list[form.Stmt],
    keeps: list[tuple[form.Block, form.Expr]],
    body: form.Block,
    result: form.Expr,
    shape: Shape,
    flatten: bool,
) -> form.Expr:
    """The `Map` of a comprehension with calls, and the reading of its result."""
    span = reader.span(node)
    block: form.Block = (*setup, *body)
    keep: form.Expr | None = None
    if keeps:
        # The element's calls are made only for the items that are kept.
        kept = reader.define("keep", BOOL, node, made=True, tag=f"keep{depth}")
        value = reader.define("value", join(result.shape, NULL), node, made=True, tag=f"value{depth}")
        nothing = (
            form.Assign(span, "keep", kept, form.Const(BOOL, span, False)),
            form.Assign(span, "value", value, form.Const(NULL, span, None)),
        )
        inside: form.Block = (
            *body,
            form.Assign(span, "keep", kept, form.Const(BOOL, span, True)),
            form.Assign(span, "value", value, result),
        )
        for calls, test in reversed(keeps):
            inside = (
                *calls,
                form.If(span, f"if {reader.text(node.generators[depth].ifs[-1])}", test, inside, nothing),
            )
        block = (*setup, *inside)
        keep = reader.value_of(kept, span)
        result = reader.value_of(value, span, result.shape)
    condition_ = None if tests is None else _within(setup, tests)
    variable = reader.define("results", shape, node, made=True, tag=f"map{depth}")
    label = _label(body) or f"for {reader.text(node.generators[depth].target)}"
    reader.emit(
        form.Map(
            span,
            label,
            variable,
            item,
            None,
            source.value,
            condition_,
            block,
            keep,
            result,
            concurrency=source.concurrency,
            flatten=flatten,
            batch=source.batch,
            far=source.far,
            details=source.details,
        )
    )
    return reader.value_of(variable, span)


def _label(body: form.Block) -> str:
    """The name of the body's last call: what the Map is about."""
    calls = [
        statement.label for statement in body if isinstance(statement, form.Call | form.Scope | form.Map)
    ]
    return calls[-1] if calls else ""


def read_list_comp(reader: Reader, node: ast.ListComp, expected: Shape | None) -> form.Expr:
    wanted = (
        next((option.item for option in options(expected) if isinstance(option, ListShape)), None)
        if expected
        else None
    )
    value = list_of(reader, node, lambda: reader.expression(node.elt, wanted))
    leak(reader, node.elt)
    return value


def _by_item(node: ast.DictComp) -> bool:
    """Whether each item of the one `for` has a key of its own, so that the order of items means nothing."""
    target = node.generators[0].target
    if isinstance(target, ast.Tuple) and target.elts:
        target = target.elts[0]
    same = isinstance(target, ast.Name) and isinstance(node.key, ast.Name) and target.id == node.key.id
    return same and len(node.generators) == 1


def read_dict_comp(reader: Reader, node: ast.DictComp, expected: Shape | None) -> form.Expr:
    """`{key: value for …}`: the list of its pairs, made a dict (the last of equal keys wins, as in
    Python)."""
    wanted = (
        next((o.value for o in options(expected) if isinstance(o, DictShape)), None) if expected else None
    )

    def pair() -> form.Expr:
        key = reader.expression(node.key)
        value = reader.expression(node.value, wanted)
        if kind_of(key.shape) not in ("str", "poison"):
            key = reader.refuse(
                "L410", node.key, f"keys of JSON objects are text, not `{show(key.shape)}`", "write str(…)"
            )
        if is_poison(key.shape) or is_poison(value.shape):
            return reader.poison(node)
        return form.MakeList(TupleShape((key.shape, value.shape)), reader.span(node), (key, value))

    pairs = list_of(reader, node, pair, unordered=_by_item(node))
    leak(reader, node.value)
    return pairs if is_poison(pairs.shape) else operation(reader, node, "dict.of_pairs", pairs)


COMPREHENSIONS: Final[Mapping[type[ast.AST], Any]] = {
    ast.ListComp: read_list_comp,
    ast.DictComp: read_dict_comp,
}
