package dragoman;

import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** What a script hands on to its next version: what its hooks say, or its object's fields. */
final class Memory {
    private static final int LONGEST = 16 << 20;

    private final Method give;
    private final Method take;
    private final boolean keepsFields;
    private final boolean keepsAll;
    private Object object;
    private boolean toldPassedOver;

    /** Of a class's objects. A game keeps by itself what its constructor leaves unset: its setup() runs once a round. */
    Memory(Class<?> type) {
        give = Main.find(type, "preserveState", 0);
        take = Main.find(type, "restoreState", 1);
        keepsAll = Json.at(Dragoman.get_init_args(), "dragoman", "keep_attributes") == Boolean.TRUE;
        keepsFields = give == null && take == null && (keepsAll || Game.class.isAssignableFrom(type));
    }

    boolean gives() {
        return give != null || keepsFields;
    }

    /** The object has been made. Where there is a version before it, asks for what that one knows. */
    void takeOver(Object made) throws Throwable {
        object = made;
        final Object before = Json.at(Dragoman.get_init_args(), "dragoman", "reload", "state");
        if (before != Boolean.TRUE || !(take != null || keepsFields)) return;
        Session.the.send("__state__", Json.object("ask", true));
        Map<String, Object> given = Session.the.receive("__state__");
        for (; given.get("ask") == Boolean.TRUE; given = Session.the.receive("__state__")) answer();
        if (!given.containsKey("give")) return; // there was nothing to give after all
        final Object state = given.get("give");
        if (keepsFields) {
            Fields.take(object, Json.asObject(state), keepsAll);
            return;
        }
        final Class<?> wanted = take.getParameterTypes()[0];
        if (state != null && !wanted.isInstance(state)) {
            throw new ClassCastException("restoreState takes a " + wanted.getSimpleName() + ", but the state is "
                    + Json.write(state).substring(0, Math.min(80, Json.write(state).length())));
        }
        Main.invoke(take, object, state);
    }

    /** Answers the broker's question. A hook that fails is told, and the script goes on. */
    void answer() {
        try {
            final String line = Json.write(Json.object("state", state()));
            if (hasHalfCharacters(line)) {
                throw new IllegalArgumentException("a text with half a surrogate pair cannot be written as JSON");
            }
            final int length = line.getBytes(StandardCharsets.US_ASCII).length - "{\"state\": }".length();
            if (length <= LONGEST) {
                Session.the.say("__state__", line);
                return;
            }
            final String message = "its state has " + length + " bytes; at most " + LONGEST + " go on to the next version";
            fail(Json.object("code", "too_long", "message", message, "trace", ""));
        } catch (Throwable problem) {
            fail(Failure.describe(problem));
        }
    }

    /** In JSON that is all ASCII. The broker would take such a line for broken. */
    private static boolean hasHalfCharacters(String line) {
        boolean wantsLow = false;
        for (int i = line.indexOf('\\'); i >= 0; i = line.indexOf('\\', i)) {
            final boolean isUnit = line.charAt(i + 1) == 'u';
            final char unit = isUnit ? (char) Integer.parseInt(line.substring(i + 2, i + 6), 16) : 0;
            if (Character.isLowSurrogate(unit) != wantsLow) return true;
            wantsLow = Character.isHighSurrogate(unit);
            i += isUnit ? 6 : 2;
            if (wantsLow && (i >= line.length() || line.charAt(i) != '\\')) return true;
        }
        return false;
    }

    private Object state() throws Throwable {
        if (object == null || !gives()) throw new IllegalStateException("this script has nothing that could give a state");
        if (give != null) return Main.invoke(give, object);
        final List<String> passedOver = Fields.unfit(object);
        if (!passedOver.isEmpty() && !toldPassedOver) {
            toldPassedOver = true;
            final String names = String.join(", ", passedOver);
            Dragoman.log("debug", "not kept for the next version, since it is no plain data: " + names);
        }
        return Fields.give(object);
    }

    private static void fail(Map<String, Object> error) {
        Session.the.send("__state__", Json.object("error", error));
    }
}
