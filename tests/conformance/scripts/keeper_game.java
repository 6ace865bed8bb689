// A game that keeps its number: see ../README.md.
import dragoman.Json;
import java.util.Map;

public class Game extends dragoman.Game {
    private int n;

    @Override
    public void setup() {
        n = 0;
    }

    @Override
    public boolean update(Map<String, Object> commands) {
        n += Json.integer(commands, "1P");
        return false;
    }

    @Override
    public Map<String, Object> scenes() {
        return Json.object("1P", Json.object("frame", frame, "status", "GAME_ALIVE", "n", n));
    }

    @Override
    public Map<String, Object> result() {
        return Json.object("1P", Json.object("rank", 1, "score", n));
    }

    public Object preserveState() {
        return Map.of("n", n);
    }

    public void restoreState(Map<String, Object> data) {
        n = Json.integer(data, "n");
    }
}
