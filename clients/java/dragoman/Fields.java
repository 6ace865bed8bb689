package dragoman;

import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The fields of a script's object that are plain data. Those that are static, final or transient are not the state. */
final class Fields {
    private Fields() {}

    static Map<String, Object> give(Object object) {
        final Map<String, Object> state = Json.object();
        for (Field field : of(object)) {
            final Object value = read(field, object);
            if (Plain.is(value, field.getGenericType())) state.put(field.getName(), value);
        }
        return state;
    }

    static List<String> unfit(Object object) {
        final List<String> names = new ArrayList<>();
        for (Field field : of(object)) {
            if (!Plain.is(read(field, object), field.getGenericType())) names.add(field.getName());
        }
        return names;
    }

    /** All, or only those that the new object has not set. What does not fit a field, whose type is another now, is left out. */
    static void take(Object object, Map<String, Object> state, boolean all) throws IllegalAccessException {
        for (Field field : of(object)) {
            if (!state.containsKey(field.getName()) || !(all || isUnset(field, object))) continue;
            try {
                field.set(object, Plain.from(state.get(field.getName()), field.getGenericType()));
            } catch (IllegalArgumentException | ArithmeticException unfit) {
                Dragoman.log("debug", field.getName() + " is not what the version before this one knew: " + unfit.getMessage());
            }
        }
    }

    /** The script's own, those of its class before those of the classes above; not the client's. */
    private static Iterable<Field> of(Object object) {
        final Map<String, Field> fields = new LinkedHashMap<>();
        for (Class<?> type = object.getClass(); type != Object.class && type != Game.class; type = type.getSuperclass()) {
            for (Field field : type.getDeclaredFields()) {
                final boolean fixed = (field.getModifiers() & (Modifier.STATIC | Modifier.FINAL | Modifier.TRANSIENT)) != 0;
                if (!fixed && !field.isSynthetic() && field.trySetAccessible()) fields.putIfAbsent(field.getName(), field);
            }
        }
        return fields.values();
    }

    private static Object read(Field field, Object object) {
        try {
            return field.get(object);
        } catch (IllegalAccessException closed) {
            throw new IllegalStateException(closed);
        }
    }

    private static boolean isUnset(Field field, Object object) {
        final Object value = read(field, object);
        return !field.getType().isPrimitive() ? value == null : value.equals(Array.get(Array.newInstance(field.getType(), 1), 0));
    }
}
