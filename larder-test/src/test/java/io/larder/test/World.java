package io.larder.test;

import java.time.Duration;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;
import java.util.SplittableRandom;

/** What one run of the simulation is like, drawn from its seed. */
record World(
        int nodes,
        Place place,
        int keys,
        Set<Feature> features,
        Duration ttl,
        Duration stale,
        Refresh refresh,
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

    /** What a world has besides; most have two or three of them. */
    enum Feature {
        /** One tag for all keys, and one for each. */
        TAGS(3),
        NAMESPACE(8),
        /** The loader names a tag before it reads the database. */
        LOADER_TAGS(6),
        /** It does so afterwards. */
        LATE_TAGS(3),
        STALE(2),
        SOFT_TIMEOUT(2),
        HARD_TIMEOUT(6),
        FAILOVER(10),
        NEGATIVE(4),
        /** Loads often fail, and often take seconds. */
        TROUBLE(5),
        /** A loader of many, and gets of many. */
        BULK(5),
        /** Gets of one are merged. */
        COALESCE(2),
        /** Gets by futures. */
        ASYNC(6),
        INTERRUPTS(6),
        KILL_SWITCH(8),
        /** Nothing is compared in the store, and processes do not wait for each other. */
        NO_LEASES(5),
        /** Callers that disable more than one operation, or invalidations. */
        SCOPES(8);

        private final int oneIn;

        Feature(int oneIn) {
            this.oneIn = oneIn;
        }
    }

    /** How long copies in the process live: the default of {@code tiered:}. */
    static final Duration COPIES = Duration.ofSeconds(5);

    static final Duration TIMEOUT = Duration.ofMillis(250);
    static final Duration HARD_TIMEOUT = Duration.ofMillis(60);
    static final Duration NEGATIVE_TTL = Duration.ofSeconds(1);
    static final Duration LEASE = Duration.ofSeconds(5); // the default
    static final Duration LEASE_ROUNDED = Duration.ofSeconds(1); // by the store, either way
    static final int CHUNK = 2;

    static World draw(SplittableRandom chance) {
        Place place = chance.nextInt(5) == 0 ? Place.MEM : chance.nextBoolean() ? Place.FAR : Place.TIERED;
        Set<Feature> features = features(chance);
        boolean refreshes = !features.contains(Feature.FAILOVER) && chance.nextBoolean();
        return new World(
                chance.nextInt(3, 6),
                place,
                features.contains(Feature.BULK) ? chance.nextInt(2, 6) : chance.nextInt(1, 3),
                features,
                Duration.ofMillis(chance.nextLong(300, chance.nextBoolean() ? 3_000 : 30_000)),
                features.contains(Feature.STALE) ? Duration.ofMillis(chance.nextLong(500, 20_000)) : Duration.ZERO,
                refreshes ? Refresh.values()[chance.nextInt(Refresh.values().length)] : Refresh.NEVER,
                chance.nextBoolean() ? Duration.ZERO : Duration.ofSeconds(5),
                Duration.ofMillis(chance.nextLong(1, 30)),
                chance.nextInt(8, 24),
                chance.nextInt(4),
                Duration.ofMillis(chance.nextLong(50, chance.nextBoolean() ? 2_000 : 30_000)));
    }

    private static Set<Feature> features(SplittableRandom chance) {
        Set<Feature> drawn = EnumSet.noneOf(Feature.class);
        for (Feature feature : Feature.values()) {
            if (chance.nextInt(feature.oneIn) == 0) {
                drawn.add(feature);
            }
        }
        if (drawn.contains(Feature.BULK)) { // has no timeouts
            drawn.removeAll(Set.of(Feature.SOFT_TIMEOUT, Feature.HARD_TIMEOUT));
        } else {
            drawn.remove(Feature.COALESCE);
        }
        if (!drawn.contains(Feature.LOADER_TAGS)) {
            drawn.remove(Feature.LATE_TAGS);
        }
        if (!drawn.contains(Feature.STALE)) {
            drawn.remove(Feature.SOFT_TIMEOUT);
        }
        return drawn;
    }

    boolean has(Feature feature) {
        return features.contains(feature);
    }

    boolean isShared() {
        return place != Place.MEM;
    }

    /** Whether processes wait for each other always: no old value at hand, no request lost, nobody interrupted. */
    boolean loadsInOneProcess() {
        return isShared()
                && faults == 0
                && refresh == Refresh.NEVER
                && Collections.disjoint(
                        features,
                        EnumSet.of(
                                Feature.NO_LEASES, Feature.BULK, Feature.STALE, Feature.FAILOVER, Feature.INTERRUPTS));
    }
}
