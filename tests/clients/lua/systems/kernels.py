"""Bulk kernels and their faults."""

from support import case, case_of_one_mode, one_system, printed, raised, started, xs


@case
def kernels_with_buffers(place):
    body = """
        for t in tables do
            local mask = kernels.buffer("u8", t.rows)
            kernels.compare(mask, t.Position.x, ">=", 2)
            local rows = kernels.where(mask)
            print(rows.rows, rows.rows > 0 and rows[0])
            local sum_x, sum_y = kernels.reduce(t.Position, "sum")
            print(sum_x, sum_y, kernels.reduce(t.Position.x, "max"))
            local out = kernels.buffer("f32", t.rows)
            kernels.distance_to(out, t.Position, { 1, 1 })
            print(out[0], out[t.rows - 1])
            local grid = kernels.grid_new()
            grid:build(t.Position, 1)
            print(grid:near({ 1, 1 }, 2.5).rows, kernels.grid_near(grid, { 9, 1 }, 0.5, rows).rows)
            local counts = kernels.buffer("u32", t.rows)
            grid:sum(10, 0, t.Position, nil, counts)
            print(counts[0])
            kernels.integrate(t.Position, t.Velocity, nil, 0.5)
            grid:free()
        end"""
    broker = started(place, one_system(body))
    broker.run("sys")
    assert xs(broker) == [6, 7, 8]
    printed(broker, "2\t1", "6\t5\t3", "1\t2.2360680103302", "2\t0", "2", "1\t0", "9\t0\t9",
            "8.0622577667236\t8.0622577667236", "0\t0", "0")  # fmt: skip


FAULTS = {
    "kernels.axpy(t.Velocity, t.Position, dt)": "axpy: sys did not declare that it writes Velocity",
    "kernels.axpy(t.Position, t.Velocity.x, dt)": "Position has 2 numbers in each row, Velocity.x has 1 number",
    "kernels.axpy(t.Position, t.Velocity)": "axpy: a: a number was expected, not a nil",
    "kernels.axpy(t.Position, nil, dt)": "axpy: x: a column was expected, not a nil",
    "kernels.axpy(t.Position, {}, dt)": "axpy: x: a column was expected, not a table",
    "kernels.axpy(t.Position, t.Velocity.data, dt)": "a row of Velocity is no column",
    "kernels.axpy(t.Position.x, t.Health.points, dt)": "Position.x is f32, Health.points is i32",
    "kernels.scale(t.Health, 2)": "scale: Health has fields of different types (points is i32, armour is f32",
    "kernels.axpy(t.Position.x, kernels.buffer('f32', 1), dt)": "Position.x has 2 rows, the buffer of f32 has 1",
    "kernels.scale(t.Position, 0 / 0)": "scale: an argument is missing, not finite, or not in its range",
    "kernels.reduce(t.Position, 'mean')": 'reduce: "sum", "min" or "max" was expected, not mean',
    "kernels.axpyy(t.Position)": "there is no kernel axpyy",
    "kernels.buffer('f33', 1)": "buffer: there is no type f33",
    "print(kernels.buffer('f32', 2)[2])": "buffer[2]: it has 2 numbers, from 0",
    "kernels.grid_new():near({ 1, 1 }, 1)": "grid_near: the grid has not been built",
    "kernels.distance_to(t.Position.x, t.Position, { 1 })": "distance_to: point: 2 numbers were expected, not 1",
}


@case_of_one_mode
def faults_of_kernels_are_named(place):
    about = "read = { 'Velocity', 'Health' }, write = { 'Position' }, optional = { 'Velocity', 'Health' }"
    for body, expected in FAULTS.items():
        number = 1 if "Health" in body or "buffer" in body else 0
        text = f"local number = -1 for t in tables do number = number + 1 if number == {number} then\n{body}\nend end"
        told = raised(started(place, one_system(text, about)), expected)
        assert told["line"] == 3, told
