"""The name an error leaves under: laws over any family of classes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ladle.runtime.failures import name_for


@st.composite
def families(draw: st.DrawFn) -> list[type[Exception]]:
    """Exception classes in some modules, few names, each with one or two bases among those before it."""
    classes: list[type[Exception]] = []
    for _ in range(draw(st.integers(1, 6))):
        bases = draw(st.lists(st.sampled_from(classes), unique=True, max_size=2)) if classes else []
        bases = [b for b in bases if not any(b is not other and issubclass(other, b) for other in bases)]
        name, module = draw(st.sampled_from("ABC")), draw(st.sampled_from(["m", "n"]))
        if (module, name) not in {(cls.__module__, cls.__name__) for cls in classes}:
            classes.append(
                type(name, tuple(bases) or (Exception,), {"__module__": module, "__qualname__": name})
            )
    return classes


def full(cls: type) -> str:
    """The full name of a class."""
    return f"{cls.__module__}.{cls.__qualname__}"


@given(families(), st.data())
def test_a_handler_takes_an_error_exactly_when_python_would(
    family: list[type[Exception]], data: st.DataObject
) -> None:
    """A listed name is given only to a class that has the listed class among its bases, and always then."""
    error = data.draw(st.sampled_from(family))
    listed = data.draw(st.lists(st.sampled_from(family), unique_by=lambda cls: cls.__name__))
    name = name_for(error, {full(cls) for cls in listed})
    takers = [cls.__name__ for cls in listed if issubclass(error, cls)]
    if takers:
        assert name in takers
    else:
        assert name not in {cls.__name__ for cls in listed}
        assert name in (error.__name__, full(error))


@given(families(), st.data())
def test_a_listed_class_keeps_its_own_name(family: list[type[Exception]], data: st.DataObject) -> None:
    """Handlers for its bases list it as well: the compiler has expanded them."""
    error = data.draw(st.sampled_from(family))
    assert name_for(error, {full(cls) for cls in error.__mro__}) == error.__name__


def test_exception_itself_is_no_name_to_hide_behind() -> None:
    """A handler for `Exception` is one for every error, whatever its name."""
    assert name_for(ValueError, {"builtins.Exception", "builtins.BaseException"}) == "ValueError"
    assert name_for(Exception, {"builtins.ValueError"}) == "Exception"
