// A player without hooks, and with one field that is no plain data: see ../README.md.
import dragoman.Json;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

public class MLPlay {
    private int seen = 0;
    private List<Object> tags = Json.list("a", Json.object("b", null));
    private Supplier<Integer> unfit = () -> seen;

    public Object update(Map<String, Object> scene) {
        ++seen;
        return unfit.get();
    }

    public void reset() {}
}
