package io.larder.cache;

import io.larder.base.Ticker;
import io.larder.cache.spi.Waiting;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;

/** What the functions of one {@link Larder} share and a test replaces: time, chance, threads, and who waits for whom. */
final class Surroundings {
    private static final long MICROS_PER_MILLI = 1000;
    private static final long ODD = 0x9E3779B97F4A7C15L; // multiplied by an odd number, different ones stay different

    private final Ticker ticker;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final Background background;
    private final Timer timer;
    private final Events events;
    private final SlowLoads slowLoads;
    private final Control control = new Control();
    private final Waits waits = new Waits();
    private final Fences changes = new Fences();
    private Waiting waiting = Waiting.REAL; // both set before anything runs
    private boolean fencing = true;
    private final AtomicLong lastStamp = new AtomicLong();

    Surroundings(Ticker ticker, InstantSource clock, RandomGenerator random, Background background, Timer timer) {
        this(ticker, clock, random, background, timer, Events.NONE, new SlowLoads(Policy.FOREVER, ticker, timer));
    }

    Surroundings(
            Ticker ticker,
            InstantSource clock,
            RandomGenerator random,
            Background background,
            Timer timer,
            Events events,
            SlowLoads slowLoads) {
        this.ticker = ticker;
        this.clock = clock;
        this.random = random;
        this.background = background;
        this.timer = timer;
        this.events = events;
        this.slowLoads = slowLoads;
    }

    long nanos() {
        return ticker.nanos();
    }

    long nowMillis() {
        return clock.millis();
    }

    double random() {
        return random.nextDouble();
    }

    /** A number that this process has not had before, and others hardly ever. */
    long randomLong() {
        return random.nextLong() ^ (nextStamp() * ODD); // the stamp keeps them apart where a test holds chance still
    }

    Background background() {
        return background;
    }

    Timer timer() {
        return timer;
    }

    Events events() {
        return events;
    }

    SlowLoads slowLoads() {
        return slowLoads;
    }

    /** Lets callers of a key wait for each other so. */
    Surroundings waitBy(Waiting source) {
        waiting = source;
        return this;
    }

    Waiting waiting() {
        return waiting;
    }

    /** Only for tests of tests: as if nothing kept a value from being stored after it was invalidated. */
    Surroundings withoutFencing() {
        fencing = false;
        return this;
    }

    boolean isFencing() {
        return fencing;
    }

    Control control() {
        return control;
    }

    /** Moved by every invalidation and write of a key that a value made since then must not overwrite. */
    Fences changes() {
        return changes;
    }

    Waits waits() {
        return waits;
    }

    /** A number above all earlier ones of this process, and near the wall clock in microseconds, to compare with others. */
    long nextStamp() {
        long now = nowMillis() * MICROS_PER_MILLI;
        return lastStamp.updateAndGet(last -> Math.max(last + 1, now));
    }
}
