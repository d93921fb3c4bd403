package io.larder.server;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * What the operating system knows of this process. Thread-safe.
 *
 * @param userSeconds processor time in user mode, or all of it where the system does not part the two
 * @param systemSeconds processor time in the kernel
 * @param residentBytes memory in use, 0 where the system does not say
 */
record ProcessFacts(double userSeconds, double systemSeconds, long residentBytes) {
    private static final Path STAT = Path.of("/proc/self/stat");

    /** Of the fields behind the name in parentheses: {@code proc(5)}. */
    private static final int USER_FIELD = 11;

    private static final int SYSTEM_FIELD = 12;
    private static final int RESIDENT_FIELD = 21;

    /** The unit of the kernel's answer, whatever the real timer. */
    private static final double TICKS_PER_SECOND = 100;

    private static final long PAGE_BYTES = 4096;

    static ProcessFacts now() {
        try {
            String stat = Files.readString(STAT, US_ASCII);
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            return new ProcessFacts(
                    Long.parseLong(fields[USER_FIELD]) / TICKS_PER_SECOND,
                    Long.parseLong(fields[SYSTEM_FIELD]) / TICKS_PER_SECOND,
                    Long.parseLong(fields[RESIDENT_FIELD]) * PAGE_BYTES);
        } catch (IOException e) { // no Linux
            Duration all = ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
            return new ProcessFacts(all.toMillis() / 1000.0, 0, 0);
        }
    }
}
