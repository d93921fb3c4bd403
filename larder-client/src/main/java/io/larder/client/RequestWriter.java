package io.larder.client;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Writes what is pending in a pipeline. Whoever gets the lock writes for all, in one call; the others go on, relying on him
 * to look again before he leaves. So a crowd shares writes, and a lone caller writes for himself.
 */
final class RequestWriter {
    private final Pipeline pipeline;
    private final OutputStream out;
    private final Connection connection;
    private final Daemon daemon;
    private final ReentrantLock writing = new ReentrantLock();

    @GuardedBy("writing")
    private ByteBuffer spare = Pipeline.newBuffer();

    RequestWriter(Pipeline pipeline, OutputStream out, Connection connection) {
        this.pipeline = pipeline;
        this.out = out;
        this.connection = connection;
        this.daemon = new Daemon("larder-writer-" + connection.node(), this::drain);
    }

    /** Sees to it that all that is pending now gets written, without ever blocking for the network. */
    void flush() {
        while (pipeline.hasPending()) {
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
        while (pipeline.hasPending()) {
            writing.lock();
            try {
                writeOnce(true);
            } finally {
                writing.unlock();
            }
        }
    }

    /** False if the write might block and must not. */
    @GuardedBy("writing")
    private boolean writeOnce(boolean mayBlock) {
        @Nullable ByteBuffer batch = pipeline.takePending(spare, mayBlock);
        if (batch == null) {
            return false;
        }
        spare = batch;
        try {
            out.write(batch.array(), batch.arrayOffset(), batch.limit());
        } catch (IOException e) {
            connection.close(new Lost("broke the connection", Connection.REDIAL_ADVICE, e));
        }
        return true;
    }
}
