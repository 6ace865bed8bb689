package dragoman;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A public static method of the script, which can be called by name. */
final class Verb {
    private final Method method;

    private Verb(Method method) {
        this.method = method;
    }

    static Verb find(String name) {
        for (Class<?> type : Main.scriptClasses()) {
            for (Method method : type.getDeclaredMethods()) {
                final int wanted = Modifier.PUBLIC | Modifier.STATIC;
                final boolean open = (method.getModifiers() & wanted) == wanted;
                if (open && method.getName().equals(name) && !name.equals("main")) {
                    method.setAccessible(true);
                    return new Verb(method);
                }
            }
        }
        return null;
    }

    Object call(Object params) throws Throwable {
        final Parameter[] wanted = method.getParameters();
        final List<Object> given = params instanceof Map ? byName(wanted, (Map<?, ?>) params) : Json.asList(params);
        if (given.size() != wanted.length) {
            throw new IllegalArgumentException(
                    method.getName() + " takes " + wanted.length + " parameters, not " + given.size());
        }
        final Object[] arguments = new Object[wanted.length];
        for (int i = 0; i < wanted.length; ++i) arguments[i] = converted(given.get(i), wanted[i].getType());
        return Main.invoke(method, null, arguments);
    }

    private static List<Object> byName(Parameter[] wanted, Map<?, ?> params) {
        final List<Object> given = new ArrayList<>();
        final boolean takesWhole = wanted.length == 1 && Map.class.isAssignableFrom(wanted[0].getType());
        if (takesWhole && !params.containsKey(wanted[0].getName())) {
            given.add(params);
            return given;
        }
        for (Parameter parameter : wanted) given.add(params.get(parameter.getName()));
        return given;
    }

    private static Object converted(Object value, Class<?> type) {
        if (!(value instanceof Number)) return value;
        final Number number = (Number) value;
        if (type == double.class || type == Double.class) return number.doubleValue();
        if (type == float.class || type == Float.class) return number.floatValue();
        if (number instanceof Double && number.doubleValue() != Math.rint(number.doubleValue())) return number;
        if (type == int.class || type == Integer.class) return number.intValue();
        if (type == long.class || type == Long.class) return number.longValue();
        return value;
    }
}
