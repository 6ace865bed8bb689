"""Birds everywhere, each with a heading of its own."""
import math

import dragoman

BOIDS = dragoman.get_init_args()["dragoman"]["params"]["boids"]
SEED = dragoman.get_init_args()["dragoman"]["seed"]
SIDE = math.sqrt(10 * BOIDS)    # of the square that they live in

dragoman.component("Position", "x: f32", "y: f32")
dragoman.component("Velocity", "x: f32", "y: f32")


def chance(state):
    """Numbers from 0 to 1, the same in every language: all that is computed here is exact in a double."""
    while True:
        state = state * 16807 % 2147483647
        yield state / 2147483647


@dragoman.system(order="Startup", creates=BOIDS)
def birds(tables, dt):
    position, velocity = {"x": [], "y": []}, {"x": [], "y": []}
    numbers = chance(SEED % 2147483646 + 1)
    for _ in range(BOIDS):
        position["x"].append(SIDE * next(numbers))
        position["y"].append(SIDE * next(numbers))
        velocity["x"].append(20 * next(numbers) - 10)
        velocity["y"].append(20 * next(numbers) - 10)
    dragoman.create_many(BOIDS, Position=position, Velocity=velocity)
