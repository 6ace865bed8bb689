// Does what the scene's key `do` says: see tests/conformance/README.md.
import dragoman.CallError;
import dragoman.Dragoman;
import dragoman.Json;
import java.io.PrintStream;
import java.util.Map;

public class MLPlay {
    private final Map<String, Object> initArgs;
    private String onReset = "";

    public MLPlay(Map<String, Object> initArgs) {
        this.initArgs = initArgs;
        final String vice = Json.text(initArgs, "dragoman", "params", "init");
        if ("raise".equals(vice)) throw new IllegalStateException("raised in the constructor");
        if ("hang".equals(vice)) nap(1e9);
        if ("exit".equals(vice)) System.exit(7);
        if ("print".equals(vice)) System.out.println("constructed");
    }

    public Object update(Map<String, Object> scene) throws Exception {
        final Object value = scene.get("value");
        final String text = Json.text(scene, "text");
        if (scene.containsKey("on_reset")) onReset = Json.text(scene, "on_reset");
        switch (String.valueOf(scene.get("do"))) {
            case "print":
                System.out.println(text);
                break;
            case "stderr":
                System.err.println(text);
                break;
            case "flood":
                flood("stderr".equals(scene.get("stream")) ? System.err : System.out, Json.integer(scene, "bytes"));
                break;
            case "raise":
                throw new IllegalStateException(text);
            case "exit":
                System.exit(Json.integer(scene, "code"));
                break;
            case "segfault":
                die("SEGV");
                break;
            case "abort":
                die("ABRT");
                break;
            case "hang":
                nap(1e9);
                break;
            case "busy":
                for (long i = 0; i >= 0; ++i) Thread.onSpinWait();
                break;
            case "sleep":
                nap(Json.number(scene, "seconds"));
                break;
            case "drip":
                for (;;) {
                    System.out.println("drip");
                    nap(0.02);
                }
            case "log":
                Dragoman.log(Json.text(scene, "level"), text);
                break;
            case "call":
                try {
                    return Dragoman.call(Json.text(scene, "method"), scene.get("params"));
                } catch (CallError error) {
                    return Json.object("error", error.code);
                }
            case "twice":
                Dragoman.send_command(value);
                break;
            case "init":
                return initArgs;
            case "scene":
                return scene;
            default:
                break;
        }
        return value;
    }

    public void reset() {
        if (onReset.equals("raise")) throw new IllegalStateException("raised in reset");
        if (onReset.equals("exit")) System.exit(7);
        if (onReset.equals("hang")) nap(1e9);
        onReset = "";
    }

    private static void nap(double seconds) {
        try {
            Thread.sleep((long) (seconds * 1000));
        } catch (InterruptedException woken) {
            Thread.currentThread().interrupt();
        }
    }

    /** The JVM turns SEGV into an abort of its own, with a report; Java cannot do better without native code. */
    private static void die(String signal) throws Exception {
        final String self = String.valueOf(ProcessHandle.current().pid());
        new ProcessBuilder("kill", "-" + signal, self).start().waitFor();
        nap(1e9);
    }

    private static void flood(PrintStream stream, int bytes) {
        final String line = "x".repeat(79) + "\n";
        stream.print(line.repeat(bytes / 80 + 1).substring(0, bytes));
        stream.flush();
    }

    public static double add(double a, double b) {
        return a + b;
    }

    public static Object again(String method, Object params) {
        return Dragoman.call(method, params);
    }
}
