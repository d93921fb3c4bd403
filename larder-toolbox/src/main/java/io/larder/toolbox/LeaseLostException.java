package io.larder.toolbox;

import io.larder.base.LarderException;
import org.jspecify.annotations.Nullable;

/**
 * The lock was lost before the holder gave it up: its lease had ended, or the store has forgotten it. Another may have worked
 * at the same time; what was written without its fencing number has to be checked.
 */
public final class LeaseLostException extends LarderException {
    LeaseLostException(String key, @Nullable Throwable cause) {
        super(
                "the lease of %s ended before it was given up; renew() in time, or take a longer lease".formatted(key),
                cause);
    }
}
