package dragoman;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * JSON values are plain Java: Map&lt;String, Object&gt;, List&lt;Object&gt;, String, Long, Double, Boolean, null.
 * A small module of our own: it starts sooner than a library, and start-up is what a Java script waits for.
 */
public final class Json {
    private Json() {}

    /** Looks into a value: {@code at(scene, "ball", 0)}. Null where there is no such thing. */
    public static Object at(Object value, Object... path) {
        for (Object step : path) {
            if (step instanceof String && value instanceof Map) {
                value = ((Map<?, ?>) value).get(step);
            } else if (step instanceof Integer && value instanceof List) {
                final List<?> list = (List<?>) value;
                final int place = (Integer) step;
                value = place >= 0 && place < list.size() ? list.get(place) : null;
            } else {
                return null;
            }
        }
        return value;
    }

    /** The number at the path, or 0. */
    public static double number(Object value, Object... path) {
        final Object found = at(value, path);
        return found instanceof Number ? ((Number) found).doubleValue() : 0;
    }

    /** The whole number at the path, or 0. */
    public static int integer(Object value, Object... path) {
        final Object found = at(value, path);
        return found instanceof Number ? ((Number) found).intValue() : 0;
    }

    /** The text at the path, or null. */
    public static String text(Object value, Object... path) {
        final Object found = at(value, path);
        return found instanceof String ? (String) found : null;
    }

    /** {@code object("x", 1, "y", 2)}: keeps this order, and may hold null. */
    public static Map<String, Object> object(Object... keysAndValues) {
        final Map<String, Object> object = new LinkedHashMap<>();
        for (int i = 0; i + 1 < keysAndValues.length; i += 2) {
            object.put((String) keysAndValues[i], keysAndValues[i + 1]);
        }
        return object;
    }

    /** {@code list(1, "two", null)} */
    public static List<Object> list(Object... items) {
        final List<Object> list = new ArrayList<>();
        for (Object item : items) list.add(item);
        return list;
    }

    public static Object parse(String text) {
        return new JsonReader(text).whole();
    }

    /** In the form of Python's json.dumps, which is the form on the wire. */
    public static String write(Object value) {
        final StringBuilder out = new StringBuilder();
        JsonWriter.write(value, out, 0);
        return out.toString();
    }

    @SuppressWarnings("unchecked")
    static Map<String, Object> asObject(Object value) {
        return value instanceof Map ? (Map<String, Object>) value : new LinkedHashMap<>();
    }

    @SuppressWarnings("unchecked")
    static List<Object> asList(Object value) {
        return value instanceof List ? (List<Object>) value : new ArrayList<>();
    }
}
