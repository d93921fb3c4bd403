package io.larder.storage;

import io.larder.base.FakeTicker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Random operations from several threads on one store, compared with plain maps, under a clock that stands still while the
 * threads run. The short form is a test; the long one is {@link #main}.
 */
final class StoreModel {
    static final int VALUE_BYTES_MAX = 300_000;

    private static final long ROUND = 20_000;

    /** A store of up to this evicts anyway, and is resized now and then: from half to twice its size. */
    private static final long TIGHT_BYTES = 16 << 20;

    final SegmentStore store;
    private final FakeTicker ticker = new FakeTicker();
    private final long originNanos = ticker.nanos();
    private final List<ModelThread> threads = new ArrayList<>();
    private final SplittableRandom random;

    StoreModel(StorageConfig config, int threadCount, long seed) {
        store = new SegmentStore(config, ticker, seed);
        random = new SplittableRandom(seed);
        for (int i = 0; i < threadCount; i++) {
            threads.add(new ModelThread(i, this, seed));
        }
    }

    long now() {
        return TimeUnit.NANOSECONDS.toSeconds(ticker.nanos() - originNanos);
    }

    /** Runs so many operations over all threads; answers how many items were lost to eviction. */
    long run(long operations, Runnable afterRound) throws InterruptedException, ExecutionException {
        ExecutorService pool = Executors.newFixedThreadPool(threads.size());
        try {
            for (long left = operations / threads.size(); left > 0; left -= ROUND) {
                long count = Math.min(left, ROUND);
                inAll(pool, thread -> thread.run(count));
                betweenRounds();
                afterRound.run();
            }
            inAll(pool, ModelThread::checkAll);
        } finally {
            pool.shutdown();
        }
        return threads.stream().mapToLong(thread -> thread.lost).sum();
    }

    private void inAll(ExecutorService pool, java.util.function.Consumer<ModelThread> task)
            throws InterruptedException, ExecutionException {
        List<Future<?>> running = new ArrayList<>();
        for (ModelThread thread : threads) {
            running.add(pool.submit(() -> task.accept(thread)));
        }
        for (Future<?> one : running) {
            one.get();
        }
    }

    private void betweenRounds() {
        ticker.advance(Duration.ofMillis(random.nextInt(3_000)));
        if (random.nextInt(20) == 0) {
            ticker.advance(Duration.ofSeconds(random.nextInt(50_000)));
        }
        int what = random.nextInt(40);
        if (what == 0) {
            try (ItemStore.Session session = store.session()) {
                session.flush(0);
            }
            threads.forEach(ModelThread::flushed);
        } else if (what < 10) {
            store.maintain();
        } else if (what == 10 && store.config.bytes() <= TIGHT_BYTES) {
            store.resize(store.config.bytes() * (2 + random.nextInt(7)) / 4);
        }
    }

    /**
     * {@code StoreModel OPERATIONS THREADS MEGABYTES SEED}: prints progress, ends with an error at the first difference.
     */
    public static void main(String[] args) throws InterruptedException, ExecutionException {
        long operations = Long.parseLong(args[0]);
        int threadCount = Integer.parseInt(args[1]);
        StorageConfig config = new StorageConfig(Long.parseLong(args[2]) << 20, VALUE_BYTES_MAX);
        StoreModel model = new StoreModel(config, threadCount, Long.parseLong(args[3]));
        long began = System.nanoTime();
        long[] done = {0};
        long lost = model.run(operations, () -> {
            done[0] += ROUND * threadCount;
            if (done[0] % (ROUND * threadCount * 100) == 0) {
                System.out.printf(
                        "%,d operations, %d s, %s%n",
                        done[0], TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began), model.store.stats());
            }
        });
        System.out.printf("%,d operations, no difference; %,d items lost to eviction%n", operations, lost);
    }
}
