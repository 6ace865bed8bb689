"""Becomes scripts by forking, with all that they need loaded: python3 -u warm.py LIBRARY TIER. See docs/adding-a-language.md."""

if __name__ == "__main__":
    import sys

    sys.path[0] = __file__.rpartition("/")[0]

    import dragoman.warm

    # Returns in a script's process, which does what it would have done as `python3 -u run.py SCRIPT`.
    exec(dragoman.warm.serve(globals(), *sys.argv[1:]), globals())
