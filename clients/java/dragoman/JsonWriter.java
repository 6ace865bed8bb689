package dragoman;

import java.lang.reflect.Array;
import java.util.Map;

/** Value to text. */
final class JsonWriter {
    private static final int DEEPEST = 256;
    private static final String HEX = "0123456789abcdef";

    private JsonWriter() {}

    static void write(Object value, StringBuilder out, int depth) {
        if (depth > DEEPEST) throw new IllegalArgumentException("nested deeper than " + DEEPEST + ", or holds itself");
        if (value == null || value instanceof Boolean) {
            out.append(value);
        } else if (value instanceof String || value instanceof Character || value instanceof Enum) {
            text(value.toString(), out);
        } else if (value instanceof Double || value instanceof Float) {
            final double number = ((Number) value).doubleValue();
            if (Double.isNaN(number) || Double.isInfinite(number)) {
                throw new IllegalArgumentException(number + " cannot be written as JSON");
            }
            out.append(value);
        } else if (value instanceof Number) {
            out.append(value);
        } else if (value instanceof Map) {
            object((Map<?, ?>) value, out, depth);
        } else if (value instanceof Iterable) {
            list((Iterable<?>) value, out, depth);
        } else if (value.getClass().isArray()) {
            final java.util.List<Object> items = new java.util.ArrayList<>();
            for (int i = 0; i < Array.getLength(value); ++i) items.add(Array.get(value, i));
            list(items, out, depth);
        } else {
            throw new IllegalArgumentException("a " + value.getClass().getName() + " cannot be written as JSON");
        }
    }

    private static void object(Map<?, ?> object, StringBuilder out, int depth) {
        String between = "{";
        for (Map.Entry<?, ?> field : object.entrySet()) {
            out.append(between);
            text(String.valueOf(field.getKey()), out);
            out.append(": ");
            write(field.getValue(), out, depth + 1);
            between = ", ";
        }
        out.append(object.isEmpty() ? "{}" : "}");
    }

    private static void list(Iterable<?> list, StringBuilder out, int depth) {
        String between = "";
        out.append('[');
        for (Object item : list) {
            out.append(between);
            write(item, out, depth + 1);
            between = ", ";
        }
        out.append(']');
    }

    private static void text(String value, StringBuilder out) {
        out.append('"');
        for (int i = 0; i < value.length(); ++i) {
            final char c = value.charAt(i);
            final int place = "\"\\\n\r\t\b\f".indexOf(c);
            if (place >= 0) {
                out.append('\\').append("\"\\nrtbf".charAt(place));
            } else if (c >= ' ' && c < 0x7f) {
                out.append(c);
            } else {
                out.append("\\u");
                for (int shift = 12; shift >= 0; shift -= 4) out.append(HEX.charAt(c >> shift & 15));
            }
        }
        out.append('"');
    }
}
