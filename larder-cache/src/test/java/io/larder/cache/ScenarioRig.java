package io.larder.cache;

import io.larder.base.FakeTicker;
import io.larder.cache.spi.Store;
import io.larder.cache.spi.StoreContext;
import io.larder.cache.spi.StoreProvider;
import java.time.Duration;
import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;

/** One function over a store of each kind; time, chance and the background are in the hand of the test. */
abstract class ScenarioRig {
    /** Where the entries are. */
    enum Where {
        MEMORY,
        BYTES,
        TIERED
    }

    final FakeTicker ticker = new FakeTicker();
    final FakeClock clock = new FakeClock(ticker);
    final Later timer = new Later(ticker);
    final Deque<Runnable> background = new ConcurrentLinkedDeque<>();
    final FakeByteStore bytes = new FakeByteStore(ticker);
    double chance;
    int draws;
    Larder larder = Larder.open("mem:");
    int loads;
    Loader<Long, String> loader = key -> "load " + ++loads;

    /** A process of its own over that store; those of {@code BYTES} and {@code TIERED} share it. */
    Larder process(Where where) {
        LarderBuilder builder = Larder.builder()
                .ticker(ticker)
                .clock(clock)
                .timer(timer)
                .random(new Chance())
                .loadExecutor(background::add);
        return switch (where) {
            case MEMORY -> builder.open();
            case BYTES -> builder.store((Store<?>) bytes).open();
            case TIERED ->
                builder.provider(new Shared()).url("tiered:mem:,shared:").open();
        };
    }

    /** Draws what the test says, and counts. */
    private final class Chance implements RandomGenerator {
        @Override
        public long nextLong() {
            return 0;
        }

        @Override
        public double nextDouble() {
            draws++;
            return chance;
        }
    }

    private final class Shared implements StoreProvider {
        @Override
        public String scheme() {
            return "shared";
        }

        @Override
        public Store<?> open(String url, StoreContext context) {
            return bytes;
        }
    }

    CachedSpec<Long, String> spec(Larder of) {
        return of.cached("k:{key}", Long.class, String.class, key -> loader.load(key));
    }

    CachedSpec<Long, String> open(Where where) {
        larder.close();
        larder = process(where);
        return spec(larder);
    }

    @AfterEach
    void close() {
        larder.close();
    }

    void failWith(Exception failure) {
        loader = key -> {
            loads++;
            throw failure;
        };
    }

    void runBackground() {
        while (!background.isEmpty()) {
            background.remove().run();
        }
    }

    void pass(String duration) {
        ticker.advance(Duration.parse(duration));
    }
}
