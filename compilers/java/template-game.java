// A game: everybody guesses a number, and hears whether it was too low or too high. Its dragoman.toml says at least
//     name = "guess"    script = "this_file.java"    [players] names = ["1P", "2P"]
import dragoman.Json;
import dragoman.World;
import java.util.List;
import java.util.Map;

public class Game extends dragoman.Game {
    private boolean over;

    // A round begins. The world is empty: what it shall hold is declared and created here.
    @Override
    public void setup() {
        over = false;
        world.component("Secret", "number: i32");
        world.component("Guess", "seat: text", "hint: text", "tries: i32");
        world.create(Map.of("Secret", Map.of("number", 1 + random.nextInt(100))));
        for (String seat : players) world.create(Map.of("Guess", Map.of("seat", seat, "hint", "none")));
    }

    // One tick: commands.get(seat) is what that player returned, or null. True ends the round.
    @Override
    public boolean update(Map<String, Object> commands) {
        final int right = Json.integer(world.one("Secret").get(0), "number");
        over = frame >= 100;
        for (World.Row row : world.query("Guess")) {
            final Object command = commands.get(row.get(0).get("seat"));
            if (!(command instanceof Long)) continue;
            final long said = (Long) command;
            final String hint = said < right ? "higher" : said > right ? "lower" : "right";
            world.set(row.entity, "Guess", Map.of("hint", hint, "tries", Json.integer(row.get(0), "tries") + 1));
            over = over || said == right;
        }
        return over;
    }

    // What each player sees. `status` is GAME_ALIVE as long as the round goes on.
    @Override
    public Map<String, Object> scenes() {
        final String status = over ? "GAME_OVER" : "GAME_ALIVE";
        final Map<String, Object> scenes = Json.object();
        for (World.Row row : world.query("Guess")) {
            final Map<String, Object> guess = row.get(0);
            final Object hint = guess.get("hint"), tries = guess.get("tries");
            scenes.put(Json.text(guess, "seat"),
                    Json.object("frame", frame, "status", status, "hint", hint, "tries", tries));
        }
        return scenes;
    }

    // Asked for when the round is over. Equal ranks are a draw.
    @Override
    public Map<String, Object> result() {
        final Map<String, Object> result = Json.object();
        for (World.Row row : world.query("Guess")) {
            final boolean won = "right".equals(row.get(0).get("hint"));
            result.put(Json.text(row.get(0), "seat"), Json.object("rank", won ? 1 : 2, "score", won ? 1 : 0));
        }
        return result;
    }

    // Optional: what the broker draws.
    @Override
    public Map<String, Object> picture() {
        final List<Object> shapes = Json.list();
        for (World.Row row : world.query("Guess")) {
            final String text = row.get(0).get("seat") + ": " + row.get(0).get("hint");
            shapes.add(Json.object("text", List.of(4, 4 + 12 * shapes.size()), "value", text, "color", "#cccccc"));
        }
        return Json.object("width", 200, "height", 100, "background", "#101018", "shapes", shapes);
    }
}
