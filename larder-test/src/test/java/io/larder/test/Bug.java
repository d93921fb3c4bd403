package io.larder.test;

import io.larder.cache.Inside;
import io.larder.cache.LarderBuilder;
import java.time.Clock;
import java.time.ZoneOffset;

/** What a simulation has to find, planted one at a time: proof that each invariant can fail. */
enum Bug {
    NONE(""),
    /** Nothing keeps a value from being stored after it was invalidated. */
    NO_FENCES("I1"),
    /** Loaders name other tags than those that are invalidated. */
    OTHER_TAGS("I1"),
    /** What is written is not compared with what was seen. */
    NO_TOKENS("I1"),
    /** Processes do not wait for each other. */
    NO_LEASES("I2"),
    /** Gets call the loader, whoever else does. */
    NO_FLIGHTS("I2"),
    /** Time of day and ticker stand still, so nothing expires. */
    NO_TIME("I3"),
    /** What comes later never comes, so that removals are not made up for. */
    NO_TIMER("I4"),
    /** Failures that are no answer are remembered. */
    WRONG_MEMORY("I5"),
    /** The kill switch does nothing. */
    NO_SWITCH("OFF");

    /** The invariant that finds it. */
    final String invariant;

    Bug(String invariant) {
        this.invariant = invariant;
    }

    LarderBuilder plant(LarderBuilder builder) {
        return switch (this) {
            case NO_FENCES -> Inside.withoutFencing(builder);
            case NO_TIME ->
                builder.clock(Clock.fixed(FakeClock.START, ZoneOffset.UTC)).ticker(() -> 0);
            case NO_TIMER -> builder.timer((delay, task) -> {});
            default -> builder;
        };
    }
}
