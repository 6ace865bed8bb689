"""JSON text from Python values and back, by the C parts of the standard library alone: importing `json` itself
costs as much as half of the interpreter's start."""

try:
    from _json import encode_basestring, encode_basestring_ascii, make_encoder, make_scanner
except ImportError:  # not CPython
    import json

    make_encoder = make_scanner = None


class _Reading:
    strict = True
    object_hook = None
    object_pairs_hook = None
    parse_float = float
    parse_int = int

    @staticmethod
    def parse_constant(name):
        raise ValueError(f"{name} is not JSON")


def _tolist(value):
    """numpy's numbers and arrays, without importing numpy."""
    tolist = getattr(value, "tolist", None)
    if tolist is None:
        raise TypeError(type(value).__name__)
    return tolist()


if make_scanner:
    _scan = make_scanner(_Reading())
    _encode = make_encoder(None, _tolist, encode_basestring_ascii, None, ": ", ", ", False, False, False)
    _encode_unicode = make_encoder(None, _tolist, encode_basestring, None, ": ", ", ", False, False, False)
else:
    _scan = json.JSONDecoder(parse_constant=_Reading.parse_constant).raw_decode

    def _encode(value, _):
        return [json.dumps(value, default=_tolist, allow_nan=False)]

    def _encode_unicode(value, _):
        return [json.dumps(value, ensure_ascii=False)]


def decode(text, start=0):
    """The JSON value that begins at `start` and fills the rest of the text."""
    try:
        value, end = _scan(text, start)
    except StopIteration:
        stripped = text[start:].strip()
        if not stripped:
            raise ValueError("JSON text expected, the line ends") from None
        try:
            value, end = _scan(stripped, 0)
        except StopIteration:
            raise ValueError(f"JSON text expected, not {stripped[:40]!r}") from None
        text = stripped
    if end != len(text) and text[end:].strip():
        raise ValueError(f"nothing more expected after the JSON text, but {text[end:end + 40]!r}")
    return value


quick_encode = None  # the extension's, once it is loaded: (value, longest text), and None for what it leaves to us


def encode(value, what="the value"):
    """`what` names the value in the message when JSON cannot hold it."""
    if quick_encode and (text := quick_encode(value)) is not None:
        return text
    try:
        return "".join(_encode(value, 0))
    except (TypeError, ValueError, RecursionError):
        pass
    return "".join(_encode(_plain(value, what, 0), 0))


def check_text(text, what):
    """That JSON text of ours is what others take for JSON too: Python's texts may hold halves of surrogate pairs."""
    if "\\ud" not in text:
        return
    try:
        "".join(_encode_unicode(decode(text), 0)).encode()
    except UnicodeEncodeError:
        raise ValueError(f"{what} holds text that is no Unicode: half of a surrogate pair") from None


def _plain(value, where, depth):
    """The same value in types that JSON has, or an error that says where there is one that it has not."""
    if depth > 256:
        raise ValueError(f"{where.partition('[')[0]} is nested too deeply for JSON, or holds itself")
    if value is None or isinstance(value, (str, int)):
        return value
    if isinstance(value, float):
        if value - value != 0:
            raise ValueError(f"{where} is {value}, which JSON cannot hold")
        return value
    if isinstance(value, dict):
        return {_plain_key(key, where): _plain(item, f"{where}[{key!r}]", depth + 1) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item, f"{where}[{index}]", depth + 1) for index, item in enumerate(value)]
    if hasattr(value, "tolist"):
        return _plain(value.tolist(), where, depth + 1)
    hint = ": make it a list" if isinstance(value, (set, frozenset)) else ""
    raise TypeError(f"{where} is a {type(value).__name__}, which JSON cannot hold{hint}")


def _plain_key(key, where):
    if key is None or isinstance(key, (str, int, float)):
        return key
    if hasattr(key, "item"):
        return key.item()
    raise TypeError(f"{where} has the key {key!r}: JSON's keys are texts")
