package dragoman;

/** What a call was answered with when it failed. */
public final class CallError extends RuntimeException {
    private static final long serialVersionUID = 1;
    public final String code;

    CallError(String code, String message) {
        super(code + ": " + message);
        this.code = code;
    }
}
