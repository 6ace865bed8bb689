package dragoman;

import java.lang.reflect.Array;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Queue;
import java.util.Set;

/** Values that JSON gives back as they were, once the type of what holds them is known. */
final class Plain {
    private static final int DEEPEST = 250;

    private Plain() {}

    static boolean is(Object value, Type type) {
        return is(value, type, 0);
    }

    private static boolean is(Object value, Type type, int depth) {
        final Class<?> raw = raw(type);
        if (depth > DEEPEST) return false;
        if (value == null || value instanceof Boolean || value instanceof String) return true;
        if (value instanceof Double || value instanceof Float) return Double.isFinite(((Number) value).doubleValue());
        if (value instanceof Long) return true;
        // As an Object, what is written comes back as JSON's own: a Long, a Double, a list, a map.
        if (raw != Object.class && (value instanceof Integer || value instanceof Short || value instanceof Byte)) return true;
        if (raw != Object.class && (value instanceof Character || value instanceof Enum)) return true;
        if (value instanceof Map && (raw == Object.class || Map.class.isAssignableFrom(raw))) {
            for (Map.Entry<?, ?> entry : ((Map<?, ?>) value).entrySet()) {
                if (!(entry.getKey() instanceof String) || !is(entry.getValue(), argument(type, 1), depth + 1)) return false;
            }
            return true;
        }
        if (value instanceof Collection && (raw == Object.class || Collection.class.isAssignableFrom(raw))) {
            for (Object item : (Collection<?>) value) {
                if (!is(item, argument(type, 0), depth + 1)) return false;
            }
            return true;
        }
        if (!raw.isArray()) return false;
        for (int i = 0; i < Array.getLength(value); ++i) {
            if (!is(Array.get(value, i), component(type), depth + 1)) return false;
        }
        return true;
    }

    /** Throws an IllegalArgumentException or an ArithmeticException where the value does not fit. */
    static Object from(Object json, Type type) {
        final Class<?> raw = raw(type);
        if (raw == Object.class || (json == null && !raw.isPrimitive())) return json;
        if (json instanceof Number) return number((Number) json, raw);
        if (json instanceof Boolean && (raw == boolean.class || raw == Boolean.class)) return json;
        if (json instanceof String) return text((String) json, raw);
        if (json instanceof Map && Map.class.isAssignableFrom(raw)) {
            @SuppressWarnings("unchecked")
            final Map<String, Object> map = (Map<String, Object>) made(raw, LinkedHashMap.class);
            for (Map.Entry<?, ?> entry : ((Map<?, ?>) json).entrySet()) {
                map.put((String) entry.getKey(), from(entry.getValue(), argument(type, 1)));
            }
            return map;
        }
        if (json instanceof Collection && Collection.class.isAssignableFrom(raw)) {
            final boolean isSet = Set.class.isAssignableFrom(raw);
            final Class<?> usual = isSet ? LinkedHashSet.class : Queue.class.isAssignableFrom(raw) ? ArrayDeque.class : ArrayList.class;
            @SuppressWarnings("unchecked")
            final Collection<Object> items = (Collection<Object>) made(raw, usual);
            for (Object item : (Collection<?>) json) items.add(from(item, argument(type, 0)));
            return items;
        }
        if (json instanceof Collection && raw.isArray()) {
            final Object array = Array.newInstance(raw.getComponentType(), ((Collection<?>) json).size());
            int place = 0;
            for (Object item : (Collection<?>) json) Array.set(array, place++, from(item, component(type)));
            return array;
        }
        throw new IllegalArgumentException("no " + raw.getSimpleName());
    }

    private static Object number(Number json, Class<?> raw) {
        if (raw == double.class || raw == Double.class) return json.doubleValue();
        if (raw == float.class || raw == Float.class) return json.floatValue();
        if (json.doubleValue() != Math.rint(json.doubleValue())) throw new IllegalArgumentException("no whole number");
        if (raw == long.class || raw == Long.class) return json.longValue();
        final int whole = Math.toIntExact(json.longValue());
        if (raw == int.class || raw == Integer.class) return whole;
        if ((raw == short.class || raw == Short.class) && whole == (short) whole) return (short) whole;
        if ((raw == byte.class || raw == Byte.class) && whole == (byte) whole) return (byte) whole;
        throw new IllegalArgumentException("no " + raw.getSimpleName());
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static Object text(String json, Class<?> raw) {
        if (raw.isAssignableFrom(String.class)) return json;
        if ((raw == char.class || raw == Character.class) && json.length() == 1) return json.charAt(0);
        if (raw.isEnum()) return Enum.valueOf((Class<? extends Enum>) raw, json);
        throw new IllegalArgumentException("no " + raw.getSimpleName());
    }

    private static Object made(Class<?> raw, Class<?> usual) {
        final Class<?> type = raw.isAssignableFrom(usual) ? usual : raw;
        try {
            return type.getConstructor().newInstance();
        } catch (ReflectiveOperationException problem) {
            throw new IllegalArgumentException("a " + type.getSimpleName() + " cannot be made", problem);
        }
    }

    private static Class<?> raw(Type type) {
        if (type instanceof Class) return (Class<?>) type;
        if (type instanceof ParameterizedType) return raw(((ParameterizedType) type).getRawType());
        if (type instanceof GenericArrayType) return Array.newInstance(raw(component(type)), 0).getClass();
        return Object.class;
    }

    private static Type component(Type type) {
        return type instanceof GenericArrayType ? ((GenericArrayType) type).getGenericComponentType() : raw(type).getComponentType();
    }

    private static Type argument(Type type, int place) {
        if (!(type instanceof ParameterizedType)) return Object.class;
        final Type[] arguments = ((ParameterizedType) type).getActualTypeArguments();
        return place < arguments.length ? arguments[place] : Object.class;
    }
}
