"""The floor's parse: python3 parse.py SCENE. For each line "batches size" on stdin, the median time of one json.loads in
microseconds, over so many batches of that size."""
import json
import statistics
import sys
import time

with open(sys.argv[1]) as file:
    scene = file.read()

for line in sys.stdin:
    batches, size = map(int, line.split())
    times = []
    for _ in range(batches):
        began = time.perf_counter_ns()
        for _ in range(size):
            json.loads(scene)
        times.append((time.perf_counter_ns() - began) / 1e3 / size)
    print(statistics.median(times), flush=True)
