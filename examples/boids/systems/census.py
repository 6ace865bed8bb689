"""Once in a second: how much do they agree where to fly? 0% at first; 100% is one heading for all."""
import math

import dragoman


@dragoman.system(read="Velocity", order="PostUpdate", rate=1)
def census(tables, dt):
    boids, x, y, speed = 0, 0.0, 0.0, 0.0
    for t in tables:
        length = dragoman.kernels.buffer("f32", t.rows)
        dragoman.kernels.distance_to(length, t.Velocity, (0, 0))
        speed += dragoman.kernels.reduce(length, "sum")
        total = dragoman.kernels.reduce(t.Velocity, "sum")
        x, y, boids = x + total[0], y + total[1], boids + t.rows
    if boids:
        print(f"tick {tables.tick}: {boids} boids, mean speed {speed / boids:.2f}, {100 * math.hypot(x, y) / speed:.0f}% agree")
