# The same by a bulk kernel.
import dragoman


@dragoman.system(read=["Velocity"], write=["Position"])
def movement(tables, dt):
    for t in tables:
        dragoman.kernels.axpy(t.Position, t.Velocity, dt)
