package io.larder.bench;

import io.larder.base.Ticker;
import io.larder.storage.ItemStore;
import io.larder.storage.Outcome;
import io.larder.storage.SegmentStore;
import io.larder.storage.StorageConfig;
import io.larder.storage.StoreMode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * Stops and kills a process with a store on a file, again and again: {@code StoreKills ROUNDS FILE}.
 *
 * <p>Each child reads every key and ends with an error if one holds anything but a whole value of its own; then it stores
 * until it is killed or told to stop. After a stop it must hold something, after a kill nothing.
 */
public final class StoreKills {
    private static final int KEYS = 40_000;
    private static final int VALUE_BYTES_MAX = 3_000;
    private static final int READY = 'r';
    private static final int FOREIGN = 3;
    private static final int WRONG_COUNT = 4;

    private static volatile boolean stopped;

    private StoreKills() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        if (args[0].equals("child")) {
            child(Path.of(args[1]), Long.parseLong(args[2]), args[3].equals("warm"));
            return;
        }
        int rounds = Integer.parseInt(args[0]);
        SplittableRandom random = new SplittableRandom(11);
        boolean warm = false;
        int kills = 0;
        for (int round = 1; round <= rounds; round++) {
            Process child = start(args[1], round, warm);
            warm = random.nextBoolean();
            kills += warm ? 0 : 1;
            if (child.getInputStream().read() != READY) {
                throw new IllegalStateException("round %d: child ended with %d".formatted(round, child.waitFor()));
            }
            if (child.waitFor(random.nextInt(400), TimeUnit.MILLISECONDS)) {
                throw new IllegalStateException(
                        "round %d: child ended by itself with %d".formatted(round, child.exitValue()));
            }
            if (warm) {
                child.getOutputStream().close(); // its end tells the child to stop
                int status = child.waitFor();
                if (status != 0) {
                    throw new IllegalStateException("round %d: child ended with %d".formatted(round, status));
                }
            } else {
                child.destroyForcibly().waitFor();
            }
            if (round % 20 == 0) {
                System.out.printf("%d rounds, %d of them kills, nothing torn or foreign%n", round, kills);
            }
        }
    }

    private static Process start(String file, int round, boolean warm) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        StoreKills.class.getName(),
                        "child",
                        file,
                        Integer.toString(round),
                        warm ? "warm" : "cold")
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static void child(Path file, long seed, boolean warm) {
        SegmentStore store = SegmentStore.open(new StorageConfig(16 << 20, 1 << 20).withFile(file), Ticker.SYSTEM);
        SplittableRandom random = new SplittableRandom(seed);
        ByteBuffer copy = ByteBuffer.allocate(VALUE_BYTES_MAX);
        try (ItemStore.Session session = store.session()) {
            int found = 0;
            for (int i = 0; i < KEYS; i++) {
                ItemStore.Item item = session.get(key(i));
                if (item != null) {
                    found++;
                    item.copyValue(0, item.valueBytes(), copy.clear());
                    if (!isWhole(i, copy.flip())) {
                        System.exit(FOREIGN);
                    }
                }
            }
            if (warm != found > 0) {
                System.exit(WRONG_COUNT);
            }
            watchInput();
            while (!stopped) {
                for (int n = 0; n < 200; n++) {
                    int i = random.nextInt(KEYS);
                    Outcome outcome = session.store(StoreMode.SET, key(i), value(i, random), 0, 0);
                    if (outcome != Outcome.STORED) {
                        throw new IllegalStateException("not stored: " + outcome);
                    }
                }
                System.out.write(READY); // the parent waits for the first one
                System.out.flush();
            }
        }
        store.close();
    }

    /** Sets the flag when the parent closes our input. */
    private static void watchInput() {
        Thread watcher = new Thread(() -> {
            try {
                while (System.in.read() >= 0) {
                    // the parent writes nothing
                }
            } catch (IOException e) {
                System.err.println("input broke: " + e.getMessage());
            }
            stopped = true;
        });
        watcher.setDaemon(true);
        watcher.start();
    }

    private static ByteBuffer key(int number) {
        return ByteBuffer.allocate(8).putLong(0, number);
    }

    private static ByteBuffer value(int number, SplittableRandom random) {
        int seed = random.nextInt();
        ByteBuffer value = ByteBuffer.allocate(8 + random.nextInt(VALUE_BYTES_MAX - 8));
        value.putInt(number).putInt(seed);
        while (value.hasRemaining()) {
            value.put((byte) (seed + value.position()));
        }
        return value.flip();
    }

    private static boolean isWhole(int number, ByteBuffer value) {
        int seed = value.getInt(4);
        boolean whole = value.getInt(0) == number;
        for (int i = 8; i < value.limit() && whole; i++) {
            whole = value.get(i) == (byte) (seed + i);
        }
        return whole;
    }
}
