package dragoman;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Files that the script has opened as data, and those of them that the broker has not been told yet. */
final class Uses {
    private static final int MOST = 4096;
    private static final Set<String> known = new HashSet<>();
    private static List<Object> fresh = new ArrayList<>();

    private Uses() {}

    static InputStream open(String name) throws IOException {
        final Path file = Path.of(Main.script).toAbsolutePath().resolveSibling(name).normalize();
        final InputStream stream = Files.newInputStream(file);
        synchronized (known) {
            if (known.size() < MOST && known.add(file.toString())) fresh.add(file.toString());
        }
        return stream;
    }

    static List<Object> taken() {
        synchronized (known) {
            final List<Object> files = fresh;
            if (!files.isEmpty()) fresh = new ArrayList<>();
            return files;
        }
    }
}
