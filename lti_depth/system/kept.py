"""What is computed of a stack, kept for as long as the stack lives."""

from functools import wraps
from weakref import WeakKeyDictionary


def kept(function):
    """`function` of a stack, computed on its first call.

    Every caller gets the same value, not None, which nobody may change and which must not refer to the stack.
    """
    values = WeakKeyDictionary()

    @wraps(function)
    def of(stack):
        value = values.get(stack)
        if value is None:
            value = values[stack] = function(stack)
        return value

    return of
