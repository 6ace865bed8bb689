# By numpy. embedded_python.cpp runs the same two statements inside the benchmark's process.
import dragoman
import numpy

scratch = numpy.empty(0, numpy.float32)


@dragoman.system(read=["Velocity"], write=["Position"])
def movement(tables, dt):
    global scratch
    for t in tables:
        position, velocity = numpy.asarray(t.Position.numbers), numpy.asarray(t.Velocity.numbers)
        if scratch.shape != position.shape:
            scratch = numpy.empty_like(position)
        numpy.multiply(velocity, dt, out=scratch)
        numpy.add(position, scratch, out=position)
