"""Once in a second: who lives, and where they go."""
import dragoman
from dragoman import kernels


@dragoman.system(read=["Ant", "Mark", "Nest"], optional=["Ant", "Mark", "Nest"], order="PostUpdate", rate=1)
def census(tables, dt):
    ants = nearer = marks = 0
    for t in tables:
        if t.Mark is not None:
            marks += t.rows
        if t.Ant is not None:
            ants += t.rows
            chosen = kernels.buffer("u8", t.rows)
            kernels.compare(chosen, t.Ant.source, "==", 0)
            nearer += len(kernels.where(chosen))
    eggs, laden = len(dragoman.query_entities("Egg")), len(dragoman.query_entities("Ant", "Laden"))
    nest = dragoman.query_entities("Nest")[0].get_component("Nest")
    share = 100 * nearer / ants if ants else 0
    print(f"tick {tables.tick}: {ants} ants, {laden} laden, {eggs} eggs, {marks} marks; "
          f"{nest.brought} meals brought; {share:.0f}% go to the nearer source")
