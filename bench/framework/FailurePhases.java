package io.larder.bench.framework;

import io.larder.cache.CacheStats;
import io.larder.cache.Cached;
import io.larder.cache.Larder;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.zip.GZIPInputStream;
import org.springframework.cache.CacheManager;
import org.springframework.cache.annotation.CachingConfigurer;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.cache.interceptor.CacheErrorHandler;
import org.springframework.cache.interceptor.LoggingCacheErrorHandler;
import org.springframework.cache.interceptor.SimpleCacheErrorHandler;
import org.springframework.cache.support.SimpleCacheManager;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Replays the gets of a trace by 8 threads while the store behind the cache is well, slow, down, flapping, full, and well again;
 * with Larder, Spring's cache and JetCache by turns. Prints for each phase how many calls came through, who saw an error
 * that its loader did not raise, how many loads there were, and how long calls took.
 */
public final class FailurePhases {
    private static final int THREADS = 8;
    private static final long TTL_NANOS = 2_000_000_000L;
    private static final long LOAD_NANOS = 2_000_000;
    private static final int FAILS_EACH = 997; // of the ids, one in so many has no account

    /** The loader's own failure, which a caller may see. */
    static final class NoSuchAccount extends Exception {
        NoSuchAccount(long id) {
            super("no account " + id);
        }
    }

    /** One that is compared. */
    private record Contestant(String name, FaultyStore store, AccountService.Reader reader, AtomicLong loads) {}

    private FailurePhases() {}

    /** Arguments: trace file, seconds of a phase. */
    public static void main(String[] args) throws Exception {
        long[] ids = ids(Path.of(args[0]));
        int seconds = Integer.parseInt(args[1]);
        System.out.printf(
                "%d keys asked for in %d gets, %d threads, phases of %d s, TTL 2 s, a load takes 2 ms, a call of the store 0.2 ms%n",
                Arrays.stream(ids).distinct().count(), ids.length, THREADS, seconds);
        Larder larder = Larder.open("faulty:");
        List<Contestant> all = new ArrayList<>();
        Cached<?, ?> watched = addLarder(all, larder);
        addSpring(all, "Spring", SimpleErrors.class);
        addSpring(all, "Spring, errors logged", LoggedErrors.class);
        addJetCache(all);
        for (FaultyStore.Phase phase : FaultyStore.Phase.values()) {
            System.out.printf("%n%-24s%12s%14s%12s%12s%10s%10s%10s%n", phase, "calls", "errors shown", "loads", "loads/call", "p50 ms", "p99 ms", "max ms");
            for (Contestant one : all) {
                run(one, phase, ids, seconds, watched);
            }
        }
        larder.close();
        System.exit(0);
    }

    private static Cached<?, ?> addLarder(List<Contestant> all, Larder larder) {
        AtomicLong loads = new AtomicLong();
        Cached<Long, AccountService.Account> function = larder.cached(
                        "account:{key}", Long.class, AccountService.Account.class, source(loads)::load)
                .ttl("2s")
                .build();
        all.add(new Contestant("Larder", FaultyStoreProvider.STORE, id -> {
            try {
                return function.get(id);
            } catch (io.larder.cache.LoadFailedException e) {
                throw (Exception) e.getCause();
            }
        }, loads));
        return function;
    }

    private static void addSpring(List<Contestant> all, String name, Class<?> setup) {
        AtomicLong loads = new AtomicLong();
        AccountService.Reader reader = Peers.in(
                setup, AccountService.BySpring.class, () -> new AccountService.OfSpring(source(loads)));
        all.add(new Contestant(name, SpringErrors.last.store(), reader, loads));
    }

    private static void addJetCache(List<Contestant> all) {
        AtomicLong loads = new AtomicLong();
        FaultyJetCache cache = FaultyJetCache.of(TTL_NANOS / 1_000_000);
        AccountService.Source source = source(loads);
        all.add(new Contestant("JetCache", cache.store(), id -> {
            try {
                return cache.computeIfAbsent(id, key -> {
                    try {
                        return source.load(key);
                    } catch (Exception e) {
                        throw new Wrapped(e);
                    }
                });
            } catch (Wrapped e) {
                throw (Exception) e.getCause();
            }
        }, loads));
    }

    private static final class Wrapped extends RuntimeException {
        Wrapped(Exception cause) {
            super(cause);
        }
    }

    private static AccountService.Source source(AtomicLong loads) {
        return id -> {
            loads.incrementAndGet();
            LockSupport.parkNanos(LOAD_NANOS);
            if (id % FAILS_EACH == 0) {
                throw new NoSuchAccount(id);
            }
            return new AccountService.Account(id, "Ada", id);
        };
    }

    /** Spring with the faulty store. */
    abstract static class SpringErrors implements CachingConfigurer {
        static FaultySpringCache last;

        @Bean
        CacheManager manager() {
            last = new FaultySpringCache(TTL_NANOS);
            SimpleCacheManager manager = new SimpleCacheManager();
            manager.setCaches(List.of(last));
            return manager;
        }
    }

    @Configuration
    @EnableCaching
    static class SimpleErrors extends SpringErrors {
        @Override
        public CacheErrorHandler errorHandler() {
            return new SimpleCacheErrorHandler();
        }
    }

    @Configuration
    @EnableCaching
    static class LoggedErrors extends SpringErrors {
        @Override
        public CacheErrorHandler errorHandler() {
            return new LoggingCacheErrorHandler(org.apache.commons.logging.LogFactory.getLog("none"), false);
        }
    }

    private static void run(Contestant one, FaultyStore.Phase phase, long[] ids, int seconds, Cached<?, ?> watched)
            throws InterruptedException {
        one.store().enter(phase);
        CacheStats before = watched.stats();
        long loadsBefore = one.loads().get();
        AtomicLong errors = new AtomicLong();
        AtomicLong position = new AtomicLong();
        long end = System.nanoTime() + seconds * 1_000_000_000L;
        long[][] nanos = new long[THREADS][];
        Thread[] threads = new Thread[THREADS];
        for (int t = 0; t < THREADS; t++) {
            int slot = t;
            threads[t] = new Thread(() -> nanos[slot] = replay(one, ids, position, end, errors));
            threads[t].start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        long[] sorted = Arrays.stream(nanos).flatMapToLong(Arrays::stream).sorted().toArray();
        long loads = one.loads().get() - loadsBefore;
        System.out.printf(
                "%-24s%12d%14d%12d%12.3f%10.2f%10.2f%10.1f%n",
                one.name(),
                sorted.length,
                errors.get(),
                loads,
                (double) loads / sorted.length,
                sorted[sorted.length / 2] / 1e6,
                sorted[(int) (sorted.length * 0.99)] / 1e6,
                sorted[sorted.length - 1] / 1e6);
        if (one.name().equals("Larder")) {
            System.out.println("    its counters: " + difference(before, watched.stats()));
        }
    }

    private static long[] replay(
            Contestant one, long[] ids, AtomicLong position, long end, AtomicLong errors) {
        long[] nanos = new long[1 << 12];
        int n = 0;
        for (long now = System.nanoTime(); now - end < 0; ) {
            try {
                one.reader().account(ids[(int) (position.getAndIncrement() % ids.length)]);
            } catch (Exception e) {
                if (!isLoaders(e)) {
                    errors.incrementAndGet();
                }
            }
            long done = System.nanoTime();
            if (n == nanos.length) {
                nanos = Arrays.copyOf(nanos, 2 * n);
            }
            nanos[n++] = done - now;
            now = done;
        }
        return Arrays.copyOf(nanos, n);
    }

    private static boolean isLoaders(Throwable raised) {
        for (Throwable t = raised; t != null; t = t.getCause()) {
            if (t instanceof NoSuchAccount) {
                return true;
            }
        }
        return false;
    }

    private static String difference(CacheStats before, CacheStats after) {
        return "hits %d, misses %d, unavailable %d, joined %d, loads %d, load failures %d, store failures %d"
                .formatted(
                        after.hits() - before.hits(),
                        after.misses() - before.misses(),
                        after.unavailable() - before.unavailable(),
                        after.joined() - before.joined(),
                        after.loads() - before.loads(),
                        after.loadFailures() - before.loadFailures(),
                        after.storeFailures() - before.storeFailures());
    }

    private static long[] ids(Path trace) throws IOException {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(new GZIPInputStream(Files.newInputStream(trace))))) {
            return lines.lines()
                    .filter(line -> line.contains(",get,"))
                    .mapToLong(line -> Long.parseLong(line.split(",", 3)[1]))
                    .toArray();
        }
    }
}
