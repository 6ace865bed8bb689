"""Each bird looks at a dozen of those around it: it flies where they fly, towards their middle, and not into them."""
import dragoman

grid = dragoman.kernels.Grid()    # kept: so is its memory


@dragoman.system(read="Position", write="Velocity")
def steer(tables, dt):
    for t in tables:
        grid.build(t.Position, 8)
        grid.flock(t.Velocity, t.Velocity, radius=8, near=2, alignment=2, cohesion=0.5, separation=2, dt=dt, most=12)
        dragoman.kernels.limit_length(t.Velocity, 12)
