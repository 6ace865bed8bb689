"""Each ant on its way leaves a mark where it is: as many creations as there are ants, in every tick."""
import dragoman

ANTS = dragoman.get_init_args()["dragoman"]["params"]["ants"]


@dragoman.system(read=["Position", "Ant", "Laden"], optional="Laden", order="PostUpdate", creates=2 * ANTS)
def trails(tables, dt):
    for t in tables:
        source = -1 if t.Laden is None else t.Ant.source    # the scent of food comes from those that bring some
        dragoman.create_many(t.rows, Position=t.Position.raw, Mark={"source": source})
