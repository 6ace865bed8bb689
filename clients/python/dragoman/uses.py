"""The files that a script uses besides its own: modules that it loads, and data that it opens through the client.

Loaders say what they load, so what was imported counts even where it failed, or is in sys.modules no more.
"""

import io
import os
from zipimport import zipimporter

from _frozen_importlib_external import ExtensionFileLoader, SourceFileLoader, SourcelessFileLoader

MOST = 4096
AT_ONCE = 200_000  # characters of paths in one line
NOT_THE_USERS = os.__file__.rpartition("/")[0] + "/", __file__.rpartition("/")[0].removesuffix("dragoman"), "<"

news = []  # what has not been named yet, as it came; whoever answers looks here first
_named = set()


def is_the_users(file):
    return not file.startswith(NOT_THE_USERS) and "/site-packages/" not in file and "/dist-packages/" not in file


def note(file):
    if is_the_users(file):
        news.append(file)


def take_news(script):
    """Lists of full paths that have not been named before."""
    files, length = [], 0
    while news:
        file = _full(news.pop(0))
        if file == script or file in _named or len(_named) >= MOST or not _is_text(file):
            continue
        _named.add(file)
        files.append(file)
        length += len(file)
        if length > AT_ONCE:
            yield files
            files, length = [], 0
    if files:
        yield files


def _full(file):
    path = os.path.abspath(file)
    if "/../" in file and not os.path.exists(path):  # through a symbolic link, `..` leads elsewhere
        path = os.path.realpath(file)
    return path


def _is_text(file):
    try:
        file.encode()
    except UnicodeEncodeError:
        return False
    return True


def open_data(path, mode="r", *args, **kwargs):
    """open() of a file in the script's folder; the script is reloaded when a file that it reads so is saved."""
    from .session import session

    file = os.path.join(os.path.dirname(session().script), os.fsdecode(path))
    if not set(mode) & set("wax+"):
        note(file)
    return open(file, mode, *args, **kwargs)


def watch_loaders():
    """From here on what is loaded is noted; and a user's module is compiled from its source, always: Python takes its
    .pyc file for fresh after two saves of the same size within one second."""
    path_stats, usual_open_code = SourceFileLoader.path_stats, io.open_code

    def fresh_path_stats(self, path):
        if not is_the_users(path):
            return path_stats(self, path)
        news.append(path)
        raise OSError("its bytecode is not looked for")

    def open_code(path):
        note(os.path.abspath(path))
        return usual_open_code(path)

    SourceFileLoader.path_stats = fresh_path_stats
    SourcelessFileLoader.get_code = _noting(SourcelessFileLoader.get_code, lambda loader: loader.path)
    ExtensionFileLoader.create_module = _noting(ExtensionFileLoader.create_module, lambda loader: loader.path)
    zipimporter.get_code = _noting(zipimporter.get_code, lambda loader: loader.archive)
    io.open_code = open_code  # which runpy calls


def _noting(function, file_of):
    def noting(loader, *args, **kwargs):
        note(file_of(loader))
        return function(loader, *args, **kwargs)

    return noting
