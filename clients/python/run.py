"""Runs one script: python3 -u run.py SCRIPT. The conversation is moved out of the script's reach first."""

if __name__ == "__main__":
    import sys

    # Where this file is said to be: Python follows symbolic links, and what has been built lies beside the link.
    sys.path[0] = __file__.rpartition("/")[0]

    import dragoman.channel

    channel = dragoman.channel.take_over()

    import dragoman.main

    dragoman.main.run(channel, sys.argv[1])
