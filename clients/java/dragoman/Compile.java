package dragoman;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/**
 * Compile SCRIPT CLASSES_DIR CLIENT: javac, for a public class in a file of any name, and with that name in its
 * messages. Prints a JSON list of the classes that it made.
 */
public final class Compile {
    private Compile() {}

    public static void main(String[] arguments) throws IOException {
        final Path script = Path.of(arguments[0]);
        final Path classes = Path.of(arguments[1]);
        final JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        if (compiler == null) {
            System.err.println("this Java has no compiler: apt install default-jdk-headless");
            System.exit(1);
        }
        final List<String> options = List.of("-d", classes.toString(), "-cp", arguments[2], "-proc:none", "-g",
                "-parameters", "-XDstringConcat=inline", "-Xlint:deprecation");
        final PrintWriter messages = new PrintWriter(System.err, true);
        final boolean good = compiler.getTask(messages, null, null, options, null, List.of(new Source(script))).call();
        messages.flush();
        if (!good) System.exit(1);
        System.out.println(Json.write(made(classes)));
    }

    private static List<Object> made(Path classes) throws IOException {
        final List<Object> names = new ArrayList<>();
        try (Stream<Path> files = Files.walk(classes)) {
            files.map(file -> classes.relativize(file).toString()).filter(file -> file.endsWith(".class")).sorted()
                    .forEach(file -> names.add(file.substring(0, file.length() - 6).replace('/', '.')));
        }
        return names;
    }

    private static final class Source extends SimpleJavaFileObject {
        private final Path script;

        Source(Path script) {
            super(script.toUri(), Kind.SOURCE);
            this.script = script;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) throws IOException {
            final String text = new String(Files.readAllBytes(script), StandardCharsets.UTF_8);
            return text.startsWith("\ufeff") ? text.substring(1) : text;
        }

        @Override
        public boolean isNameCompatible(String simpleName, Kind kind) {
            return kind == Kind.SOURCE;
        }
    }
}
