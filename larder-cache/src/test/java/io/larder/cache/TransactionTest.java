package io.larder.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.larder.base.FakeTicker;
import io.larder.cache.spi.Store;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a transaction keeps back, and what its end does: to itself and to others, over a database with transactions. */
@SuppressWarnings("try") // scopes are not used in their bodies: that is what they are for
@Timeout(120)
class TransactionTest {
    private final FakeTicker ticker = new FakeTicker();
    private final FakeClock clock = new FakeClock(ticker);
    private final Later timer = new Later(ticker);
    private final Larder larder =
            Larder.builder().ticker(ticker).clock(clock).random(() -> 0).open();
    private final FakeDatabase database = new FakeDatabase();
    private final List<Long> loads = new CopyOnWriteArrayList<>();
    private final Cached<Long, String> rows = rows(larder);

    private Cached<Long, String> rows(Larder over) {
        return over.cached("row:{key}", Long.class, String.class, this::load)
                .ttl("10m")
                .jitter(0)
                .stale("1h")
                .tags("rows", "odd:{key}")
                .build();
    }

    private String load(long row) {
        loads.add(row);
        return database.read(row);
    }

    @AfterEach
    void close() {
        larder.close();
    }

    /** What another thread gets. */
    static <T> T elsewhere(Callable<T> call) {
        FutureTask<T> task = new FutureTask<>(call);
        new Thread(task, "other").start();
        try {
            return task.get(60, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    // Rollback.

    @Test
    void rollback_everything_vanishes() {
        database.write(1, "one");
        database.write(2, "two");
        assertThat(List.of(rows.get(1L), rows.get(2L), rows.get(3L))).containsExactly("one", "two", "none");

        try (FakeDatabase.Connection connection = database.begin();
                Transaction tx = larder.transaction()) {
            connection.write(1, "ONE");
            rows.put(1L, "ONE");
            rows.invalidate(2L);
            rows.expire(3L);
            String unused = rows.refresh(4L);
            larder.invalidateTag("rows");
            assertThat(rows.get(1L)).isEqualTo("ONE");
        }

        loads.clear();
        assertThat(List.of(rows.get(1L), rows.get(2L), rows.get(3L)))
                .as("as they were, still stored")
                .containsExactly("one", "two", "none");
        assertThat(loads).isEmpty();
        assertThat(rows.get(4L)).isEqualTo("none");
        assertThat(loads).as("was not stored by refresh").containsExactly(4L);
    }

    @Test
    void rollback_byAnException_vanishesAndLetsItOut() {
        rows.get(1L);

        assertThatThrownBy(() -> larder.inTransaction(() -> {
                    rows.put(1L, "ONE");
                    throw new IOException("no");
                }))
                .isInstanceOf(IOException.class)
                .hasMessage("no");

        assertThat(rows.get(1L)).isEqualTo("none");
    }

    // Commit.

    @Test
    void commit_everything_takesEffect() {
        database.write(1, "one");
        database.write(2, "two");
        database.write(3, "three");
        LongStream.rangeClosed(1, 3).forEach(rows::get);

        try (FakeDatabase.Connection connection = database.begin();
                Transaction tx = larder.transaction()) {
            connection.write(1, "ONE");
            rows.put(1L, "ONE");
            connection.write(2, "TWO");
            rows.invalidate(2L);
            connection.write(3, "THREE");
            rows.expire(3L);
            connection.commit();
            tx.commit();
        }

        loads.clear();
        assertThat(rows.get(1L)).isEqualTo("ONE");
        assertThat(loads).as("was stored").isEmpty();
        assertThat(rows.get(2L)).isEqualTo("TWO");
        assertThat(rows.peek(3L)).isInstanceOf(Lookup.Stale.class);
        assertThat(rows.get(3L)).isEqualTo("THREE");
        assertThat(loads).containsExactly(2L, 3L);
    }

    @Test
    void commit_ofWork_takesEffectWhenItReturns() throws Exception {
        rows.get(1L);

        String result = larder.inTransaction(() -> {
            try (FakeDatabase.Connection connection = database.begin()) {
                connection.write(1, "ONE");
                rows.invalidate(1L);
                connection.commit();
            }
            assertThat(elsewhere(() -> rows.get(1L))).isEqualTo("none");
            return "done";
        });

        assertThat(result).isEqualTo("done");
        assertThat(rows.get(1L)).isEqualTo("ONE");
    }

    @Test
    void commit_lastChangeOfAKey_counts() {
        try (Transaction tx = larder.transaction()) {
            rows.invalidate(1L);
            rows.put(1L, "put");
            rows.put(2L, "put");
            rows.invalidate(2L);
            tx.commit();
        }

        assertThat(rows.get(1L)).isEqualTo("put");
        assertThat(rows.get(2L)).isEqualTo("none");
    }

    @Test
    void commit_manyPutsThatShareFences_storesAll() {
        long many = 3000; // of 1024 marks
        try (Transaction tx = larder.transaction()) {
            LongStream.range(0, many).forEach(row -> rows.put(row, "put " + row));
            LongStream.range(many, 2 * many).forEach(rows::invalidate);
            tx.commit();
        }

        assertThat(LongStream.range(0, many).mapToObj(rows::get))
                .containsExactlyElementsOf(
                        LongStream.range(0, many).mapToObj(row -> "put " + row).toList());
        assertThat(loads).isEmpty();
    }

    @Test
    void commit_storeIsDown_isMadeUpForLater() {
        FakeByteStore remote = new FakeByteStore(ticker);
        try (Larder far = Larder.builder()
                .ticker(ticker)
                .clock(clock)
                .random(() -> 0)
                .timer(timer)
                .store((Store<?>) remote)
                .open()) {
            Cached<Long, String> values = far.cached("far:{key}", Long.class, String.class, this::load)
                    .ttl("10m")
                    .build();
            values.get(1L);
            values.get(2L);
            try (Transaction tx = far.transaction()) {
                database.write(1, "ONE");
                values.invalidate(1L);
                database.write(2, "TWO");
                values.put(2L, "TWO");
                remote.writesDown(true);
                tx.commit();
            }
            remote.writesDown(false);

            assertThat(values.get(1L)).as("the old value is not served").isEqualTo("ONE");
            assertThat(values.get(2L)).isEqualTo("TWO");
        }
    }

    @Test
    void commit_oneChangeFails_othersTakeEffect() {
        Cached<Long, String> strict = larder.cached("strict:{key}", Long.class, String.class, this::load)
                .ttl("10m")
                .storeIf(value -> {
                    if (value.equals("bad")) {
                        throw new IllegalStateException("cannot tell");
                    }
                    return true;
                })
                .build();
        LongStream.rangeClosed(1, 3).forEach(strict::get);
        Transaction tx = larder.transaction();
        database.write(1, "bad");
        strict.put(1L, "bad");
        strict.put(2L, "good");
        database.write(3, "new");
        strict.invalidate(3L);

        assertThatThrownBy(tx::commit).hasMessage("cannot tell");
        tx.close();

        assertThat(strict.peek(1L)).as("forgotten in place of stored").isInstanceOf(Lookup.Absent.class);
        assertThat(strict.get(2L)).isEqualTo("good");
        assertThat(strict.get(3L)).isEqualTo("new");
    }

    @Test
    void commitInDoubt_everythingChanged_isInvalidated() {
        database.write(1, "one");
        LongStream.rangeClosed(1, 3).forEach(rows::get);

        try (Transaction tx = larder.transaction()) {
            rows.put(1L, "ONE");
            rows.invalidate(2L);
            tx.commitInDoubt();
        }

        loads.clear();
        assertThat(List.of(rows.get(1L), rows.get(2L), rows.get(3L))).containsExactly("one", "none", "none");
        assertThat(loads).containsExactly(1L, 2L);
    }

    // Nested.

    @Test
    void nested_commit_waitsForTheOuter() {
        rows.get(1L);
        try (Transaction outer = larder.transaction()) {
            try (Transaction inner = larder.transaction()) {
                rows.put(1L, "inner");
                inner.commit();
            }
            assertThat(rows.get(1L)).isEqualTo("inner");
            assertThat(elsewhere(() -> rows.get(1L))).isEqualTo("none");
            outer.commit();
        }

        assertThat(rows.get(1L)).isEqualTo("inner");
    }

    @Test
    void nested_outerRollback_takesBackWhatTheInnerCommitted() {
        rows.get(1L);
        try (Transaction outer = larder.transaction()) {
            try (Transaction inner = larder.transaction()) {
                rows.put(1L, "inner");
                inner.commit();
            }
        }

        assertThat(rows.get(1L)).isEqualTo("none");
    }

    @Test
    void nested_innerRollback_takesBackItsValuesAndKeepsTheOuters() {
        LongStream.rangeClosed(1, 4).forEach(rows::get);
        database.write(2, "saved"); // what the database may have kept
        database.write(3, "saved");
        loads.clear();
        try (Transaction outer = larder.transaction()) {
            rows.put(1L, "outer");
            rows.put(2L, "outer");
            try (Transaction inner = larder.transaction()) {
                rows.put(2L, "inner");
                rows.put(3L, "inner");
            }
            assertThat(List.of(rows.get(1L), rows.get(2L), rows.get(3L))).containsExactly("outer", "saved", "saved");
            outer.commit();
        }

        loads.clear();
        assertThat(List.of(rows.get(1L), rows.get(2L), rows.get(3L), rows.get(4L)))
                .containsExactly("outer", "saved", "saved", "none");
        assertThat(loads).containsExactly(2L, 3L);
    }

    @Test
    void suspended_changesTakeEffectAtOnce_andStayAfterARollback() {
        rows.get(1L);
        try (Transaction outer = larder.transaction()) {
            rows.put(1L, "outer");
            try (Scope apart = larder.suspendingTransaction();
                    Transaction own = larder.transaction()) {
                assertThat(rows.get(1L)).isEqualTo("none");
                rows.put(2L, "apart");
                own.commit();
            }
            assertThat(rows.get(1L)).isEqualTo("outer");
        }

        assertThat(List.of(rows.get(1L), rows.get(2L))).containsExactly("none", "apart");
    }

    // Others.

    @Test
    void readOwnWrites_othersSeeNone() {
        rows.get(1L);
        rows.get(2L);
        try (FakeDatabase.Connection connection = database.begin();
                Transaction tx = larder.transaction()) {
            connection.write(1, "ONE");
            rows.put(1L, "ONE");
            connection.write(2, "TWO");
            rows.invalidate(2L);

            assertThat(List.of(rows.get(1L), rows.get(2L))).containsExactly("ONE", "TWO");
            assertThat(elsewhere(() -> List.of(rows.get(1L), rows.get(2L)))).containsExactly("none", "none");
        }
    }

    /** Spring's #31321: what was evicted at once is loaded again from what is still committed, and stays. */
    @Test
    void concurrentReader_betweenEvictAndCommit_getsTheOldValueAndLeavesNoneBehind() {
        database.write(1, "old");
        rows.get(1L);
        try (FakeDatabase.Connection connection = database.begin();
                Transaction tx = larder.transaction()) {
            rows.invalidate(1L);
            connection.write(1, "new");
            assertThat(elsewhere(() -> rows.get(1L))).as("before the commit").isEqualTo("old");
            connection.commit();
            assertThat(elsewhere(() -> rows.get(1L))).as("between both commits").isEqualTo("old");
            tx.commit();
            assertThat(elsewhere(() -> rows.get(1L))).isEqualTo("new");
        }

        assertThat(rows.get(1L)).isEqualTo("new");
    }

    @Test
    void concurrentReader_keyNotStored_loadsTheOldValueWhichTheCommitForgets() {
        database.write(1, "old");
        try (FakeDatabase.Connection connection = database.begin();
                Transaction tx = larder.transaction()) {
            rows.invalidate(1L);
            connection.write(1, "new");
            assertThat(elsewhere(() -> rows.get(1L))).isEqualTo("old");
            assertThat(elsewhere(() -> rows.peek(1L))).isInstanceOf(Lookup.Fresh.class);
            connection.commit();
            tx.commit();
        }

        assertThat(rows.get(1L)).isEqualTo("new");
    }

    @Test
    void concurrentLoad_begunBeforeTheCommit_isNotStoredAfterIt() throws Exception {
        database.write(1, "old");
        CountDownLatch hasRead = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        Cached<Long, String> slow = larder.cached("slow:{key}", Long.class, String.class, row -> {
                    String read = database.read(row);
                    if (read.equals("old")) {
                        hasRead.countDown();
                        assertThat(goOn.await(60, TimeUnit.SECONDS)).isTrue();
                    }
                    return read;
                })
                .ttl("10m")
                .build();
        FutureTask<String> reader = new FutureTask<>(() -> slow.get(1L));
        new Thread(reader).start();
        assertThat(hasRead.await(60, TimeUnit.SECONDS)).isTrue();

        try (FakeDatabase.Connection connection = database.begin();
                Transaction tx = larder.transaction()) {
            connection.write(1, "new");
            slow.invalidate(1L);
            assertThat(slow.get(1L)).as("does not wait for the other's load").isEqualTo("new");
            connection.commit();
            tx.commit();
        }
        assertThat(slow.get(1L)).as("does not join it").isEqualTo("new");
        goOn.countDown();

        assertThat(reader.get(60, TimeUnit.SECONDS)).isEqualTo("old");
        assertThat(slow.get(1L)).isEqualTo("new");
    }

    @Test
    void ownLoad_othersGetTheirs() throws Exception {
        database.write(1, "old");
        List<String> others = new ArrayList<>();
        Cached<Long, String> values = larder.cached("own:{key}", Long.class, String.class, row -> {
                    String read = database.read(row);
                    if (read.equals("new")) { // in the transaction's load
                        others.add(elsewhere(() -> larder.cached("own:{key}", Long.class, String.class, database::read)
                                .ttl("10m")
                                .build()
                                .get(row)));
                    }
                    return read;
                })
                .ttl("10m")
                .build();

        try (FakeDatabase.Connection connection = database.begin();
                Transaction tx = larder.transaction()) {
            connection.write(1, "new");
            assertThat(values.get(1L)).isEqualTo("new");
        }

        assertThat(others).containsExactly("old");
        assertThat(values.get(1L)).isEqualTo("old");
    }

    @Test
    void puts_ofTwoTransactionsInTheOtherOrder_leaveNoStaleValue() {
        rows.get(1L);
        try (Transaction tx = larder.transaction()) {
            try (FakeDatabase.Connection connection = database.begin()) {
                connection.write(1, "first");
                rows.put(1L, "first");
                connection.commit();
            }
            String second = elsewhere(() -> larder.inTransaction(() -> {
                try (FakeDatabase.Connection connection = database.begin()) {
                    connection.write(1, "second");
                    rows.put(1L, "second");
                    connection.commit();
                }
                return "second";
            }));
            assertThat(elsewhere(() -> rows.get(1L))).isEqualTo(second);
            tx.commit(); // after the other's
        }

        assertThat(rows.get(1L)).isEqualTo("second");
    }

    @Test
    void put_keyChangedByOthersBeforeTheCommit_isAnInvalidation() {
        try (Transaction tx = larder.transaction()) {
            rows.put(1L, "mine");
            database.write(1, "theirs");
            assertThat(elsewhere(() -> {
                        rows.invalidate(1L);
                        return rows.get(1L);
                    }))
                    .isEqualTo("theirs");
            tx.commit();
        }

        assertThat(rows.get(1L)).isEqualTo("theirs");
    }

    @Test
    void put_keyChangedByOthersWhileItIsStored_isForgotten() {
        FakeByteStore remote = new FakeByteStore(ticker);
        try (Larder far = Larder.builder()
                .ticker(ticker)
                .clock(clock)
                .random(() -> 0)
                .timer(timer)
                .store((Store<?>) remote)
                .open()) {
            Cached<Long, String> values = far.cached("far:{key}", Long.class, String.class, this::load)
                    .ttl("10m")
                    .build();
            try (Transaction tx = far.transaction()) {
                values.put(1L, "mine");
                remote.beforeWrite(key -> {
                    remote.beforeWrite(next -> {});
                    database.write(1, "theirs");
                    assertThat(elsewhere(() -> {
                                values.invalidate(1L);
                                return values.get(1L);
                            }))
                            .isEqualTo("theirs");
                });
                tx.commit();
            }

            assertThat(values.get(1L)).isEqualTo("theirs");
        }
    }

    @Test
    void put_tagInvalidatedByOthersBeforeTheCommit_isNotServed() {
        try (Transaction tx = larder.transaction()) {
            rows.put(1L, "mine");
            database.write(1, "theirs");
            assertThat(elsewhere(() -> {
                        larder.invalidateTag("odd:1");
                        return true;
                    }))
                    .isTrue();
            tx.commit();
        }

        assertThat(rows.get(1L)).isEqualTo("theirs");
    }

    // Other threads.

    @Test
    void carried_work_isPartOfIt() throws Exception {
        rows.get(1L);
        try (Transaction tx = larder.transaction()) {
            rows.put(1L, "mine");
            Callable<String> carried = larder.carrying((Callable<String>) () -> {
                rows.put(2L, "carried");
                return rows.get(1L);
            });
            assertThat(elsewhere(carried)).isEqualTo("mine");
            assertThat(elsewhere(() -> rows.get(2L))).isEqualTo("none");
            assertThat(rows.get(2L)).isEqualTo("carried");
            tx.commit();
        }

        assertThat(rows.get(2L)).isEqualTo("carried");
    }

    @Test
    void carried_workAfterTheCommit_takesEffectAtOnce() {
        Runnable late;
        rows.get(2L);
        database.write(2, "new");
        try (Transaction tx = larder.transaction()) {
            late = larder.carrying(() -> {
                rows.put(1L, "late");
                rows.invalidate(2L);
            });
            tx.commit();
        }
        late.run();

        assertThat(List.of(rows.get(1L), rows.get(2L))).containsExactly("late", "new");
    }

    @Test
    void carried_putAfterTheRollback_isAnInvalidation() {
        database.write(1, "one");
        rows.get(1L);
        Runnable late;
        try (Transaction tx = larder.transaction()) {
            late = larder.carrying(() -> rows.put(1L, "never committed"));
        }
        loads.clear();
        late.run();

        assertThat(rows.get(1L)).isEqualTo("one");
        assertThat(loads).containsExactly(1L);
    }

    // Misuse.

    private static void refuses(org.assertj.core.api.ThrowableAssert.ThrowingCallable call, String message) {
        assertThatExceptionOfType(IllegalStateException.class).isThrownBy(call).withMessage(message);
    }

    @Test
    void commit_twice_isRefused() {
        try (Transaction tx = larder.transaction()) {
            tx.commit();

            refuses(tx::commit, "a transaction cannot commit: it was committed; begin another by larder.transaction()");
            refuses(
                    tx::commitInDoubt,
                    "a transaction cannot commit: it was committed; begin another by larder.transaction()");
        }
    }

    @Test
    void commit_afterClose_isRefused() {
        Transaction tx = larder.transaction();
        rows.put(1L, "mine");
        tx.close();
        tx.close();

        refuses(tx::commit, "a transaction cannot commit: it was rolled back; begin another by larder.transaction()");
        assertThat(rows.get(1L)).isEqualTo("none");
    }

    @Test
    void commitOrClose_inAnotherThread_isRefused() {
        String begun = Thread.currentThread().getName();
        try (Transaction tx = larder.transaction()) {
            for (Runnable end : List.<Runnable>of(tx::commit, tx::commitInDoubt, tx::close)) {
                String verb = elsewhere(() -> {
                    try {
                        end.run();
                        return "nothing";
                    } catch (IllegalStateException e) {
                        return e.getMessage();
                    }
                });
                assertThat(verb)
                        .startsWith("a transaction begun by thread " + begun + " cannot ")
                        .endsWith(" in other; do it where it was begun, and carry work by larder.carrying(...)");
            }
            rows.put(1L, "mine");
            tx.commit();
        }

        assertThat(rows.get(1L)).as("it was still open").isEqualTo("mine");
    }

    @Test
    void commit_innerOpen_isRefused() {
        Transaction outer = larder.transaction();
        Transaction inner = larder.transaction();

        refuses(outer::commit, "a transaction cannot commit: one begun inside it is open; close that first");

        inner.close();
        outer.commit();
        outer.close();
    }

    @Test
    void close_outerBeforeInner_endsBothAndLeavesNoneBehind() {
        Transaction outer = larder.transaction();
        Transaction inner = larder.transaction();
        outer.close();

        refuses(
                inner::commit,
                "a transaction cannot commit: it ended with the one around it; begin another by larder.transaction()");
        inner.close();

        rows.put(1L, "outside");
        assertThat(elsewhere(() -> rows.get(1L))).isEqualTo("outside");
    }

    @Test
    void close_beforeAScopeBegunInside_leavesNoneBehind() {
        Transaction tx = larder.transaction();
        Scope off = larder.disabling(Op.READ);
        tx.close();
        off.close();

        try (Detector detector = larder.detect()) { // so that what holds in the thread is looked at
            rows.put(1L, "outside");
            assertThat(elsewhere(() -> rows.get(1L))).isEqualTo("outside");
        }
    }

    @Test
    void changes_moreThanItHolds_areRefusedAndTheOthersKept() {
        try (Transaction tx = larder.transaction()) {
            LongStream.range(0, Uncommitted.CHANGES_MAX).forEach(row -> rows.put(row, "put"));
            String tooMany = "a transaction changes at most 10000 keys and tags; commit in smaller parts,"
                    + " or invalidate a tag or a namespace in place of keys";
            refuses(() -> rows.invalidate(-1L), tooMany);
            refuses(() -> rows.put(-1L, "put"), tooMany);
            refuses(() -> larder.invalidateTag("other"), tooMany);
            rows.put(0L, "again");
            tx.commit();
        }

        assertThat(rows.get(0L)).isEqualTo("again");
        assertThat(rows.get(Uncommitted.CHANGES_MAX - 1L)).isEqualTo("put");
    }

    // What is disabled, and seen.

    @Test
    void disabled_inside_holdsToo() {
        rows.get(1L);
        try (Transaction tx = larder.transaction()) {
            try (Scope off = larder.disabling(Op.WRITE)) {
                rows.put(1L, "not to be written");
            }
            try (Scope off = larder.disabling(Op.INVALIDATE)) {
                rows.invalidate(2L);
            }
            rows.put(3L, "mine");
            try (Scope off = larder.disabling(Op.READ)) {
                assertThat(rows.get(3L)).as("from the loader").isEqualTo("none");
            }
            tx.commit();
        }

        assertThat(rows.peek(1L)).as("a put that may not write invalidates").isInstanceOf(Lookup.Absent.class);
    }

    @Test
    void killSwitch_betweenPutAndCommit_storesNothing() {
        rows.get(1L);
        try (Transaction tx = larder.transaction()) {
            rows.put(1L, "mine");
            larder.switchOff(true);
            tx.commit();
        }
        larder.switchOff(false);

        assertThat(rows.peek(1L)).isInstanceOf(Lookup.Absent.class);
    }

    @Test
    void detector_inside_tellsWhatTheStoreAnswered() {
        rows.get(1L);
        try (Transaction tx = larder.transaction();
                Detector detector = larder.detect()) {
            rows.get(1L);
            rows.get(2L);
            rows.get(2L);
            rows.put(1L, "mine");
            rows.get(1L);
            rows.invalidate(1L);
            rows.get(1L);

            assertThat(detector.events())
                    .extracting(Detector.Event::outcome)
                    .containsExactly(
                            Detector.Outcome.HIT,
                            Detector.Outcome.MISS,
                            Detector.Outcome.BYPASS,
                            Detector.Outcome.BYPASS,
                            Detector.Outcome.BYPASS);
            assertThat(detector.keys()).containsExactly("row:1");
        }
    }

    @Test
    void explain_inside_saysWhatTheTransactionMakesOfIt() {
        rows.get(1L);
        try (Transaction tx = larder.transaction()) {
            explains(1L, "SERVE", "as the value is within its TTL");
            explains(2L, "LOAD_ONLY", "as there is nothing; a transaction stores no loads");
            rows.get(2L);
            explains(2L, "SERVE", "as this transaction has loaded it");
            rows.put(2L, "mine");
            explains(2L, "SERVE", "as this transaction has put it");
            rows.invalidate(2L);
            explains(2L, "LOAD_ONLY", "as this transaction has changed it");
            larder.invalidateTag("odd:1");
            explains(1L, "LOAD_ONLY", "as this transaction has changed it");
        }
        explains(1L, "SERVE", "as the value is within its TTL");
    }

    private void explains(long row, String decision, String reason) {
        Explanation seen = rows.explain(row);
        assertThat(List.of(seen.decision(), seen.reason())).containsExactly(decision, reason);
    }

    @Test
    void listener_ofInvalidations_hearsOfThemAtTheCommit() {
        RecordingListener heard = new RecordingListener();
        try (Larder listened = Larder.builder().listener(heard).open()) {
            Cached<Long, String> values = rows(listened);
            try (Transaction tx = listened.transaction()) {
                values.invalidate(1L);
                listened.invalidateTag("rows");
                assertThat(heard.of(CacheEvent.Invalidation.class)).isEmpty();
                tx.commit();
            }

            assertThat(heard.of(CacheEvent.Invalidation.class))
                    .extracting(CacheEvent.Invalidation::target)
                    .containsExactly(CacheEvent.Target.TAG, CacheEvent.Target.KEY);
        }
    }
}
