package dragoman;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** What the broker is told when a script fails. */
final class Failure {
    private Failure() {}

    /** The body of __error__. */
    static Map<String, Object> describe(Throwable problem) {
        final StringBuilder trace = new StringBuilder(problem.toString());
        final StackTraceElement[] frames = problem.getStackTrace();
        int shown = 0;
        for (StackTraceElement frame : frames) {
            if (frame.getClassName().startsWith("dragoman.Main") || ++shown > 50) break;
            if (frame.getClassName().contains(".reflect.")) continue; // how we call the script is of no interest
            trace.append("\n\tat ").append(frame);
        }
        for (Throwable cause = problem.getCause(); cause != null; cause = cause.getCause()) {
            trace.append("\nCaused by: ").append(cause);
        }
        final Map<String, Object> body =
                Json.object("code", "raised", "message", problem.toString(), "trace", trace.toString());
        for (StackTraceElement frame : frames) {
            if (!Main.isScripts(frame)) continue;
            body.put("file", Main.script);
            body.put("line", frame.getLineNumber());
            final String source = sourceLine(frame.getLineNumber());
            if (source != null) body.put("source", source);
            break;
        }
        return body;
    }

    static void end(Map<String, Object> body) {
        System.out.flush();
        System.err.println(body.get("trace").equals("") ? body.get("message") : body.get("trace"));
        Session.the.hello();
        if (Session.the.extended()) Session.the.send("__error__", body);
        System.exit(1);
    }

    private static String sourceLine(int line) {
        try {
            final List<String> lines = Files.readAllLines(Path.of(Main.script));
            return line >= 1 && line <= lines.size() ? lines.get(line - 1).strip() : null;
        } catch (IOException unreadable) {
            return null;
        }
    }
}
