package io.larder.test;

/** The simulated loader's own failure, the only one a caller may see. */
public final class NoAnswer extends RuntimeException {
    private static final long serialVersionUID = 1;

    public NoAnswer(String message) {
        super(message, null, false, false);
    }
}
