package io.larder.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.larder.base.FakeTicker;
import io.larder.cache.spi.Store;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;

/**
 * Any sequence of what programs do in and beside transactions, over a database of three rows: outside, each get answers what is
 * committed; inside, what the transaction sees, or saw when it read last.
 */
class TransactionModelTest {
    enum Kind {
        BEGIN,
        INVALIDATE,
        PUT,
        EXPIRE,
        REFRESH,
        TAG,
        NAMESPACE,
        WRITE_BESIDE,
        PUT_BESIDE,
        GET,
        GET_ALL,
        GET_BESIDE,
        COMMIT,
        ROLL_BACK,
        IN_DOUBT,
        PASS
    }

    /**
     * A step.
     *
     * @param coin whether a rolled back database goes back to its savepoint, or a commit in doubt has taken place
     */
    record Step(Kind kind, long row, boolean coin) {}

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<Kind> kinds = Arbitraries.frequencyOf(
                net.jqwik.api.Tuple.of(3, Arbitraries.of(Kind.BEGIN, Kind.COMMIT)),
                net.jqwik.api.Tuple.of(1, Arbitraries.of(Kind.ROLL_BACK, Kind.IN_DOUBT, Kind.PASS)),
                net.jqwik.api.Tuple.of(
                        6,
                        Arbitraries.of(
                                Kind.INVALIDATE,
                                Kind.PUT,
                                Kind.EXPIRE,
                                Kind.REFRESH,
                                Kind.TAG,
                                Kind.NAMESPACE,
                                Kind.WRITE_BESIDE,
                                Kind.PUT_BESIDE)),
                net.jqwik.api.Tuple.of(8, Arbitraries.of(Kind.GET, Kind.GET_ALL, Kind.GET_BESIDE)));
        return Combinators.combine(kinds, Arbitraries.longs().between(0, 2), Arbitraries.of(true, false))
                .as(Step::new)
                .list()
                .ofMinSize(10)
                .ofMaxSize(60);
    }

    @Property(tries = 1500)
    void anySteps_getsAnswerWhatTheyMaySee(@ForAll("steps") List<Step> steps, @ForAll boolean remote) {
        try (World world = new World(remote)) {
            steps.forEach(world::run);
            world.end();
        }
    }

    /** The database, the transactions under way, and what may be seen. */
    private static final class World implements AutoCloseable {
        private static final List<Long> ROWS = List.of(0L, 1L, 2L);

        /** A transaction, and what the database goes back to. */
        private record Level(Transaction tx, Map<Long, String> savepoint) {}

        private final FakeTicker ticker = new FakeTicker();
        private final Larder larder;
        private final Cached<Long, String> rows;
        private final Map<Long, String> committed = new HashMap<>();
        private final Deque<Level> levels = new ArrayDeque<>();
        private final Map<Long, Set<String>> views = new HashMap<>();
        private @Nullable Map<Long, String> written; // in the transaction
        private boolean beside;
        private int values;

        World(boolean remote) {
            LarderBuilder builder = Larder.builder()
                    .ticker(ticker)
                    .clock(new FakeClock(ticker))
                    .timer(new Later(ticker))
                    .random(() -> 0);
            larder = (remote ? builder.store((Store<?>) new FakeByteStore(ticker)) : builder).open();
            rows = larder.cached("row:{key}", Long.class, String.class, this::read)
                    .ttl("10m")
                    .jitter(0)
                    .stale("1h")
                    .tags("row:{key}")
                    .namespace("rows")
                    .build();
            ROWS.forEach(row -> committed.put(row, "first " + row));
        }

        private String read(long row) {
            String own = written == null || beside ? null : written.get(row);
            return own != null ? own : Objects.requireNonNull(committed.get(row));
        }

        void run(Step step) {
            long row = step.row();
            switch (step.kind()) {
                case BEGIN -> begin();
                case INVALIDATE, PUT, EXPIRE, REFRESH, TAG, NAMESPACE -> write(step.kind(), row);
                case WRITE_BESIDE, PUT_BESIDE -> writeBeside(step.kind(), row);
                case GET -> assertThat(rows.get(row)).isIn(mayBeSeen(row));
                case GET_ALL ->
                    rows.getAll(ROWS).forEach((each, value) -> assertThat(value).isIn(mayBeSeen(each)));
                case GET_BESIDE -> beside(() -> assertThat(rows.get(row)).isEqualTo(committed.get(row)));
                case COMMIT -> commit();
                case ROLL_BACK -> rollBack(step.coin());
                case IN_DOUBT -> inDoubt(step.coin());
                case PASS -> ticker.advance(Duration.ofMinutes(4));
            }
        }

        private Set<String> mayBeSeen(long row) {
            return written == null ? Set.of(read(row)) : Objects.requireNonNull(views.get(row));
        }

        private void begin() {
            if (written == null) {
                written = new HashMap<>();
            }
            if (levels.size() < 3) {
                levels.push(new Level(larder.transaction(), new HashMap<>(written)));
            }
            if (levels.size() == 1) {
                seen();
            }
        }

        /** From now on only what is there now may be seen. */
        private void seen() {
            ROWS.forEach(row -> views.put(row, new HashSet<>(Set.of(read(row)))));
        }

        private void write(Kind kind, long row) {
            if (written == null) {
                return;
            }
            String value = "value " + ++values;
            written.put(row, value);
            views.put(row, new HashSet<>(Set.of(value)));
            switch (kind) {
                case PUT -> rows.put(row, value);
                case EXPIRE -> rows.expire(row);
                case REFRESH -> assertThat(rows.refresh(row)).isEqualTo(value);
                case TAG -> larder.invalidateTag("row:" + row);
                case NAMESPACE -> larder.invalidateNamespace("rows");
                default -> rows.invalidate(row);
            }
        }

        /** Another transaction, which may not write a row that is being written. */
        private void writeBeside(Kind kind, long row) {
            if (written != null && written.containsKey(row)) {
                return;
            }
            String value = "beside " + ++values;
            beside(() -> {
                committed.put(row, value);
                if (kind == Kind.PUT_BESIDE) {
                    rows.put(row, value);
                } else {
                    rows.invalidate(row);
                }
            });
            if (written != null) {
                Objects.requireNonNull(views.get(row)).add(value);
            }
        }

        @SuppressWarnings("try") // the scope is not used in its body: that is what it is for
        private void beside(Runnable work) {
            beside = true;
            try (Scope apart = larder.suspendingTransaction()) {
                work.run();
            } finally {
                beside = false;
            }
        }

        private void commit() {
            if (levels.isEmpty()) {
                return;
            }
            Level level = levels.pop();
            if (levels.isEmpty()) {
                keepWritten();
            }
            level.tx().commit();
            level.tx().close();
        }

        private void keepWritten() {
            committed.putAll(Objects.requireNonNull(written));
            written = null;
        }

        private void rollBack(boolean toSavepoint) {
            if (levels.isEmpty()) {
                return;
            }
            Level level = levels.pop();
            level.tx().close();
            if (levels.isEmpty()) {
                written = null;
                return;
            }
            if (toSavepoint) {
                written = new HashMap<>(level.savepoint());
            }
            seen();
        }

        private void inDoubt(boolean tookPlace) {
            if (levels.size() != 1) {
                return;
            }
            Level level = levels.pop();
            if (tookPlace) {
                keepWritten();
            }
            written = null;
            level.tx().commitInDoubt();
            level.tx().close();
        }

        void end() {
            while (!levels.isEmpty()) {
                commit();
            }
            List<String> all = new ArrayList<>();
            ROWS.forEach(row -> all.add(rows.get(row)));
            assertThat(all)
                    .containsExactlyElementsOf(ROWS.stream().map(committed::get).toList());
        }

        @Override
        public void close() {
            larder.close();
        }
    }
}
