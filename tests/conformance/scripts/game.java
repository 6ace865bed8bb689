// The counter game of the conversations: see tests/conformance/README.md.
import dragoman.CallError;
import dragoman.Dragoman;
import dragoman.Json;
import dragoman.World;
import java.util.List;
import java.util.Map;

class Game extends dragoman.Game {
    private long entity;
    private int n;
    private boolean over;

    @Override
    public void setup() {
        world.component("Count", "n: i32");
        n = Json.integer(params, "start");
        entity = world.create(Map.of("Count", count(n)));
        over = false;
    }

    @Override
    public boolean update(Map<String, Object> commands) {
        final Object command = commands.get("1P");
        if (command instanceof Long) {
            n = get() + ((Long) command).intValue();
            world.set(entity, "Count", count(n));
        } else if (command instanceof String) {
            act((String) command);
        } else if (absent.containsKey("1P")) {
            n = -2;
        }
        return over;
    }

    private void act(String command) {
        switch (command) {
            case "check":
                world.set(entity, "Count", count(100));
                n = get();
                break;
            case "query":
                n = 0;
                for (World.Row row : world.query("Count")) n += Json.integer(row.get(0), "n");
                break;
            case "one":
                n = Json.integer(world.one("Count").get(0), "n");
                break;
            case "batch":
                n = Json.integer(world.batch(List.of(
                        List.of("set", Json.object("entity", entity, "component", "Count", "values", count(5))),
                        List.of("get", Json.object("entity", entity, "component", "Count")))), 1, "n");
                break;
            case "missing":
                try {
                    world.get(entity, "Missing");
                } catch (CallError error) {
                    n = -1;
                }
                break;
            case "more":
                world.create(Map.of("Count", count(1)));
                break;
            case "move":
                world.remove(entity, "Count");
                world.add(entity, "Count", count(9));
                n = world.has(entity, "Count") ? 1 : 0;
                break;
            case "destroy":
                world.destroy(entity);
                n = world.alive(entity) ? 1 : 0;
                break;
            case "log":
                Dragoman.log("info", "tick");
                break;
            case "fail":
                throw new IllegalStateException("raised in update");
            case "end":
                over = true;
                break;
            default:
                break;
        }
    }

    private int get() {
        return Json.integer(world.get(entity, "Count"), "n");
    }

    private static Map<String, Object> count(int n) {
        return Map.of("n", n);
    }

    @Override
    public Map<String, Object> scenes() {
        final String status = over ? "GAME_OVER" : "GAME_ALIVE";
        return Map.of("1P", Json.object("frame", frame, "status", status, "n", n, "round", round));
    }

    @Override
    public Map<String, Object> result() {
        return Map.of("1P", Json.object("rank", 1, "score", n));
    }

    @Override
    public Map<String, Object> picture() {
        final String number = String.valueOf(n);
        final Map<String, Object> text = Json.object("text", List.of(0, 0), "value", number, "color", "#ffffff");
        return Json.object("width", 100, "height", 100, "background", "#000000", "shapes", List.of(text));
    }
}
