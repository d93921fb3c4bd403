package io.larder.bench;

import io.larder.client.Codecs;
import io.larder.client.Memcached;
import io.larder.client.View;
import java.time.Duration;

/**
 * One of several processes that count up the same key by {@link View#update}, which must lose nothing. {@code
 * bench/client-updates} starts them and looks at the sum.
 *
 * <p>Arguments: URL, key, increments; 0 increments prints the number and ends.
 */
public final class UpdateRace {
    private static final Duration TTL = Duration.ofHours(1);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private UpdateRace() {}

    /** Counts, or prints. */
    public static void main(String[] arguments) {
        int increments = Integer.parseInt(arguments[2]);
        try (Memcached memcached = Memcached.open(arguments[0])) {
            View<Long> numbers = memcached.view(Codecs.numbers()).within(PATIENCE);
            for (int i = 0; i < increments; i++) {
                numbers.update(arguments[1], TTL, old -> old == null ? 1 : old + 1);
            }
            if (increments == 0) {
                System.out.println(numbers.get(arguments[1]));
            }
        }
    }
}
