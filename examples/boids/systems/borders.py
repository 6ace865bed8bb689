"""Who leaves the square comes in again on the other side."""
import math

import dragoman

SIDE = math.sqrt(10 * dragoman.get_init_args()["dragoman"]["params"]["boids"])


@dragoman.system(write="Position", order="PostUpdate")
def borders(tables, dt):
    for t in tables:
        dragoman.kernels.wrap(t.Position, 0, SIDE)
