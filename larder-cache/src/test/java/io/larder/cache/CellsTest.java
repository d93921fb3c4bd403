package io.larder.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.larder.base.FakeTicker;
import io.larder.base.LarderException;
import io.larder.cache.spi.CellSpace;
import io.larder.cache.spi.Cells;
import io.larder.cache.spi.StoreContext;
import java.lang.reflect.Method;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What a Larder lends: cells by key template, from the store the key is routed to. */
class CellsTest {
    private static final Duration TTL = Duration.ofSeconds(10);
    private static final byte[] VALUE = {1};

    private final FakeTicker ticker = new FakeTicker();
    private final StoreContext context = new StoreContext(ticker, new FakeClock(ticker), Runnable::run);

    record Visit(String tenant, long id) {}

    interface Desk {
        void visit(String tenant, long id);

        void leave(Visit visit);
    }

    private static Method method(String name) {
        for (Method method : Desk.class.getMethods()) {
            if (method.getName().equals(name)) {
                return method;
            }
        }
        throw new AssertionError(name);
    }

    @Test
    void cells_fullOfLivingOnes_refuseAnotherAndForgetNone() {
        MemoryCells cells = new MemoryCells(3, context);
        for (int i = 0; i < 3; i++) {
            assertThat(cells.add("~" + i, VALUE, TTL)).isTrue();
        }

        assertThatThrownBy(() -> cells.add("~3", VALUE, TTL))
                .isInstanceOf(LarderException.class)
                .hasMessage("no room for ~3: 3 locks and counters are in use; write mem:?cells=6 for more");
        assertThatThrownBy(() -> cells.count("~3", 1, 0, TTL)).isInstanceOf(LarderException.class);

        assertThat(cells.add("~2", VALUE, TTL)).isFalse();
        assertThat(cells.count("~3", 0, 0, TTL)).isZero();
    }

    @Test
    void cells_timeOver_makeRoom() {
        MemoryCells cells = new MemoryCells(3, context);
        for (int i = 0; i < 3; i++) {
            cells.count("~" + i, 1, 0, TTL);
        }

        ticker.advance(TTL.multipliedBy(2));

        assertThat(cells.add("~3", VALUE, TTL)).isTrue();
    }

    @Test
    void cells_storeFullOfEntries_stay() {
        MemoryStore store = new MemoryStore(10, Duration.ofHours(1), context);
        store.cells().add("~lock", VALUE, TTL);

        for (int i = 0; i < 1000; i++) {
            store.put("k" + i, i, TTL);
        }

        assertThat(store.cells().find("~lock")).isNotNull();
    }

    @Test
    void host_sameTemplateAndKind_sharesCellsOverMethodsAndArguments() {
        try (Larder larder = Larder.open("mem:")) {
            CellSpace<Visit> byRecord = larder.host().cells("lock", "visit:{tenant}:{id}", Visit.class);
            CellSpace<Arguments> byMethod = larder.host().cells("lock", "visit:{tenant}:{id}", method("visit"));
            CellSpace<Arguments> byOne =
                    larder.host().cells("lock", "visit:{visit.tenant}:{visit.id}", method("leave"));

            String key = byRecord.key(new Visit("a", 7), "");

            assertThat(key).isEqualTo("~lock:visit:a:7");
            assertThat(byMethod.key(Arguments.of("a", 7L), "")).isEqualTo(key);
            assertThat(byOne.key(Arguments.of(new Visit("a", 7)), "")).isEqualTo(key);
            assertThat(byOne.cells()).isSameAs(byRecord.cells());
        }
    }

    @Test
    void host_otherKindOrSuffix_isAnotherKey() {
        try (Larder larder = Larder.open("mem:")) {
            CellSpace<String> locks = larder.host().cells("lock", "x:{key}", String.class);
            CellSpace<String> rates = larder.host().cells("rate", "x:{key}", String.class);

            assertThat(rates.key("a", "")).isNotEqualTo(locks.key("a", ""));
            assertThat(rates.key("a", ":12")).isEqualTo("~rate:x:a:12");
        }
    }

    @Test
    void host_longArgument_keepsKeysShortAndApart() {
        try (Larder larder = Larder.open("mem:")) {
            CellSpace<String> rates = larder.host().cells("rate", "x:{key}", String.class);
            String almost = "y".repeat(200 - "~rate:x:".length());

            assertThat(rates.key(almost, "")).hasSize(200);
            assertThat(rates.key(almost, ":12")).hasSize(200).isNotEqualTo(rates.key(almost, ":13"));
            assertThat(rates.key("y".repeat(999), ":12")).hasSize(200).isNotEqualTo(rates.key("y".repeat(998), ":12"));
        }
    }

    @Test
    void host_tiered_usesTheOuterStore() {
        FakeByteStore far = new FakeByteStore(ticker);
        try (Larder larder = Larder.builder().ticker(ticker).store(far).open()) {
            Cells cells = larder.host().cells("lock", "x:{key}", String.class).cells();

            cells.add("~lock:x:a", VALUE, TTL);

            assertThat(far.cells().find("~lock:x:a")).isNotNull();
        }
        Surroundings around =
                new Surroundings(ticker, new FakeClock(ticker), () -> 0, new Background(null, 1), (delay, task) -> {});
        Backend tiered = Backend.tiered("tiered:", new MemoryStore(10, TTL, context), far, Values.DEFAULT, around);
        tiered.cells("x:{key}").add("~lock:x:b", VALUE, TTL);
        assertThat(far.cells().find("~lock:x:b")).isNotNull();
    }

    @Test
    void host_storeDown_raisesAndIsLeftAloneAfterFiveFailures() {
        FakeByteStore far = new FakeByteStore(ticker);
        far.down(true);
        try (Larder larder = Larder.builder().ticker(ticker).store(far).open()) {
            Cells cells = larder.host().cells("lock", "x:{key}", String.class).cells();
            for (int i = 0; i < Breaker.FAILURES_IN_A_ROW; i++) {
                assertThatThrownBy(() -> cells.add("~lock:x:a", VALUE, TTL)).hasMessageContaining("gave no reply");
            }

            far.down(false);

            assertThatThrownBy(() -> cells.count("~c", 1, 0, TTL)).hasMessageContaining("left alone for a while");
            ticker.advance(Duration.ofSeconds(1));
            assertThat(cells.count("~c", 1, 0, TTL)).isEqualTo(1);
        }
    }

    @Test
    void host_storeWithoutCells_isRefusedInOneLine() {
        try (Larder larder =
                Larder.builder().url("mem:").route("none:", "null:").open()) {
            assertThatThrownBy(() -> larder.host().cells("lock", "none:{key}", String.class))
                    .hasMessage("\"none:{key}\" needs a store that changes entries atomically, and null: does not;"
                            + " write mem: or memcached://host:11211 without rehash or gutter, or route it there");
            assertThat(larder.host().cells("lock", "some:{key}", String.class)).isNotNull();
        }
    }

    @Test
    void host_unknownName_isRefusedAsForKeys() {
        try (Larder larder = Larder.open("mem:")) {
            assertThatThrownBy(() -> larder.host().cells("lock", "x:{nam}", Visit.class))
                    .hasMessageStartingWith("key template \"x:{nam}\" uses {nam}, names are [tenant, id, key];");
            assertThatThrownBy(() -> larder.host().cells("lock", "x:{visi.id}", method("leave")))
                    .hasMessageStartingWith("key template \"x:{visi.id}\" uses {visi.id}, parameters are [visit];");
        }
    }

    @Test
    void chaos_passesCellsThroughAndFailsByChance() {
        try (Larder larder = Larder.open("chaos:mem:?fail=0.5&seed=3")) {
            Cells cells = larder.host().cells("lock", "x:{key}", String.class).cells();
            int failed = 0;
            int added = 0;
            for (int i = 0; i < 100; i++) {
                try {
                    added += cells.add("~lock:x:" + i, VALUE, TTL) ? 1 : 0;
                } catch (LarderException e) {
                    failed++;
                }
            }

            assertThat(failed).isBetween(20, 80);
            assertThat(added).isEqualTo(100 - failed);
        }
    }
}
