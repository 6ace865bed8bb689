"""Position += dt * Velocity."""
import dragoman


@dragoman.system(read="Velocity", write="Position", after="steer")
def movement(tables, dt):
    for t in tables:
        dragoman.kernels.axpy(t.Position, t.Velocity, dt)
