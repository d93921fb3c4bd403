package io.larder.bench;

import java.util.Locale;

/**
 * One cell of the table: a trace in so many copies against servers of so much memory.
 *
 * <p>memcached needs a page of 1 MiB for every size class and {@code -m} counts whole megabytes, so a cache of a few megabytes says
 * nothing; copies make it larger at the same share of the unique bytes. The requests a cell needs grow with the memory, whatever
 * part of the trace is copied, so a sample of the keys would save no time: where the time allows fewer copies the cell is replayed
 * with those and marked.
 *
 * @param trace file name without {@code .csv.gz}
 * @param percent cache size as a share of the unique bytes
 * @param copies replayed at once, at least 1
 * @param megabytes {@code -m} of both servers, in MiB, at least 2
 */
record ReplayCell(String trace, int percent, int copies, int megabytes) {
    /** From here on memcached's pages are many enough for its classes. */
    static final int MEGABYTES_WANTED = 128;

    /** Measured on two cores that server and generator share with other work; constants, so that a plan can be repeated. */
    private static final double SECONDS_PER_REQUEST = 2.5e-6;

    private static final double SECONDS_PER_BYTE = 0.7e-9;

    private static final double MEBIBYTE = 1 << 20;
    private static final int MEGABYTES_MIN = 2; // or memcached refuses its default item limit

    /** Chooses copies and memory so that the replay takes about {@code secondsMax} at most for each server. */
    static ReplayCell plan(String name, Trace trace, int percent, int secondsMax) {
        double mebibytesPerCopy = trace.uniqueBytes() * (percent / 100.0) / MEBIBYTE;
        double secondsPerCopy = trace.requests() * SECONDS_PER_REQUEST + trace.requestedBytes() * SECONDS_PER_BYTE;
        double wanted = Math.ceil(MEGABYTES_WANTED / mebibytesPerCopy);
        double affordable = Math.floor(secondsMax / secondsPerCopy);
        double copies = Math.max(1, Math.min(wanted, affordable));
        int megabytes = (int) Math.max(MEGABYTES_MIN, Math.round(copies * mebibytesPerCopy));
        return new ReplayCell(name, percent, (int) Math.max(1, Math.round(megabytes / mebibytesPerCopy)), megabytes);
    }

    /** Reads what {@link #toLine} wrote. */
    static ReplayCell parse(String line) {
        String[] fields = line.split("\t", -1);
        return new ReplayCell(
                fields[0], Integer.parseInt(fields[1]), Integer.parseInt(fields[2]), Integer.parseInt(fields[3]));
    }

    String toLine() {
        return String.format(Locale.ROOT, "%s\t%d\t%d\t%d", trace, percent, copies, megabytes);
    }

    boolean hasFewPages() {
        return megabytes < MEGABYTES_WANTED;
    }
}
