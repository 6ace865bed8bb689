"""The world's components, and who is there at the beginning."""
import dragoman
from dragoman import component

ANTS = dragoman.get_init_args()["dragoman"]["params"]["ants"]

component("Position", "x: f32", "y: f32")
component("Velocity", "x: f32", "y: f32")
component("Ant", "source: i32 = -1", "awake: bool")         # which source it goes to
component("Laden")                                          # it carries food
component("Egg")
component("Mark", "source: i32 = -1", "left: f32 = 0.35")        # left by an ant on its way; seconds until it is gone
component("Source", "number: i32", "distance: f32", "scent: f32")
component("Nest", "stored: i32", "brought: i32")


@dragoman.system(order="Startup", creates=ANTS + 3)
def founding(tables, dt):
    dragoman.create_entity(Nest={}, Position={})
    dragoman.create_entity(Source={"number": 0, "distance": 15}, Position={"x": 15})
    dragoman.create_entity(Source={"number": 1, "distance": 30}, Position={"y": 30})
    dragoman.create_many(ANTS, Ant={}, Position={}, Velocity={})
