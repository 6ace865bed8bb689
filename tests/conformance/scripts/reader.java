// Reads a data file through the client: see ../README.md.
import dragoman.Dragoman;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.util.Map;

public class MLPlay {
    public Object update(Map<String, Object> scene) throws IOException {
        try (var file = new BufferedReader(new InputStreamReader(Dragoman.openData((String) scene.get("path"))))) {
            return file.readLine();
        }
    }

    public void reset() {}
}
