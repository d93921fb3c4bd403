package io.larder.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Counts how many items two servers of the same {@code -m} hold; {@code bench/items} starts both and calls this for each size.
 *
 * <p>Arguments: megabytes of {@code -m}, bytes of a value, memcached's address and process id, Larder's address and process id.
 * Without arguments it prints the header of the table. Resident memory is of the whole process, the JVM included.
 */
public final class ItemsPerByte {
    private ItemsPerByte() {}

    private record Held(long items, long residentMegabytes, long refused) {}

    /** Prints one row. */
    public static void main(String[] arguments) throws IOException {
        if (arguments.length == 0) {
            System.out.printf("%6s %10s | %-27s | %-27s |%n", "value", "keys", "memcached", "Larder");
            String columns = String.format("%10s %7s %8s", "items", "bytes", "resident");
            System.out.printf("%6s %10s | %s | %s | %s%n", "bytes", "stored", columns, columns, "ratio");
            return;
        }
        int megabytes = Integer.parseInt(arguments[0]);
        int valueBytes = Integer.parseInt(arguments[1]);
        long keys = ItemsFill.keysToOverfill(megabytes, valueBytes);
        ReplayServer peer = ReplayServer.parse("memcached", arguments[2]);
        ReplayServer larder = ReplayServer.parse("Larder", arguments[4]);
        Held byPeer = held(peer, Long.parseLong(arguments[3]), valueBytes, keys);
        Held byLarder = held(larder, Long.parseLong(arguments[5]), valueBytes, keys);
        System.out.printf(
                Locale.ROOT,
                "%6d %10d | %s | %s | %5.2f%s%n",
                valueBytes,
                keys,
                columns(byPeer, megabytes),
                columns(byLarder, megabytes),
                (double) byLarder.items() / byPeer.items(),
                remark(byPeer) + remark(byLarder));
    }

    private static Held held(ReplayServer server, long pid, int valueBytes, long keys) throws IOException {
        ReplayProgress progress = ReplayProgress.of(valueBytes + " bytes on " + server.name(), 2 * keys);
        try (ItemsFill fill = new ItemsFill(server, valueBytes, keys)) {
            fill.fill(progress::at);
            long resident = residentMegabytes(pid);
            return new Held(fill.count(read -> progress.at(keys + read)), resident, fill.refused());
        } finally {
            progress.end();
        }
    }

    private static String columns(Held held, int megabytes) {
        double bytesEach = (double) ((long) megabytes << 20) / held.items();
        return String.format(Locale.ROOT, "%10d %7.1f %5d MB", held.items(), bytesEach, held.residentMegabytes());
    }

    private static String remark(Held held) {
        return held.refused() == 0 ? "" : "  " + held.refused() + " stores refused";
    }

    /** Resident memory of a process in MiB, from Linux's {@code /proc}. */
    private static long residentMegabytes(long pid) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc", String.valueOf(pid), "status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("[^0-9]", "")) >> 10;
            }
        }
        throw new IOException("process " + pid + " is gone");
    }
}
