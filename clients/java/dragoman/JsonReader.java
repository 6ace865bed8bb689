package dragoman;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Text to value. */
final class JsonReader {
    private static final int DEEPEST = 512;
    private final String text;
    private int at = 0;
    private int depth = 0;

    JsonReader(String text) {
        this.text = text;
    }

    Object whole() {
        final Object value = value();
        if (peek() != 0) throw complaint("the end");
        return value;
    }

    private IllegalArgumentException complaint(String expected) {
        return new IllegalArgumentException(expected + " expected at character " + at);
    }

    /** The next character that is not blank; 0 at the end. */
    private char peek() {
        while (at < text.length() && text.charAt(at) <= ' ') ++at;
        return at < text.length() ? text.charAt(at) : 0;
    }

    private boolean takes(char wanted) {
        final boolean found = peek() == wanted;
        if (found) ++at;
        return found;
    }

    private Object value() {
        switch (peek()) {
            case '{': return object();
            case '[': return list();
            case '"': return string();
            case 'n': return word("null", null);
            case 't': return word("true", Boolean.TRUE);
            case 'f': return word("false", Boolean.FALSE);
            default: return number();
        }
    }

    private Object word(String word, Object value) {
        if (!text.startsWith(word, at)) throw complaint("a value");
        at += word.length();
        return value;
    }

    private void enter() {
        ++at;
        if (++depth > DEEPEST) throw new IllegalArgumentException("nested deeper than " + DEEPEST);
    }

    private List<Object> list() {
        final List<Object> list = new ArrayList<>();
        enter();
        if (!takes(']')) {
            do {
                list.add(value());
            } while (takes(','));
            if (!takes(']')) throw complaint("\",\" or \"]\"");
        }
        --depth;
        return list;
    }

    private Map<String, Object> object() {
        final Map<String, Object> object = new LinkedHashMap<>();
        enter();
        if (!takes('}')) {
            do {
                if (peek() != '"') throw complaint("a key");
                final String key = string();
                if (!takes(':')) throw complaint("\":\"");
                object.put(key, value());
            } while (takes(','));
            if (!takes('}')) throw complaint("\",\" or \"}\"");
        }
        --depth;
        return object;
    }

    private Object number() {
        final int begin = at;
        boolean whole = true;
        for (; at < text.length(); ++at) {
            final char c = text.charAt(at);
            if (c == '.' || c == 'e' || c == 'E') whole = false;
            else if (c != '-' && c != '+' && (c < '0' || c > '9')) break;
        }
        final String digits = text.substring(begin, at);
        try {
            if (whole && digits.length() < 19) return Long.parseLong(digits);
            if (whole) {
                final java.math.BigInteger big = new java.math.BigInteger(digits);
                return big.bitLength() < 64 ? (Object) big.longValue() : (Object) big;
            }
            return Double.parseDouble(digits);
        } catch (NumberFormatException problem) {
            at = begin;
            throw complaint("a value");
        }
    }

    private String string() {
        final int begin = ++at;
        while (at < text.length() && text.charAt(at) != '"' && text.charAt(at) != '\\') ++at;
        if (at < text.length() && text.charAt(at) == '"') return text.substring(begin, at++);
        final StringBuilder value = new StringBuilder(text.substring(begin, at));
        for (;;) {
            if (at >= text.length()) throw complaint("the end of a text");
            final char c = text.charAt(at++);
            if (c == '"') return value.toString();
            value.append(c == '\\' ? escaped() : c);
        }
    }

    private char escaped() {
        if (at >= text.length()) throw complaint("the end of a text");
        final char c = text.charAt(at++);
        switch (c) {
            case 'n': return '\n';
            case 't': return '\t';
            case 'r': return '\r';
            case 'b': return '\b';
            case 'f': return '\f';
            case 'u':
                if (at + 4 > text.length()) throw complaint("four hexadecimal digits");
                at += 4;
                return (char) Integer.parseInt(text.substring(at - 4, at), 16);
            default: return c;
        }
    }
}
