package io.larder.test;

import java.time.Duration;
import java.util.SplittableRandom;

/** What one run of the simulation is like, drawn from its seed. */
record World(
        int nodes,
        Place place,
        int keys,
        boolean tagged,
        Duration ttl,
        Duration stale,
        Refresh refresh,
        boolean softTimeout,
        boolean failover,
        boolean remembersFailures,
        boolean slowAndFailing,
        Duration skewMax,
        Duration delayMax,
        int calls,
        int faults,
        Duration length) {
    /** Which store the nodes have. */
    enum Place {
        MEM("mem:"),
        FAR("virtual:"),
        TIERED("tiered:mem:,virtual:");

        final String url;

        Place(String url) {
            this.url = url;
        }
    }

    /** When values are loaded anew before their TTL ends. */
    enum Refresh {
        NEVER,
        EARLY,
        MEASURED,
        USED,
        BY_HITS
    }

    /** How long copies in the process live: the default of {@code tiered:}. */
    static final Duration COPIES = Duration.ofSeconds(5);

    static final Duration TIMEOUT = Duration.ofMillis(250);

    static World draw(SplittableRandom chance) {
        Place place = chance.nextInt(5) == 0 ? Place.MEM : chance.nextBoolean() ? Place.FAR : Place.TIERED;
        boolean failover = chance.nextInt(10) == 0;
        Duration stale = chance.nextBoolean() ? Duration.ZERO : Duration.ofMillis(chance.nextLong(500, 20_000));
        return new World(
                chance.nextInt(3, 6),
                place,
                chance.nextInt(1, 3),
                chance.nextBoolean(),
                Duration.ofMillis(chance.nextLong(300, chance.nextBoolean() ? 3_000 : 30_000)),
                stale,
                failover || chance.nextBoolean()
                        ? Refresh.NEVER
                        : Refresh.values()[chance.nextInt(Refresh.values().length)],
                !stale.isZero() && chance.nextInt(3) == 0,
                failover,
                chance.nextInt(4) == 0,
                chance.nextInt(5) == 0,
                chance.nextBoolean() ? Duration.ZERO : Duration.ofSeconds(5),
                Duration.ofMillis(chance.nextLong(1, 30)),
                chance.nextInt(8, 24),
                chance.nextInt(4),
                Duration.ofMillis(chance.nextLong(50, chance.nextBoolean() ? 2_000 : 30_000)));
    }

    boolean isShared() {
        return place != Place.MEM;
    }
}
