package dragoman;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** The base of a game's script: {@code class Game extends dragoman.Game}. */
public abstract class Game {
    public final List<String> players = new ArrayList<>();
    public final Map<String, Object> params;
    public final World world = new World();
    /** This round's. */
    public long seed;
    public int round;
    /** Updates since the round's start: 0 in setup, 1 in the first update. */
    public int frame;
    /** Seconds. */
    public double dt;
    /** Seat -> why it has sent nothing in the last tick. */
    public Map<String, Object> absent = Json.object();
    /** Seats that have lost their script for good. */
    public List<String> lost = new ArrayList<>();
    /** Seeded anew for each round. */
    public Random random;

    protected Game() {
        final Object about = Dragoman.get_init_args().get("dragoman");
        for (Object seat : Json.asList(Json.at(about, "players"))) players.add((String) seat);
        params = Json.asObject(Json.at(about, "params"));
        seed = (long) Json.number(about, "seed");
        random = new Random(seed);
    }

    public abstract void setup();

    /** One tick; true when the round is over. */
    public abstract boolean update(Map<String, Object> commands);

    /** Seat -> scene. */
    public abstract Map<String, Object> scenes();

    /** Seat -> rank and score; asked for when the round is over. */
    public abstract Map<String, Object> result();

    /** What it looks like now; null: nothing is drawn. */
    public Map<String, Object> picture() {
        return null;
    }

    final void play() {
        Dragoman.client_ready();
        boolean fresh = true;
        for (;;) {
            final Map<String, Object> tick = Session.the.receive("__update__");
            frame = Json.integer(tick, "frame");
            round = Json.integer(tick, "round");
            seed = (long) Json.number(tick, "seed");
            dt = Json.number(tick, "dt");
            absent = Json.asObject(tick.get("absent"));
            lost = new ArrayList<>();
            for (Object seat : Json.asList(tick.get("lost"))) lost.add((String) seat);
            final boolean start = tick.get("start") == Boolean.TRUE;
            if (start || fresh) random = new Random(seed);
            fresh = false;
            boolean over = false;
            if (start) {
                setup();
            } else {
                over = update(Json.asObject(tick.get("commands")));
            }
            final Map<String, Object> done = Json.object("frame", frame, "over", over, "scenes", scenes());
            if (over) done.put("result", result());
            final Map<String, Object> picture = tick.get("draw") == Boolean.TRUE ? picture() : null;
            if (picture != null) done.put("picture", picture);
            done.put("changes", World.takeWrites());
            Session.the.send("__done__", done);
        }
    }
}
