package dragoman;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** One conversation with the broker. */
final class Session {
    static final Session the = new Session();
    private static final int DEEPEST_CALL = 16;

    private final Wire wire = new Wire();
    private Map<String, Object> init;
    private boolean greeted = false;
    /** What the script can hand on to its next version; null where there is nothing. */
    Memory memory;
    private long lastId = 0;
    private int depth = 0;
    /** Answers to calls that are waited for: null, then header and body. */
    private final Map<Long, Object[]> answers = new HashMap<>();

    Map<String, Object> init() {
        if (init == null) init = receive("__init__");
        return init;
    }

    boolean extended() {
        return init().get("dragoman") != null;
    }

    String role() {
        final String role = Json.text(init(), "dragoman", "role");
        return role == null ? "player" : role;
    }

    void hello() {
        if (greeted || !extended()) return;
        final List<Object> features = Json.list("log", "error", "call", "uses");
        if (memory != null && memory.gives()) features.add("state");
        send("__hello__", Json.object("protocol", 1, "client", "dragoman-java 0.1.0", "role", role(), "features", features));
        greeted = true;
    }

    void ready() {
        hello();
        say("__command__", "READY");
    }

    void reset() {
        say("__command__", "RESET");
    }

    void log(String level, String message) {
        hello();
        if (extended()) send("__log__", Json.object("level", level, "message", message));
        else System.err.println(level + ": " + message);
    }

    void send(String header, Object body) {
        say(header, Json.write(body));
    }

    /** Files that the script has opened since the last line are named before this one. */
    void say(String header, String body) {
        final List<Object> files = greeted ? Uses.taken() : List.of();
        if (!files.isEmpty()) wire.write("__uses__", Json.write(Json.object("files", files)));
        wire.write(header, body);
    }

    Object call(String method, Object params) {
        if (!extended()) throw new CallError("denied", "this broker speaks only the classic level, which has no calls");
        hello();
        final long id = ++lastId;
        answers.put(id, null);
        send("__call__", Json.object("id", id, "method", method, "params", params == null ? Json.object() : params));
        while (answers.get(id) == null) {
            final Object[] message = next();
            passOver((String) message[0], Json.asObject(message[1]));
        }
        final Object[] answer = answers.remove(id);
        if (answer[0].equals("__return__")) return Json.at(answer[1], "value");
        throw new CallError(Json.text(answer[1], "code"), Json.text(answer[1], "message"));
    }

    /** Waits for the line with this header, and serves calls meanwhile. */
    Map<String, Object> receive(String wanted) {
        for (;;) {
            final Object[] message = next();
            final Map<String, Object> body = Json.asObject(message[1]);
            if (message[0].equals(wanted)) return body;
            passOver((String) message[0], body);
        }
    }

    private Object[] next() {
        for (;;) {
            final String line = wire.read();
            final int blank = line.indexOf(' ');
            if (blank < 0 || !line.startsWith("__")) continue;
            final String header = line.substring(0, blank);
            if (header.equals("__bye__")) System.exit(0);
            return new Object[] {header, Json.parse(line.substring(blank + 1))};
        }
    }

    /** Serves a call, keeps an answer for the one who waits for it; the rest is of no interest. */
    private void passOver(String header, Map<String, Object> body) {
        if (header.equals("__call__")) {
            serve(body);
        } else if (header.equals("__state__") && body.get("ask") == Boolean.TRUE) {
            (memory == null ? new Memory(Object.class) : memory).answer();
        } else if (header.equals("__return__") || header.equals("__error__")) {
            final Object id = body.get("id");
            if (id instanceof Long && answers.containsKey(id)) answers.put((Long) id, new Object[] {header, body});
        }
    }

    private void serve(Map<String, Object> body) {
        final Object id = body.get("id");
        final String method = Json.text(body, "method");
        final Verb verb = Verb.find(method);
        if (verb == null) {
            refuse(id, "unknown_method", "there is no public static method " + method + " here");
            return;
        }
        if (depth >= DEEPEST_CALL) {
            refuse(id, "depth", "more than " + DEEPEST_CALL + " calls inside each other");
            return;
        }
        ++depth;
        try {
            send("__return__", Json.object("id", id, "value", verb.call(body.get("params"))));
        } catch (Throwable problem) {
            final Map<String, Object> error = Failure.describe(problem);
            error.put("id", id);
            send("__error__", error);
        } finally {
            --depth;
        }
    }

    private void refuse(Object id, String code, String message) {
        send("__error__", Json.object("id", id, "code", code, "message", message, "trace", ""));
    }
}
