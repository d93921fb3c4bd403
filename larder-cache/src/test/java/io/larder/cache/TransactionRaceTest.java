package io.larder.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.larder.base.FakeTicker;
import io.larder.cache.spi.Store;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Transactions of several threads and readers beside them: nobody reads what was not committed, and nothing stale stays. */
@Timeout(120)
class TransactionRaceTest {
    private static final int ROWS = 3;
    private static final int WRITERS = 3;
    private static final int READERS = 2;
    private static final int ROUNDS = Integer.getInteger("larder.transaction.rounds", 60);
    private static final int TURNS = 20;

    private final ExecutorService threads = Executors.newFixedThreadPool(WRITERS + READERS);
    private final FakeDatabase database = new FakeDatabase();
    private final Set<String> everCommitted = ConcurrentHashMap.newKeySet();
    private final AtomicInteger values = new AtomicInteger();

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void transactionsAndReaders_anyInterleaving_leaveNothingStale(boolean remote) throws Exception {
        FakeTicker ticker = new FakeTicker();
        LarderBuilder builder = Larder.builder().ticker(ticker).timer(new Later(ticker));
        try (Larder larder = (remote ? builder.store((Store<?>) new FakeByteStore(ticker)) : builder).open()) {
            Cached<Long, String> rows = larder.cached("row:{key}", Long.class, String.class, database::read)
                    .ttl("10m")
                    .tags("row:{key}")
                    .build();
            everCommitted.add("none");
            for (int round = 0; round < ROUNDS; round++) {
                List<Callable<Void>> work = new ArrayList<>();
                for (int i = 0; i < WRITERS + READERS; i++) {
                    Random random = new Random(31L * round + i);
                    boolean writes = i < WRITERS;
                    work.add(() -> {
                        for (int turn = 0; turn < TURNS; turn++) {
                            if (writes) {
                                write(larder, rows, random);
                            } else {
                                assertThat(everCommitted).contains(rows.get((long) random.nextInt(ROWS)));
                            }
                        }
                        return null;
                    });
                }
                for (Future<Void> one : threads.invokeAll(work, 60, TimeUnit.SECONDS)) {
                    one.get();
                }

                assertThat(LongStream.range(0, ROWS).mapToObj(rows::get))
                        .as("round %d", round)
                        .containsExactlyElementsOf(LongStream.range(0, ROWS)
                                .mapToObj(database::read)
                                .toList());
            }
        }
    }

    private void write(Larder larder, Cached<Long, String> rows, Random random) {
        long row = random.nextInt(ROWS);
        String value = "value " + values.incrementAndGet();
        boolean commits = random.nextInt(3) > 0;
        try (Transaction tx = larder.transaction()) {
            try (FakeDatabase.Connection connection = database.begin()) {
                connection.write(row, value);
                switch (random.nextInt(4)) {
                    case 0 -> rows.invalidate(row);
                    case 1 -> larder.invalidateTag("row:" + row);
                    default -> rows.put(row, value);
                }
                assertThat(rows.get(row)).isEqualTo(value);
                if (commits) {
                    everCommitted.add(value); // before others can read it
                    connection.commit();
                }
            }
            if (commits) {
                tx.commit();
            }
        }
    }
}
