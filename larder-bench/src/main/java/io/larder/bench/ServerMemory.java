package io.larder.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;

/**
 * How much memory a server's process takes once it was filled with twice what it holds, twice; {@code bench/memory} starts one for
 * each mix of sizes and calls this.
 *
 * <p>Arguments: megabytes of {@code -m}, mix, address and process id of the server. A mix is one value size for each fill, joined by
 * {@code /}: a number of bytes, or {@code mixed} for 10 bytes to 64 KiB, as many in each doubling. Without arguments it prints
 * the header of the table.
 */
public final class ServerMemory {
    private static final int STORES_PER_WRITE = 50;
    private static final int MIXED_BYTES_MIN = 10;
    private static final double MIXED_DOUBLINGS = 12.6;

    /** Of a mixed value. */
    private static final int MIXED_BYTES_MEAN = 7_500;

    private static final int VALUE_BYTES_MAX = 1_000_000;

    /** What any server needs at least for an item, besides key and value. */
    private static final int ITEM_BYTES = 20;

    /** What the process may take besides {@code -m}. */
    private static final int OVER_MEGABYTES_MAX = 90;

    private ServerMemory() {}

    /** Prints one row, and says so if the process took more than it may. */
    public static void main(String[] arguments) throws IOException {
        if (arguments.length == 0) {
            System.out.printf(
                    "%-22s %6s %10s %10s %10s %8s%n", "value bytes", "-m", "resident", "share", "at most", "over -m");
            return;
        }
        int megabytes = Integer.parseInt(arguments[0]);
        long pid = Long.parseLong(arguments[3]);
        fill(ReplayServer.parse("server", arguments[2]), megabytes, arguments[1].split("/", 0));
        long resident = kilobytes(pid, "status", "VmRSS:");
        long share = kilobytes(pid, "smaps_rollup", "Pss:");
        long most = kilobytes(pid, "status", "VmHWM:");
        double over = most / 1024.0 - megabytes;
        System.out.printf(
                Locale.ROOT,
                "%-22s %6d %7d MB %7d MB %7d MB %5.0f MB%s%n",
                arguments[1],
                megabytes,
                resident >> 10,
                share >> 10,
                most >> 10,
                over,
                over > OVER_MEGABYTES_MAX ? "  more than " + OVER_MEGABYTES_MAX : "");
    }

    private static void fill(ReplayServer server, int megabytes, String[] mix) throws IOException {
        byte[] value = new byte[VALUE_BYTES_MAX];
        Arrays.fill(value, (byte) '.');
        ReplayProgress progress = ReplayProgress.of(String.join("/", mix), mix.length);
        try (ReplayWire wire = new ReplayWire(server.address())) {
            long key = 0;
            for (int pass = 0; pass < mix.length; pass++) {
                boolean mixed = mix[pass].equals("mixed");
                int fixed = mixed ? MIXED_BYTES_MEAN : Integer.parseInt(mix[pass]);
                long keys = 2L * ((long) megabytes << 20) / (ReplayWire.KEY_BYTES + fixed + ITEM_BYTES);
                int underWay = 0;
                for (long from = 0; from < keys; from += STORES_PER_WRITE) {
                    for (int i = 0; i < STORES_PER_WRITE; i++) {
                        wire.set(key, 0, value, mixed ? mixedBytes(key) : fixed);
                        key++;
                    }
                    wire.flush();
                    awaitStored(wire, underWay);
                    underWay = STORES_PER_WRITE;
                }
                awaitStored(wire, underWay);
                progress.at(pass + 1);
            }
        } finally {
            progress.end();
        }
    }

    private static void awaitStored(ReplayWire wire, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            if (!wire.accepted()) {
                throw new IOException("the server refused to store");
            }
        }
    }

    /** Even on a scale of doublings, and the same in every run. */
    private static int mixedBytes(long key) {
        double place = ((key * 0x9e3779b97f4a7c15L) >>> 11) * 0x1.0p-53;
        return (int) (MIXED_BYTES_MIN * Math.pow(2, place * MIXED_DOUBLINGS));
    }

    private static long kilobytes(long pid, String file, String field) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc", String.valueOf(pid), file))) {
            if (line.startsWith(field)) {
                return Long.parseLong(line.replaceAll("[^0-9]", ""));
            }
        }
        throw new IOException("/proc says nothing of " + field + " of process " + pid);
    }
}
