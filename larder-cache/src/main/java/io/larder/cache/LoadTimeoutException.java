package io.larder.cache;

import io.larder.base.DurationText;
import io.larder.base.LarderException;
import io.larder.base.Printable;
import java.time.Duration;

/** A load took longer than the policy's {@code hardTimeout}. It goes on; its value is stored when it comes. */
public final class LoadTimeoutException extends LarderException {
    LoadTimeoutException(String key, Duration waited) {
        super("loading %s took longer than %s and goes on in the background; ask again later, or raise hardTimeout"
                .formatted(Printable.of(key), DurationText.format(waited)));
    }
}
