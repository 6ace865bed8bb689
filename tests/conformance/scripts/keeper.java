// A player that keeps what it has seen: see ../README.md.
import dragoman.Dragoman;
import dragoman.Json;
import java.util.Map;

public class MLPlay {
    private int seen = 0;
    private String give = "state";

    public Object update(Map<String, Object> scene) {
        if (scene.containsKey("call")) Dragoman.call((String) scene.get("call"), null);
        if (scene.containsKey("give")) give = (String) scene.get("give");
        return ++seen;
    }

    public void reset() {
        seen = 0;
    }

    public Object preserveState() {
        if (give.equals("raise")) throw new IllegalStateException("raised in giving");
        if (give.equals("long")) return Map.of("text", "x".repeat(17 << 20));
        if (give.equals("nonsense")) return Map.of("seen", Double.NaN);
        return Map.of("seen", seen);
    }

    public void restoreState(Map<String, Object> data) {
        if (data.containsKey("raise")) throw new IllegalArgumentException((String) data.get("raise"));
        seen = Json.integer(data, "seen");
    }
}
