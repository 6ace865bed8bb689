package dragoman;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Main SCRIPT CLASS...: what the broker starts; the classes are all that the script's file defines. */
public final class Main {
    static String script = "";
    private static String[] names = {};
    private static List<Class<?>> classes;

    private Main() {}

    public static void main(String[] arguments) {
        script = arguments[0];
        names = java.util.Arrays.copyOfRange(arguments, 1, arguments.length);
        try {
            Session.the.init();
            play();
        } catch (Throwable problem) {
            Failure.end(Failure.describe(problem));
        }
    }

    private static void play() throws Throwable {
        final String role = Session.the.role();
        if (role.equals("verb")) {
            Dragoman.client_ready();
            Session.the.receive("");
            return;
        }
        final Class<?> type = named(role.equals("game") ? "Game" : "MLPlay");
        final Class<?> own = type == null ? withMain() : null;
        if (own != null) {
            invoke(own.getMethod("main", String[].class), null, (Object) new String[] {});
            return;
        }
        if (type == null || (role.equals("game") && !Game.class.isAssignableFrom(type))) {
            final String expected = role.equals("game") ? "class Game extends dragoman.Game" : "class MLPlay";
            final String there = names.length > 0 ? String.join(", ", names) : "nothing";
            final String message = "a " + role + "'s script defines " + expected + "; " + script + " defines: " + there;
            Failure.end(Json.object("code", "compile_error", "message", message, "trace", ""));
        }
        Session.the.memory = new Memory(type);
        Session.the.hello();
        final Object made = construct(type);
        Session.the.memory.takeOver(made);
        if (role.equals("game")) ((Game) made).play();
        else playPlayer(made);
    }

    private static void playPlayer(Object ml) throws Throwable {
        final Method update = method(ml, "update", 1);
        final Method reset = method(ml, "reset", 0);
        Dragoman.client_ready();
        for (;;) {
            final Map<String, Object> scene = Dragoman.get_scene_info();
            final Object command = invoke(update, ml, scene);
            final boolean over = scene.containsKey("status") && !"GAME_ALIVE".equals(scene.get("status"));
            if (over || "RESET".equals(command)) {
                Dragoman.client_reset();
                invoke(reset, ml);
                Dragoman.client_ready();
            } else {
                Dragoman.send_command(command);
            }
        }
    }

    /** With the init args where the constructor takes something. */
    private static Object construct(Class<?> type) throws Throwable {
        for (Constructor<?> constructor : type.getDeclaredConstructors()) {
            constructor.setAccessible(true);
            try {
                if (constructor.getParameterCount() == 1) return constructor.newInstance(Dragoman.get_init_args());
                if (constructor.getParameterCount() == 0) return constructor.newInstance();
            } catch (InvocationTargetException wrapped) {
                throw wrapped.getCause();
            }
        }
        throw new NoSuchMethodException(type.getName() + " has no constructor that takes nothing or a Map");
    }

    private static Method method(Object ml, String name, int count) throws NoSuchMethodException {
        final Method found = find(ml.getClass(), name, count);
        if (found != null) return found;
        throw new NoSuchMethodException("class MLPlay has no method " + name + (count == 1 ? "(Map scene)" : "()"));
    }

    /** The class's own or an inherited one, public or not; null where there is none. */
    static Method find(Class<?> own, String name, int count) {
        for (Class<?> type = own; type != null && type != Object.class; type = type.getSuperclass()) {
            for (Method method : type.getDeclaredMethods()) {
                if (method.getName().equals(name) && method.getParameterCount() == count && !method.isBridge()) {
                    method.setAccessible(true);
                    return method;
                }
            }
        }
        return null;
    }

    static Object invoke(Method method, Object self, Object... arguments) throws Throwable {
        try {
            return method.invoke(self, arguments);
        } catch (InvocationTargetException wrapped) {
            throw wrapped.getCause();
        }
    }

    static List<Class<?>> scriptClasses() {
        if (classes == null) {
            classes = new ArrayList<>();
            for (String name : names) classes.add(load(name));
        }
        return classes;
    }

    /** Top-level or nested, in whatever package. */
    private static Class<?> named(String simple) {
        for (String name : names) {
            if (name.equals(simple) || name.endsWith("." + simple) || name.endsWith("$" + simple)) return load(name);
        }
        return null;
    }

    private static Class<?> withMain() {
        for (Class<?> type : scriptClasses()) {
            try {
                type.getMethod("main", String[].class).setAccessible(true);
                return type;
            } catch (NoSuchMethodException next) {
                continue;
            }
        }
        return null;
    }

    private static Class<?> load(String name) {
        try {
            return Class.forName(name, false, Main.class.getClassLoader());
        } catch (ClassNotFoundException lost) {
            throw new IllegalStateException(name + " was compiled and is gone", lost);
        }
    }

    static boolean isScripts(StackTraceElement frame) {
        for (String name : names) {
            if (name.equals(frame.getClassName())) return frame.getLineNumber() > 0;
        }
        return false;
    }
}
