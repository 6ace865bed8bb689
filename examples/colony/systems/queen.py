"""The queen lays eggs while there is food for them; each becomes an ant."""
import dragoman
from dragoman import wait, wait_until

MEALS = 12      # an egg needs; an ant brings 8 in its life
MOST = 2000     # eggs at a time


def queen():
    nest = dragoman.query_entities("Nest")[0]
    while True:
        yield wait_until(lambda: nest.get_component("Nest").stored >= MEALS)
        store = nest.get_component("Nest")
        eggs = min(store.stored // MEALS, MOST)
        store.stored -= eggs * MEALS
        dragoman.spawn(brood, dragoman.create_many(eggs, Egg={}, Position={}))
        yield wait(0.5)


def brood(eggs):
    yield wait(1)
    for egg in eggs:
        egg.remove_component("Egg")
        egg.add_component("Velocity")
        egg.add_component("Ant")


@dragoman.system(write="Nest", creates=MOST, order="PreUpdate")
def breeding(tables, dt):
    pass    # the coroutines of a system are resumed behind it


dragoman.spawn(queen)
