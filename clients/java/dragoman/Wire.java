package dragoman;

import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Lines over the conversation's descriptors. */
final class Wire {
    private final InputStream input;
    private final OutputStream output;
    private byte[] bytes = new byte[1 << 16];
    private int begin = 0;
    private int end = 0;

    Wire() {
        final String channel = System.getenv("DRAGOMAN_CHANNEL");
        try {
            if (channel == null) {
                input = new FileInputStream(java.io.FileDescriptor.in);
                output = new FileOutputStream(java.io.FileDescriptor.out);
            } else {
                final int comma = channel.indexOf(',');
                input = new FileInputStream(inherited(channel.substring(0, comma)));
                output = new FileOutputStream(inherited(channel.substring(comma + 1)));
            }
        } catch (ReflectiveOperationException problem) {
            throw new IllegalStateException("the conversation's descriptors cannot be opened: " + problem.getMessage());
        }
    }

    /** Java names inherited descriptors only inside java.io, which the run command opens: a sandbox has no /proc/self/fd. */
    private static java.io.FileDescriptor inherited(String number) throws ReflectiveOperationException {
        final var made = java.io.FileDescriptor.class.getDeclaredConstructor(int.class);
        made.setAccessible(true);
        return made.newInstance(Integer.parseInt(number));
    }

    /** The next line without its end. When the broker has closed its side, the script ends. */
    String read() {
        int searched = begin;
        for (;;) {
            for (; searched < end; ++searched) {
                if (bytes[searched] == '\n') {
                    final String line = new String(bytes, begin, searched - begin, StandardCharsets.UTF_8);
                    begin = searched + 1;
                    return line;
                }
            }
            if (begin > 0) {
                System.arraycopy(bytes, begin, bytes, 0, end - begin);
                searched -= begin;
                end -= begin;
                begin = 0;
            }
            if (end == bytes.length) bytes = Arrays.copyOf(bytes, 2 * end);
            int count = -1;
            try {
                count = input.read(bytes, end, bytes.length - end);
            } catch (IOException closed) {
                // the same as its end
            }
            if (count < 0) System.exit(0);
            end += count;
        }
    }

    synchronized void write(String header, String body) {
        System.out.flush();
        try {
            output.write((header + " " + body + "\n").getBytes(StandardCharsets.UTF_8));
        } catch (IOException gone) {
            Runtime.getRuntime().halt(0); // the broker is gone
        }
    }
}
