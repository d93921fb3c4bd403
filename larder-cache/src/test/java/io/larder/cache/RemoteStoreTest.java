package io.larder.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.larder.base.Await;
import io.larder.base.FakeTicker;
import io.larder.base.LarderException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Functions over a store of bytes, which may be down. */
class RemoteStoreTest {
    record Account(long id, String name) {}

    private final FakeTicker ticker = new FakeTicker();
    private final FakeByteStore store = new FakeByteStore(ticker);
    private final List<Long> loads = new ArrayList<>();
    private final Larder larder = larder();
    private final Cached<Long, Account> accounts = accounts(larder);

    private Larder larder() {
        return Larder.builder()
                .store(store)
                .ticker(ticker)
                .clock(new FakeClock(ticker))
                .random(() -> 0)
                .open();
    }

    private Cached<Long, Account> accounts(Larder of) {
        return of.cached("account:{key}", Long.class, Account.class, this::load)
                .ttl("10s")
                .build();
    }

    private Account load(long id) {
        loads.add(id);
        return new Account(id, "load " + loads.size());
    }

    @AfterEach
    void close() {
        larder.close();
    }

    @Test
    void get_anotherProcessHasLoaded_isAHit() {
        Account loaded = accounts.get(7L);

        try (Larder other = larder()) {
            assertThat(accounts(other).get(7L)).isEqualTo(loaded);
            assertThat(other.stats().hits()).isEqualTo(1);
        }

        assertThat(loads).hasSize(1);
    }

    @Test
    void get_nullAndEmptyValues_areHits() {
        Cached<Long, @Nullable String> names = larder.cached(
                        "name:{key}", TypeRef.of(Long.class), new TypeRef<@Nullable String>() {}, id -> {
                            loads.add(id);
                            return Nulls.cast(id == 1 ? null : "");
                        })
                .ttl("10s")
                .build();

        for (int i = 0; i < 2; i++) {
            assertThat(names.get(1L)).isNull();
            assertThat(names.get(2L)).isEmpty();
        }

        assertThat(loads).containsExactly(1L, 2L);
    }

    @Test
    void get_falsyValues_areHits() {
        record Falsy(
                int number,
                boolean flag,
                String text,
                List<String> list,
                @Nullable Long missing) {}
        Falsy all = new Falsy(0, false, "", List.of(), null);
        Cached<Long, Falsy> records = falsy("r:{key}", TypeRef.of(Falsy.class), all);
        Cached<Long, Integer> zeros = falsy("z:{key}", TypeRef.of(Integer.class), 0);
        Cached<Long, Boolean> flags = falsy("f:{key}", TypeRef.of(Boolean.class), false);
        Cached<Long, List<String>> lists = falsy("l:{key}", new TypeRef<List<String>>() {}, List.of());
        for (int i = 0; i < 3; i++) {
            assertThat(records.get(1L)).isEqualTo(all);
            assertThat(zeros.get(1L)).isZero();
            assertThat(flags.get(1L)).isFalse();
            assertThat(lists.get(1L)).isEmpty();
        }

        assertThat(loads).hasSize(4);
    }

    private <V> Cached<Long, V> falsy(String template, TypeRef<V> type, V value) {
        return larder.cached(template, TypeRef.of(Long.class), type, id -> {
                    loads.add(id);
                    return value;
                })
                .ttl("10s")
                .build();
    }

    @Test
    void get_hit_writesNothing() {
        accounts.get(7L);
        accounts.get(7L);
        accounts.get(7L);

        assertThat(store.puts()).isEqualTo(1);
        assertThat(store.finds()).isEqualTo(3);
    }

    @Test
    void get_everySecondForThreeTtls_reloadsEachTtl() {
        for (int second = 0; second < 30; second++) {
            accounts.get(7L);
            ticker.advance(Duration.ofSeconds(1));
        }

        assertThat(loads).hasSize(3);
    }

    @Test
    void get_ttlRoundedUpByTheStore_endsWhenTheEnvelopeSays() {
        Cached<Long, Account> brief = larder.cached("brief:{key}", Long.class, Account.class, this::load)
                .ttl("1500ms")
                .build();
        brief.get(7L);

        ticker.advance(Duration.ofMillis(1500));

        assertThat(brief.peek(7L)).isInstanceOf(Lookup.Absent.class); // though the store keeps it for two seconds
        assertThat(brief.get(7L).name()).isEqualTo("load 2");
        assertThat(brief.stats().misses()).isEqualTo(2);
    }

    @Test
    void get_writtenUnderALongerTtl_isServedForTheReadersTtlOnly() {
        Cached<Long, Account> yesterday = larder.cached("account:{key}", Long.class, Account.class, this::load)
                .ttl("1d")
                .build();
        yesterday.get(7L);

        ticker.advance(Duration.ofSeconds(9));
        accounts.get(7L);
        assertThat(loads).hasSize(1);
        ticker.advance(Duration.ofSeconds(1));
        accounts.get(7L);

        assertThat(loads).hasSize(2);
    }

    @Test
    void get_storeDownFromTheStart_answersFromTheLoader() {
        store.down(true);
        Larder late = larder();
        Cached<Long, Account> function = accounts(late);

        assertThat(function.get(7L).name()).isEqualTo("load 1");
        assertThat(function.get(7L).name()).isEqualTo("load 2");

        assertThat(function.stats().unavailable()).isEqualTo(2);
        assertThat(function.stats().misses()).isZero();
        assertThat(function.stats().storeFailures()).isZero();
        assertThat(store.puts()).as("no write after a failed read").isZero();
        assertThat(function.peek(7L)).isInstanceOf(Lookup.Unavailable.class);
    }

    @Test
    void get_storeGoesDownAndComesBack_usesItAgain() {
        accounts.get(7L);
        store.down(true);
        assertThat(accounts.get(7L).name()).isEqualTo("load 2");

        store.down(false);

        assertThat(accounts.get(7L).name()).isEqualTo("load 1");
        assertThat(accounts.stats().hits()).isEqualTo(1);
        assertThat(accounts.stats().unavailable()).isEqualTo(1);
    }

    @Test
    void get_storeTakesNoWrites_answersAndCounts() {
        store.writesDown(true);

        assertThat(accounts.get(7L).name()).isEqualTo("load 1");

        assertThat(accounts.stats().storeFailures()).isEqualTo(1);
        assertThat(accounts.stats().misses()).isEqualTo(1);
    }

    @Test
    void putAndInvalidate_storeDown_areCountedNotThrown() {
        store.down(true);

        accounts.put(7L, new Account(7, "x"));
        accounts.invalidate(7L);

        assertThat(accounts.stats().storeFailures()).isEqualTo(2);
    }

    @Test
    void get_storeDownAndLoaderFails_failsAsTheLoaderDid() {
        store.down(true);
        IllegalStateException failure = new IllegalStateException("no account");
        Cached<Long, Account> failing = larder.cached("failing:{key}", Long.class, Account.class, id -> {
                    throw failure;
                })
                .ttl("10s")
                .build();

        assertThatThrownBy(() -> failing.get(7L)).isSameAs(failure);
    }

    @Test
    void get_foreignBytes_areACountedMissAndReplaced() {
        store.put("account:7", "written by somebody else".getBytes(StandardCharsets.UTF_8), Duration.ofDays(1));

        assertThat(accounts.get(7L).name()).isEqualTo("load 1");
        assertThat(accounts.get(7L).name()).isEqualTo("load 1");

        assertThat(accounts.stats().unreadable()).isEqualTo(1);
        assertThat(accounts.stats().misses()).isEqualTo(1);
        assertThat(accounts.stats().hits()).isEqualTo(1);
    }

    @Test
    void get_entryOfAnotherKey_isACountedMiss() {
        accounts.get(7L);
        byte[] other = Objects.requireNonNull(store.find("account:7"));
        store.put("account:8", other, Duration.ofDays(1)); // a store that mixes keys up

        assertThat(accounts.get(8L).id()).isEqualTo(8);

        assertThat(accounts.stats().unreadable()).isEqualTo(1);
    }

    @Test
    void get_entryOfAnOlderRecord_isACountedMiss() {
        record Old(long id) {}
        try (Larder before = larder()) {
            before.cached("account:{key}", Long.class, Old.class, Old::new)
                    .ttl("10s")
                    .build()
                    .get(7L);

            assertThat(accounts.get(7L).name()).isEqualTo("load 1");
            assertThat(accounts.stats().unreadable()).isEqualTo(1);
        }
    }

    @Test
    void get_valueOfAnotherTypeThanDeclared_isReturnedAndCounted() {
        @SuppressWarnings({"unchecked", "rawtypes"})
        Loader<Long, List<String>> liar = id -> (List) List.of(1);
        Cached<Long, List<String>> lists = larder.cached(
                        "list:{key}", TypeRef.of(Long.class), new TypeRef<List<String>>() {}, liar)
                .ttl("10s")
                .build();

        assertThat(lists.get(1L)).hasSize(1);

        assertThat(lists.stats().storeFailures()).isEqualTo(1);
    }

    @Test
    void get_manyCallersOfOneKey_readTheStoreOnce() throws Exception {
        accounts.get(7L);
        CountDownLatch gate = new CountDownLatch(1);
        store.beforeFind(() -> {
            try {
                gate.await();
            } catch (InterruptedException e) {
                throw new LarderException("interrupted", e);
            }
        });
        List<FutureTask<Account>> callers = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            FutureTask<Account> caller = new FutureTask<>(() -> accounts.get(7L));
            callers.add(caller);
            Thread thread = new Thread(caller);
            thread.setDaemon(true);
            thread.start();
        }
        Await.until("all but one wait", () -> accounts.stats().joined() == 19);

        gate.countDown();

        for (FutureTask<Account> caller : callers) {
            assertThat(caller.get().name()).isEqualTo("load 1");
        }
        assertThat(store.finds()).isEqualTo(2);
        assertThat(accounts.stats().hits()).isEqualTo(20);
    }

    @Test
    void build_valueWithoutBinaryForm_isRefused() {
        CachedSpec<Long, Thread> spec = larder.cached("t:{key}", Long.class, Thread.class, id -> new Thread())
                .ttl("10s");

        assertThatIllegalArgumentException()
                .isThrownBy(spec::build)
                .withMessage(
                        "values of \"t:{key}\" cannot be stored: Thread has no binary form;"
                                + " use a record, text, numbers, dates, enums, List, Set, Map or Optional of them, or a mem: store");
    }
}
