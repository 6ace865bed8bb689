// A player. The loop around it is the client's; what it gets and what it may answer is the game's business.
// These scenes are pong's: try it with `dragoman run examples/pong -i this_file.java`.
import dragoman.Json;
import java.util.Map;

public class MLPlay {
    private final String platform;

    // init_args["args"]: what the game's dragoman.toml says for this seat; here the seat's name.
    public MLPlay(Map<String, Object> init_args) {
        final String seat = Json.text(init_args, "args", 0);
        platform = "platform_" + (seat == null ? "1P" : seat);
    }

    // Once for each tick. What is returned is the command: any value that JSON can hold.
    // Values are plain Java (Map, List, String, Long, Double, Boolean); Json.integer and the like look into them.
    public Object update(Map<String, Object> scene) {
        if (Json.integer(scene, "ball_speed", 1) == 0) return "SERVE_TO_LEFT";

        final int distance = Json.integer(scene, "ball", 0) - (Json.integer(scene, platform, 0) + 20);
        if (Math.abs(distance) < 5) return "NONE";
        return distance < 0 ? "MOVE_LEFT" : "MOVE_RIGHT";
    }

    // After the last scene of a round, before the next round begins.
    public void reset() {}
}
