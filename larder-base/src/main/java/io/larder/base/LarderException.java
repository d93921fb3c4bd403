package io.larder.base;

import org.jspecify.annotations.Nullable;

/**
 * Root of the failures Larder raises while it runs. The message is one line that says what happened, to which value, and
 * what to do. A subclass exists only where a caller reacts differently.
 *
 * <p>Programming mistakes are not of this kind: they raise {@link IllegalArgumentException} or
 * {@link IllegalStateException}.
 */
public class LarderException extends RuntimeException {
    public LarderException(String message) {
        super(message);
    }

    public LarderException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
