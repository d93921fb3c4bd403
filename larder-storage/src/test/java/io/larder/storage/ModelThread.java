package io.larder.storage;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * One thread of {@link StoreModel}: random calls on keys of its own, each compared with a map, and calls on keys shared with
 * the others, whose values tell by themselves whether they are whole.
 */
final class ModelThread {
    private static final int OWN_KEYS = 3_000;
    private static final int SHARED_KEYS = 500;
    private static final int[] TTLS = {0, 0, 0, 0, 1, 2, 5, 20, 100, 1_000, 5_000, 40_000, 100_000};

    private final int id;
    private final StoreModel model;
    private final ItemStore.Session session;
    private final SplittableRandom random;
    private final Map<Integer, ModelEntry> entries = new HashMap<>();
    private final ByteBuffer copied = ByteBuffer.allocate(StoreModel.VALUE_BYTES_MAX);
    private long operations;

    /** Own keys the store did not hold although the model does. */
    long lost;

    ModelThread(int id, StoreModel model, long seed) {
        this.id = id;
        this.model = model;
        session = model.store.session();
        random = new SplittableRandom(seed * 31 + id);
    }

    /** Some operations while clock and flushes stand still. */
    void run(long count) {
        for (long i = 0; i < count; i++) {
            operations++;
            if (random.nextInt(8) == 0) {
                useShared();
            } else {
                useOwn(random.nextInt(OWN_KEYS));
            }
            if (random.nextInt(16) == 0) {
                session.quiesce();
                if (random.nextBoolean()) {
                    session.beginBatch();
                }
            }
        }
        session.quiesce();
    }

    /** Forgets what a flush removes. */
    void flushed() {
        entries.clear();
    }

    /** Compares every own key. */
    void checkAll() {
        for (int key = 0; key < OWN_KEYS; key++) {
            compare(key, session.get(key(key)));
        }
    }

    void close() {
        session.close();
    }

    private void useOwn(int number) {
        ByteBuffer key = key(number);
        switch (random.nextInt(20)) {
            case 0, 1, 2, 3, 4, 5 -> compare(number, session.get(key));
            case 6, 7, 8, 9, 10 -> set(number, key);
            case 11 -> modify(number, key, random.nextBoolean() ? StoreMode.ADD : StoreMode.REPLACE);
            case 12 -> modify(number, key, random.nextBoolean() ? StoreMode.APPEND : StoreMode.PREPEND);
            case 13 -> compareAndStore(number, key);
            case 14, 15 -> count(number, key);
            case 16 -> touch(number, key);
            case 17 -> getAndTouch(number, key);
            case 18 -> delete(number, key);
            default -> setNumber(number, key);
        }
    }

    private void set(int number, ByteBuffer key) {
        ModelEntry entry = newEntry(bytes(randomSize()));
        expect(number, Outcome.STORED, store(StoreMode.SET, key, entry));
        entries.put(number, entry);
    }

    private void setNumber(int number, ByteBuffer key) {
        ModelEntry entry = newEntry(Long.toString(random.nextLong(1_000_000)).getBytes(US_ASCII));
        expect(number, Outcome.STORED, store(StoreMode.SET, key, entry));
        entries.put(number, entry);
    }

    private Outcome store(StoreMode mode, ByteBuffer key, ModelEntry entry) {
        long ttl = entry.deadline == 0 ? 0 : entry.deadline - model.now();
        return session.store(mode, key, ByteBuffer.wrap(entry.value), entry.flags, ttl);
    }

    private void modify(int number, ByteBuffer key, StoreMode mode) {
        ModelEntry present = live(number);
        ModelEntry entry = newEntry(bytes(random.nextInt(200)));
        boolean extends1 = mode == StoreMode.APPEND || mode == StoreMode.PREPEND;
        boolean fits =
                present == null || !extends1 || present.value.length + entry.value.length <= StoreModel.VALUE_BYTES_MAX;
        Outcome ifAbsent = mode == StoreMode.ADD ? Outcome.STORED : Outcome.NOT_STORED;
        Outcome ifPresent = !fits ? Outcome.TOO_LARGE : mode == StoreMode.ADD ? Outcome.NOT_STORED : Outcome.STORED;
        Outcome outcome = store(mode, key, entry);
        if (present != null && outcome == ifAbsent) {
            lost(number);
            if (mode == StoreMode.ADD) {
                entries.put(number, entry);
            }
            return;
        }
        expect(number, present == null ? ifAbsent : ifPresent, outcome);
        if (outcome == Outcome.STORED) {
            if (present != null && extends1) {
                entry.value =
                        mode == StoreMode.APPEND ? join(present.value, entry.value) : join(entry.value, present.value);
                entry.flags = present.flags;
                entry.deadline = present.deadline;
            }
            entries.put(number, entry);
        }
    }

    private void compareAndStore(int number, ByteBuffer key) {
        ModelEntry present = live(number);
        ModelEntry entry = newEntry(bytes(random.nextInt(100)));
        boolean right = present != null && present.cas != 0 && random.nextBoolean();
        long token = right && present != null ? present.cas : 0x7fff_ffff_ffffL;
        long ttl = entry.deadline == 0 ? 0 : entry.deadline - model.now();
        Outcome outcome = session.compareAndStore(key, ByteBuffer.wrap(entry.value), entry.flags, ttl, token);
        if (present != null && outcome == Outcome.NOT_FOUND) {
            lost(number);
            return;
        }
        expect(number, present == null ? Outcome.NOT_FOUND : right ? Outcome.STORED : Outcome.EXISTS, outcome);
        if (outcome == Outcome.STORED) {
            entries.put(number, entry);
        }
    }

    private void count(int number, ByteBuffer key) {
        ModelEntry present = live(number);
        boolean down = random.nextBoolean();
        long delta = random.nextLong(1_000);
        Outcome outcome = down ? session.decrement(key, delta) : session.increment(key, delta);
        if (present != null && outcome == Outcome.NOT_FOUND) {
            lost(number);
            return;
        }
        if (present == null) {
            expect(number, Outcome.NOT_FOUND, outcome);
            return;
        }
        if (present.value.length > Counting.TEXT_BYTES_MAX) {
            expect(number, Outcome.NOT_NUMERIC, outcome);
            return;
        }
        long old;
        try {
            old = Decimal.parse(present.value);
        } catch (NumberFormatException e) {
            expect(number, Outcome.NOT_NUMERIC, outcome);
            return;
        }
        long counted = !down ? old + delta : Long.compareUnsigned(delta, old) > 0 ? 0 : old - delta;
        expect(number, Outcome.STORED, outcome);
        present.value = Decimal.format(counted, present.value.length);
        present.cas = 0;
        if (session.counter() != counted) {
            throw difference(number, "counter " + session.counter() + ", not " + counted);
        }
    }

    private void touch(int number, ByteBuffer key) {
        ModelEntry present = live(number);
        int ttl = TTLS[random.nextInt(TTLS.length)];
        boolean touched = session.touch(key, ttl);
        if (present == null) {
            expect(number, false, touched);
        } else if (!touched) {
            lost(number);
        } else {
            present.deadline = deadline(ttl);
        }
    }

    private void getAndTouch(int number, ByteBuffer key) {
        int ttl = TTLS[random.nextInt(TTLS.length)];
        compare(number, session.getAndTouch(key, ttl));
        ModelEntry present = live(number);
        if (present != null) {
            present.deadline = deadline(ttl);
        }
    }

    private void delete(int number, ByteBuffer key) {
        ModelEntry present = live(number);
        boolean deleted = session.delete(key);
        if (present == null) {
            expect(number, false, deleted);
        } else if (!deleted) {
            lost(number);
        }
        entries.remove(number);
    }

    private void compare(int number, ItemStore.@Nullable Item item) {
        ModelEntry present = live(number);
        if (item == null) {
            if (present != null) {
                lost(number);
            }
            return;
        }
        if (present == null) {
            throw difference(number, "an item of " + item.valueBytes() + " bytes, where none should be");
        }
        if (item.flags() != present.flags || item.valueBytes() != present.value.length) {
            throw difference(number, "flags or length differ: " + item.valueBytes() + ", not " + present.value.length);
        }
        if (present.cas != 0 && present.cas != item.cas()) {
            throw difference(number, "token changed without a store");
        }
        present.cas = item.cas();
        copyOut(item);
        if (Arrays.mismatch(copied.array(), 0, copied.position(), present.value, 0, present.value.length) >= 0) {
            throw difference(number, "another value");
        }
    }

    /** In pieces, as a server does. */
    private void copyOut(ItemStore.Item item) {
        copied.clear();
        int half = item.valueBytes() / 2;
        item.copyValue(0, half, copied);
        item.copyValue(half, item.valueBytes() - half, copied);
    }

    private void useShared() {
        int number = random.nextInt(SHARED_KEYS);
        ByteBuffer key = ByteBuffer.wrap(("shared:" + number).getBytes(US_ASCII));
        int what = random.nextInt(11);
        if (what < 6 || what == 10) {
            ItemStore.Item item =
                    what < 6 ? session.get(key) : session.getAndTouch(key, TTLS[random.nextInt(TTLS.length)]);
            if (item != null) {
                copyOut(item);
                checkShared(number);
            }
        } else if (what < 9) {
            session.store(StoreMode.SET, key, sharedValue(number), number, TTLS[random.nextInt(TTLS.length)]);
        } else {
            session.delete(key);
        }
    }

    private ByteBuffer sharedValue(int number) {
        int size = 8 + random.nextInt(random.nextInt(20) == 0 ? 30_000 : 400);
        int seed = random.nextInt();
        ByteBuffer value = ByteBuffer.allocate(size).putInt(number).putInt(seed);
        while (value.hasRemaining()) {
            value.put((byte) (seed + value.position() * 7));
        }
        return value.flip();
    }

    private void checkShared(int number) {
        copied.flip();
        int seed = copied.getInt(4);
        boolean whole = copied.getInt(0) == number;
        for (int i = 8; i < copied.limit() && whole; i++) {
            whole = copied.get(i) == (byte) (seed + i * 7);
        }
        if (!whole) {
            throw difference(number, "a torn or foreign value of " + copied.limit() + " bytes under a shared key");
        }
    }

    private @Nullable ModelEntry live(int number) {
        ModelEntry entry = entries.get(number);
        if (entry != null && entry.isOver(model.now())) {
            entries.remove(number);
            return null;
        }
        return entry;
    }

    /** Fine where the store had to evict: whether as many were evicted is compared at the end. */
    private void lost(int number) {
        lost++;
        entries.remove(number);
    }

    private ModelEntry newEntry(byte[] value) {
        ModelEntry entry = new ModelEntry();
        entry.value = value;
        entry.flags = random.nextInt(3) == 0 ? random.nextInt() : 0;
        entry.deadline = deadline(TTLS[random.nextInt(TTLS.length)]);
        return entry;
    }

    private long deadline(int ttl) {
        return ttl == 0 ? 0 : model.now() + ttl;
    }

    private int randomSize() {
        int kind = random.nextInt(400);
        return kind == 0
                ? random.nextInt(StoreModel.VALUE_BYTES_MAX)
                : random.nextInt(kind < 5 ? 10_000 : kind < 50 ? 1_000 : 100);
    }

    private byte[] bytes(int size) {
        byte[] bytes = new byte[size];
        random.nextBytes(bytes);
        return bytes;
    }

    /** From 2 to 250 bytes long. */
    private ByteBuffer key(int number) {
        String text = id + ":" + number + (number % 50 == 0 ? "x".repeat(240 - number % 7) : "");
        return ByteBuffer.wrap(text.getBytes(US_ASCII));
    }

    private static byte[] join(byte[] first, byte[] second) {
        byte[] joined = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, joined, first.length, second.length);
        return joined;
    }

    private void expect(int number, Object expected, Object actual) {
        if (!expected.equals(actual)) {
            throw difference(number, actual + ", not " + expected);
        }
    }

    private AssertionError difference(int number, String what) {
        return new AssertionError("thread %d, operation %d, key %d: %s".formatted(id, operations, number, what));
    }
}
