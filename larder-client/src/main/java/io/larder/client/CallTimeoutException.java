package io.larder.client;

import org.jspecify.annotations.Nullable;

/** The deadline of the call passed before the reply was whole. A write may or may not have happened. */
public final class CallTimeoutException extends MemcachedException {
    CallTimeoutException(String node, String message, @Nullable Throwable cause) {
        super(node, message, cause);
    }
}
