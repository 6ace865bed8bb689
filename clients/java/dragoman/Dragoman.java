package dragoman;

import java.io.IOException;
import java.io.InputStream;
import java.util.Map;

/** What a script can say to the broker; the names are the same in every language. */
public final class Dragoman {
    private Dragoman() {}

    public static Map<String, Object> get_init_args() {
        return Session.the.init();
    }

    public static void client_ready() {
        Session.the.ready();
    }

    public static Map<String, Object> get_scene_info() {
        return Session.the.receive("__scene_info__");
    }

    public static void send_command(Object command) {
        Session.the.send("__command__", command);
    }

    public static void client_reset() {
        Session.the.reset();
    }

    /** The level is debug, info, warning or error. */
    public static void log(String level, String message) {
        Session.the.log(level, message);
    }

    /** Opens a data file; a change of it reloads the script. Its name counts from the script's folder. */
    public static InputStream openData(String name) throws IOException {
        return Uses.open(name);
    }

    /** Calls anything that the broker offers; throws a CallError. */
    public static Object call(String method, Object params) {
        return method.startsWith("world.") ? World.read(method.substring(6), params) : Session.the.call(method, params);
    }
}
