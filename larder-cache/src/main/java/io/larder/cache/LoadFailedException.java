package io.larder.cache;

import io.larder.base.LarderException;
import io.larder.base.Printable;

/** The loader raised a checked exception; it is the cause. Nothing was stored. */
public final class LoadFailedException extends LarderException {
    LoadFailedException(String key, Exception cause) {
        super("loading %s failed: %s".formatted(Printable.of(key), cause), cause);
    }
}
