"""The data plane's extension, or an error that says what is missing."""

try:
    from . import _dragoman_plane as extension
except ImportError as error:
    raise ImportError(
        "systems need dragoman's extension _dragoman_plane, which is not here for this interpreter: "
        "it is built where python3-dev is installed when dragoman is built"
    ) from error

__all__ = ["extension"]
