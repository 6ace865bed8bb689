"""Runs one script: python3 -u run.py SCRIPT. The conversation is moved out of the script's reach first."""

if __name__ == "__main__":
    import sys

    import dragoman.channel

    channel = dragoman.channel.take_over()

    import dragoman.main

    dragoman.main.run(channel, sys.argv[1])
