"""What the broker is told when a script fails: the message, the user's part of the trace, file, line and source."""

import os
import sys

from _frozen_importlib_external import decode_source

from .session import session

OURS = __file__.rpartition("/")[0].removesuffix("dragoman")


def describe(error, code="raised"):
    """The body of __error__."""
    try:
        return _describe(error, code)
    except BaseException:  # no memory or no stack left to be thorough
        return {"code": code, "message": type(error).__name__, "trace": ""}


def fail(error, code="raised", role="player"):
    """Says it on stderr and to the broker, and ends the process."""
    body = describe(error, code)
    try:
        print(body["trace"] or body["message"], file=sys.stderr, flush=True)
    except (OSError, ValueError):
        pass
    here = session()
    here.hello(role)
    here.name_uses()  # the file at fault may be one of them, and nobody has been told yet
    if here.broker is not None:
        here.channel.send("__error__", body)
    raise SystemExit(1)


def _describe(error, code):
    trace = _users_part(error.__traceback__)
    _show_what_was_loaded(trace)
    body = {"code": code, "message": _headline(error), "trace": _format(error, trace)}
    if isinstance(error, SyntaxError) and code == "compile_error":
        file, line, source = error.filename, error.lineno, error.text
    else:
        file, line, source = _place(trace)
    for key, value in (("file", file or session().script), ("line", line), ("source", source and source.strip())):
        if value:
            body[key] = value
    return {key: _short(value) if isinstance(value, str) else value for key, value in body.items()}


def _short(text, most=50_000):
    """Fits in a line, and is UTF-8 whatever the script put into its message."""
    text = text.encode("utf-8", "backslashreplace").decode()
    return text if len(text) <= most else f"{text[:most - 10_000]}\n[...]\n{text[-10_000:]}"


def _headline(error):
    kind = type(error).__name__
    try:
        text = error.msg if isinstance(error, SyntaxError) else str(error)
    except Exception:
        text = "(its text cannot be shown)"
    return f"{kind}: {text}" if text else kind


def _is_ours(trace):
    file = trace.tb_frame.f_code.co_filename
    return file.startswith(OURS) or file.startswith("<frozen importlib")


def _users_part(trace):
    while trace is not None and _is_ours(trace):
        trace = trace.tb_next
    return trace


def _format(error, trace):
    try:
        import traceback
    except Exception:
        return _headline(error)
    return "".join(traceback.format_exception(type(error), error, trace, limit=-50)).rstrip()


def _place(trace):
    """The innermost frame in the script's own folder, or else the innermost one."""
    place = None
    inside = False
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        here = file.startswith(sys.path[0] + "/")
        if here or not inside:
            place = file, trace.tb_lineno, source_of(file, trace.tb_lineno)
        inside = inside or here
        trace = trace.tb_next
    return place or (None, None, None)


def _show_what_was_loaded(trace):
    files = set()  # of a recursion without end there are many frames
    while trace is not None:
        files.add(trace.tb_frame.f_code.co_filename)
        trace = trace.tb_next
    for file in files:
        keep_lines(file)


def keep_lines(file):
    """From here on linecache has the lines that run, not those of a file that was saved since."""
    here = session()
    try:
        import linecache

        if file == here.script:
            lines = decode_source(here.source).splitlines(True)
        elif os.stat(file).st_mtime_ns > here.loaded:
            lines = []  # nobody knows them any more
        else:
            return
        linecache.cache[file] = 0, None, lines, file  # without a time it is not looked at again
    except Exception:
        pass  # no file, or none that can be read as text, or no memory left


def source_of(file, line):
    try:
        import linecache

        return linecache.getline(file, line)
    except Exception:
        return None
