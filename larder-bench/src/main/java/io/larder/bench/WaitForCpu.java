package io.larder.bench;

import java.io.IOException;
import java.io.RandomAccessFile;

/**
 * How long this thread has been ready to run without a processor, from Linux: with it, what the machine does to a call can be told
 * from what the call does. Confined to the thread that made it.
 */
final class WaitForCpu implements AutoCloseable {
    private static final int LINE_BYTES_MAX = 100;

    private final byte[] line = new byte[LINE_BYTES_MAX];
    private final RandomAccessFile file;

    private WaitForCpu(RandomAccessFile file) {
        this.file = file;
    }

    static WaitForCpu ofThisThread() throws IOException {
        return new WaitForCpu(new RandomAccessFile("/proc/thread-self/schedstat", "r"));
    }

    /** In nanoseconds, since the thread began. */
    long nanos() {
        try {
            file.seek(0);
            int length = file.read(line); // processor time, waiting time, slices
            int at = 0;
            while (at < length && line[at] != ' ') {
                at++;
            }
            long nanos = 0;
            for (at++; at < length && line[at] != ' '; at++) {
                nanos = nanos * 10 + line[at] - '0';
            }
            return nanos;
        } catch (IOException e) {
            throw new IllegalStateException("cannot read schedstat: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
