package io.larder.cache;

import io.larder.base.LarderException;
import io.larder.base.Printable;

/**
 * A loader asked, itself or through other loaders, for the value it is loading; waiting would never end. A defect of the
 * loaders: retrying does not help.
 */
public final class RecursiveLoadException extends LarderException {
    RecursiveLoadException(String key) {
        super(
                "the loader of %s asks for %s itself and would wait for ever; load the parts from their source or use bypass"
                        .formatted(Printable.of(key), Printable.of(key)));
    }
}
