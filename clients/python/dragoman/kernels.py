"""Loops over whole columns at native speed; clients/plane/kernels.h says what each does."""

from .plane import extension

Grid = extension.Grid
add = extension.add
affine = extension.affine
axpy = extension.axpy
bounce = extension.bounce
buffer = extension.buffer
clamp = extension.clamp
compare = extension.compare
copy = extension.copy
distance = extension.distance
distance_to = extension.distance_to
fill = extension.fill
gather = extension.gather
grid_new = Grid
integrate = extension.integrate
limit_length = extension.limit_length
maximum = extension.maximum
minimum = extension.minimum
multiply = extension.multiply
reduce = extension.reduce
scale = extension.scale
scatter = extension.scatter
select = extension.select
subtract = extension.subtract
where = extension.where
wrap = extension.wrap
