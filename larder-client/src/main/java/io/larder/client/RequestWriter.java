package io.larder.client;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Writes what is pending in a pipeline. Whoever gets the lock writes for all, in one call; the others go on, relying on him
 * to look again before he leaves. So a crowd shares writes, and a lone caller writes for himself.
 */
final class RequestWriter {
    private final Pipeline pipeline;
    private final Wire wire;
    private final Connection connection;
    private final Daemon daemon;
    private final ReentrantLock writing = new ReentrantLock();

    /** What was taken from the pipeline, and is being written; empty in between. */
    @GuardedBy("writing")
    private ByteBuffer batch = Pipeline.newBuffer().limit(0);

    /** Whether a caller could not write all of {@link #batch} without waiting. */
    private volatile boolean partly;

    RequestWriter(Pipeline pipeline, Wire wire, Connection connection) {
        this.pipeline = pipeline;
        this.wire = wire;
        this.connection = connection;
        this.daemon = new Daemon("larder-writer-" + connection.node(), this::drain);
    }

    /** Sees to it that all that is pending now gets written, without ever blocking for the network. */
    void flush() {
        while (pipeline.hasPending() || partly) {
            if (!writing.tryLock()) {
                return;
            }
            boolean written;
            try {
                written = writeOnce(false);
            } finally {
                writing.unlock();
            }
            if (!written) {
                daemon.wake();
                return;
            }
        }
    }

    /** Leaves the writing to the writer's own thread. */
    void flushSoon() {
        daemon.wake();
    }

    void stop() {
        daemon.stop();
    }

    private void drain() {
        while (pipeline.hasPending() || partly) {
            writing.lock();
            try {
                writeOnce(true);
            } finally {
                writing.unlock();
            }
        }
    }

    /** False if there is more to write, but that might block and must not. */
    @GuardedBy("writing")
    private boolean writeOnce(boolean mayBlock) {
        if (!batch.hasRemaining()) {
            @Nullable ByteBuffer taken = pipeline.takePending(batch, mayBlock);
            if (taken == null) {
                return false;
            }
            batch = taken;
        }
        try {
            wire.write(batch, mayBlock);
        } catch (IOException e) {
            batch.limit(batch.position());
            connection.close(new Lost("broke the connection", Connection.REDIAL_ADVICE, e));
        }
        partly = batch.hasRemaining();
        return !partly;
    }
}
