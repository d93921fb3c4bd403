package io.larder.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.larder.base.Await;
import io.larder.base.FakeTicker;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Errors, which are no exceptions, wherever they may be raised: every flight lands, and the next caller loads. */
@Timeout(120)
class ErrorsTest {
    private final FakeTicker ticker = new FakeTicker();
    private final FakeByteStore store = new FakeByteStore(ticker);
    private final Deque<Runnable> background = new ArrayDeque<>();
    private Executor executor = background::add;
    private final Larder larder = Larder.builder()
            .store(store)
            .ticker(ticker)
            .clock(new FakeClock(ticker))
            .random(() -> 0)
            .loadExecutor(task -> executor.execute(task))
            .backgroundLoadsMax(1)
            .open();
    private int loads;
    private Loader<Long, String> loader = key -> "load " + ++loads;

    private CachedSpec<Long, String> spec() {
        return larder.cached("k:{key}", Long.class, String.class, key -> loader.load(key))
                .ttl("10s");
    }

    @AfterEach
    void close() {
        larder.close();
    }

    private static Loader<Long, String> failing() {
        return key -> {
            throw new StackOverflowError("deep");
        };
    }

    private void failFinds() {
        store.beforeFind(() -> {
            throw new StackOverflowError("deep");
        });
    }

    private void mend(Loader<Long, String> good) {
        loader = good;
        store.beforeFind(() -> {});
    }

    private void runBackground() {
        while (!background.isEmpty()) {
            background.remove().run();
        }
    }

    @Test
    void get_loaderOverflows_raisesItAndTheNextLoads() {
        Cached<Long, String> cached = spec().build();
        Loader<Long, String> good = loader;
        loader = failing();

        assertThatThrownBy(() -> cached.get(1L)).isInstanceOf(StackOverflowError.class);

        mend(good);
        assertThat(cached.get(1L)).isEqualTo("load 1");
    }

    @Test
    void refresh_storeOverflowsBeforeTheLoad_raisesItAndTheNextLoads() {
        Cached<Long, String> cached = spec().build();
        failFinds();

        assertThatThrownBy(() -> cached.refresh(1L)).isInstanceOf(StackOverflowError.class);

        mend(loader);
        assertThat(cached.get(1L)).isEqualTo("load 1");
    }

    @Test
    void getAll_storeOverflows_raisesItAndTheNextLoads() {
        Cached<Long, String> cached = larder.cachedAll(
                        "all:{key}", Long.class, String.class, keys -> Map.of(1L, "load " + ++loads))
                .ttl("10s")
                .build();
        failFinds();

        assertThatThrownBy(() -> cached.getAll(List.of(1L))).isInstanceOf(StackOverflowError.class);

        mend(loader);
        assertThat(cached.get(1L)).isEqualTo("load 1");
    }

    @Test
    void early_loaderOverflows_pausesAndTheOldValueStaysToItsEnd() {
        Cached<Long, String> cached = spec().early("5s").build();
        cached.get(1L);
        ticker.advance(Duration.ofSeconds(6));
        Loader<Long, String> good = loader;
        loader = failing();

        assertThat(cached.get(1L)).isEqualTo("load 1");
        runBackground();
        assertThat(cached.get(1L)).isEqualTo("load 1");
        assertThat(background).as("loads pause").isEmpty();

        assertThat(cached.stats().refreshFailures()).isEqualTo(1);
        mend(good);
        ticker.advance(Duration.ofSeconds(2));
        assertThat(cached.get(1L)).isEqualTo("load 1");
        runBackground();
        assertThat(cached.get(1L)).isEqualTo("load 2");
    }

    @Test
    void early_storeOverflowsInTheBackground_theNextLoads() {
        Cached<Long, String> cached = spec().early("5s").build();
        cached.get(1L);
        ticker.advance(Duration.ofSeconds(6));
        cached.get(1L);
        failFinds();

        runBackground();

        mend(loader);
        ticker.advance(Duration.ofSeconds(5));
        assertThat(cached.get(1L)).isEqualTo("load 2");
    }

    @Test
    void early_noThreadCanBeStarted_theNextGetsTryAgain() {
        Cached<Long, String> cached = spec().early("5s").build();
        cached.get(1L);
        ticker.advance(Duration.ofSeconds(6));
        executor = task -> {
            throw new OutOfMemoryError("unable to create native thread");
        };
        for (int i = 0; i < 3; i++) { // the one place in the background is given back each time
            assertThatThrownBy(() -> cached.get(1L)).isInstanceOf(OutOfMemoryError.class);
        }

        executor = Runnable::run;

        assertThat(cached.get(1L)).isEqualTo("load 1");
        assertThat(cached.get(1L)).isEqualTo("load 2");
    }

    @Test
    void hardTimeout_loaderOverflowsInTheBackground_itsCallerGetsIt() {
        Cached<Long, String> cached = spec().hardTimeout("1h").build();
        executor = Runnable::run;
        Loader<Long, String> good = loader;
        loader = failing();

        assertThatThrownBy(() -> cached.get(1L)).isInstanceOf(StackOverflowError.class);

        mend(good);
        assertThat(cached.get(1L)).isEqualTo("load 1");
    }

    @Test
    void hardTimeout_noThreadCanBeStarted_theNextLoads() {
        Cached<Long, String> cached = spec().hardTimeout("1h").build();
        executor = task -> {
            throw new OutOfMemoryError("unable to create native thread");
        };
        assertThatThrownBy(() -> cached.get(1L)).isInstanceOf(OutOfMemoryError.class);

        executor = Runnable::run;

        assertThat(cached.get(1L)).isEqualTo("load 1");
    }

    /** A failure that can be raised anew only while the test lets it. */
    public static final class Fragile extends Exception {
        private static final long serialVersionUID = 1;
        static volatile boolean broken;

        public Fragile(String message) {
            super(message);
            if (broken) {
                throw new IllegalStateException("no constructor today");
            }
        }
    }

    @Test
    void negative_constructorFails_whoWaitsGetsThatFailure() throws Exception {
        Cached<Long, String> cached = larder.cachedAll("n:{key}", Long.class, String.class, keys -> {
                    throw new Fragile("gone");
                })
                .ttl("10s")
                .negative(Fragile.class, "5s")
                .build();
        assertThatThrownBy(() -> cached.get(1L)).hasCauseInstanceOf(Fragile.class);
        FutureTask<@Nullable Throwable> waiter = new FutureTask<>(() -> catchThrowable(() -> cached.get(1L)));
        store.beforeFind(() -> {
            if (cached.stats().joined() == 0) {
                Thread thread = new Thread(waiter);
                thread.setDaemon(true);
                thread.start();
                Await.until("the other caller waits", () -> cached.stats().joined() == 1);
            }
        });
        Fragile.broken = true;
        try {
            assertThatThrownBy(() -> cached.getAll(List.of(1L))).isInstanceOf(IllegalStateException.class);
            assertThat(waiter.get(60, TimeUnit.SECONDS)).isInstanceOf(IllegalStateException.class);
        } finally {
            Fragile.broken = false;
        }
    }
}
