"""Python's json, made as strict as linnet's reader says it is, as a second opinion.

Each line of stdin is the base64 of a text, a blank, and the base64 of what linnet wrote for its value, or '-' where
linnet refused it. Each line of stdout is 'same', or says what is not.
"""

import base64
import json
import sys

DEPTH = 32
NUMBER = 512


class Refused(Exception):
    pass


def members(pairs):
    names = [name for name, _ in pairs]
    if len(set(names)) != len(names):
        raise Refused("a name twice")
    return dict(pairs)


def integer(text):
    if len(text) > NUMBER:
        raise Refused("a long number")
    value = int(text)
    return value if -(2**63) <= value < 2**63 else number(text)


def number(text):
    if len(text) > NUMBER:
        raise Refused("a long number")
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise Refused("a number out of range")
    return value


def constant(text):
    raise Refused(text)


def check(value, depth=0):
    if isinstance(value, (dict, list)):
        depth += 1
        if depth > DEPTH:
            raise Refused("too deep")
    if isinstance(value, dict):
        for name, inner in value.items():
            check(name, depth)
            check(inner, depth)
    elif isinstance(value, list):
        for inner in value:
            check(inner, depth)
    elif isinstance(value, str):
        if "\0" in value or any(0xD800 <= ord(c) < 0xE000 for c in value):
            raise Refused("a character")


def read(data):
    if data.startswith(b"\xef\xbb\xbf"):
        raise Refused("a byte order mark")
    value = json.loads(
        data.decode("utf-8"),
        object_pairs_hook=members,
        parse_int=integer,
        parse_float=number,
        parse_constant=constant,
    )
    check(value)
    return value


def typed(value):
    """The same with the types of numbers, which Python takes for equal."""
    if isinstance(value, dict):
        return {name: typed(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [typed(inner) for inner in value]
    return (type(value).__name__, value)


def compare(text, written):
    try:
        value = read(text)
    except (Refused, ValueError, RecursionError) as error:
        return "same" if written is None else f"only Python refuses it: {error}"
    if written is None:
        return "only linnet refuses it"
    try:
        return "same" if typed(read(written)) == typed(value) else "another value"
    except (Refused, ValueError, RecursionError) as error:
        return f"Python does not read what linnet wrote: {error}"


for line in sys.stdin:
    text, written = line.split()
    print(compare(base64.b64decode(text if text != "=" else ""), None if written == "-" else base64.b64decode(written)))
