package io.larder.storage;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Whether a store behaves as if its calls came one after another, while segments are squeezed out and used again.
 *
 * <p>On real threads only: Lincheck's model checker does not know views of byte buffers.
 */
class StoreLincheckTest {
    private static final int THREADS = 3;
    private static final int KEYS = 2;

    @Test
    void calls_inParallel_areLinearizable() {
        new StressOptions()
                .iterations(20)
                .invocationsPerIteration(60)
                .threads(THREADS)
                .actorsPerThread(4)
                .actorsBefore(2)
                .actorsAfter(2)
                .sequentialSpecification(Model.class)
                .check(Calls.class);
    }

    /** What the calls mean. */
    public static class Model {
        private final Map<Integer, String> values = new HashMap<>();
        private final Map<Integer, Integer> versions = new HashMap<>();
        private final Map<Integer, Integer> seen = new HashMap<>();
        private int stores;

        public @Nullable String get(int thread, int key) {
            return values.get(key);
        }

        public @Nullable String gets(int thread, int key) {
            if (values.containsKey(key)) {
                seen.put(thread * KEYS + key, versions.getOrDefault(key, 0));
            }
            return values.get(key);
        }

        public Outcome set(int thread, int key, int value) {
            return put(key, Integer.toString(value));
        }

        public Outcome add(int thread, int key, int value) {
            return values.containsKey(key) ? Outcome.NOT_STORED : put(key, Integer.toString(value));
        }

        public Outcome replace(int thread, int key, int value) {
            return values.containsKey(key) ? put(key, Integer.toString(value)) : Outcome.NOT_STORED;
        }

        public Outcome append(int thread, int key, int value) {
            return values.containsKey(key) ? put(key, values.get(key) + value) : Outcome.NOT_STORED;
        }

        public Outcome prepend(int thread, int key, int value) {
            return values.containsKey(key) ? put(key, value + values.get(key)) : Outcome.NOT_STORED;
        }

        public Outcome cas(int thread, int key, int value) {
            if (!values.containsKey(key)) {
                return Outcome.NOT_FOUND;
            }
            boolean unchanged = seen.getOrDefault(thread * KEYS + key, -1).equals(versions.get(key));
            return unchanged ? put(key, Integer.toString(value)) : Outcome.EXISTS;
        }

        public long increment(int thread, int key, int delta) {
            String value = values.get(key);
            if (value == null) {
                return -1;
            }
            long counted = Long.parseLong(value) + delta;
            put(key, Long.toString(counted));
            return counted;
        }

        public boolean touch(int thread, int key) {
            return values.containsKey(key);
        }

        public boolean delete(int thread, int key) {
            return values.remove(key) != null;
        }

        public void flush(int thread) {
            values.clear();
        }

        public void squeeze() {
            // changes nothing that can be seen
        }

        private Outcome put(int key, String value) {
            values.put(key, value);
            versions.put(key, ++stores);
            return Outcome.STORED;
        }
    }

    /** One session a thread. */
    @Param(name = "thread", gen = ThreadIdGen.class)
    @Param(name = "key", gen = IntGen.class, conf = "0:1")
    @Param(name = "value", gen = IntGen.class, conf = "1:9")
    public static class Calls {
        private final SegmentStore store =
                new SegmentStore(new StorageConfig(1 << 20, 1024, false, 1, null), () -> 0, 1);
        private final ItemStore.Session[] sessions = new ItemStore.Session[THREADS + 2];
        private final long[] tokens = new long[sessions.length * KEYS];

        public Calls() {
            for (int i = 0; i < sessions.length; i++) {
                sessions[i] = store.session();
            }
        }

        @Operation
        public @Nullable String get(@Param(name = "thread") int thread, @Param(name = "key") int key) {
            return ItemStoreContract.text(sessions[thread].get(key(key)));
        }

        @Operation
        public @Nullable String gets(@Param(name = "thread") int thread, @Param(name = "key") int key) {
            ItemStore.Item item = sessions[thread].get(key(key));
            if (item != null) {
                tokens[thread * KEYS + key] = item.cas();
            }
            return ItemStoreContract.text(item);
        }

        @Operation
        public Outcome set(
                @Param(name = "thread") int thread, @Param(name = "key") int key, @Param(name = "value") int value) {
            return store(StoreMode.SET, thread, key, value);
        }

        @Operation
        public Outcome add(
                @Param(name = "thread") int thread, @Param(name = "key") int key, @Param(name = "value") int value) {
            return store(StoreMode.ADD, thread, key, value);
        }

        @Operation
        public Outcome replace(
                @Param(name = "thread") int thread, @Param(name = "key") int key, @Param(name = "value") int value) {
            return store(StoreMode.REPLACE, thread, key, value);
        }

        @Operation
        public Outcome append(
                @Param(name = "thread") int thread, @Param(name = "key") int key, @Param(name = "value") int value) {
            return store(StoreMode.APPEND, thread, key, value);
        }

        @Operation
        public Outcome prepend(
                @Param(name = "thread") int thread, @Param(name = "key") int key, @Param(name = "value") int value) {
            return store(StoreMode.PREPEND, thread, key, value);
        }

        @Operation
        public Outcome cas(
                @Param(name = "thread") int thread, @Param(name = "key") int key, @Param(name = "value") int value) {
            return sessions[thread].compareAndStore(key(key), text(value), 0, 0, tokens[thread * KEYS + key]);
        }

        /** Answers the new number, or -1 where nothing was. */
        @Operation
        public long increment(
                @Param(name = "thread") int thread, @Param(name = "key") int key, @Param(name = "value") int value) {
            Outcome outcome = sessions[thread].increment(key(key), value);
            return outcome == Outcome.STORED ? sessions[thread].counter() : -1;
        }

        @Operation
        public boolean touch(@Param(name = "thread") int thread, @Param(name = "key") int key) {
            return sessions[thread].touch(key(key), 100_000);
        }

        @Operation
        public boolean delete(@Param(name = "thread") int thread, @Param(name = "key") int key) {
            return sessions[thread].delete(key(key));
        }

        @Operation
        public void flush(@Param(name = "thread") int thread) {
            sessions[thread].flush(0);
        }

        /** Moves what is alive in some segment to another one, and frees what nobody reads any more. */
        @Operation
        public void squeeze() {
            store.log.sealAll();
            store.reclaimer.step(Long.MAX_VALUE, false);
        }

        private Outcome store(StoreMode mode, int thread, int key, int value) {
            return sessions[thread].store(mode, key(key), text(value), 0, 0);
        }

        private static ByteBuffer key(int key) {
            return ByteBuffer.wrap(new byte[] {(byte) ('a' + key)});
        }

        private static ByteBuffer text(int value) {
            return ByteBuffer.wrap(Integer.toString(value).getBytes(US_ASCII));
        }
    }
}
