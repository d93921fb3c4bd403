package io.larder.client;

import io.larder.base.Printable;
import io.larder.protocol.TextReply;
import io.larder.protocol.TextReply.Status;
import io.larder.protocol.TextReplyDecoder;
import io.larder.protocol.TextReplyException;
import io.larder.protocol.TextRequestEncoder;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Reads the keys of a node over a connection of its own: memcached hands it to another thread for that, and refuses where
 * other requests are in the same pipeline.
 */
final class KeyDump {
    private static final int BUFFER_BYTES = 64 << 10;

    private final Node node;
    private final MemcachedConfig config;
    private final Deadline deadline;
    private final int keysMax;

    KeyDump(Node node, MemcachedConfig config, Deadline deadline, int keysMax) {
        this.node = node;
        this.config = config;
        this.deadline = deadline;
        this.keysMax = keysMax;
    }

    List<String> read() {
        try (Wire wire = Dial.connect(node, config)) {
            ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
            TextRequestEncoder.dumpKeys().writeTo(buffer);
            wire.write(buffer.flip(), true);
            return read(wire, buffer.clear());
        } catch (SocketTimeoutException e) {
            throw Failures.noReply(node, "keys", deadline, 0, "");
        } catch (TextReplyException e) {
            throw Failures.lost(node, "keys", deadline, new Lost(String.valueOf(e.getMessage()), "ask another way", e));
        } catch (IOException e) {
            throw Failures.lost(
                    node, "keys", deadline, Dial.lost(e, config.timeouts().connect()));
        }
    }

    private List<String> read(Wire wire, ByteBuffer buffer) throws IOException {
        List<String> keys = new ArrayList<>();
        TextReplyDecoder decoder = new TextReplyDecoder();
        while (true) {
            long left = deadline.leftNanos();
            if (left <= 0) {
                throw new SocketTimeoutException("no end of the keys");
            }
            int read = wire.read(buffer.array(), buffer.arrayOffset() + buffer.position(), buffer.remaining(), (int)
                    Math.max(1, TimeUnit.NANOSECONDS.toMillis(left)));
            if (read < 0) {
                throw new EOFException("closed the connection");
            }
            buffer.position(buffer.position() + read).flip();
            for (TextReply piece = decoder.next(buffer); piece != null; piece = decoder.next(buffer)) {
                if (piece == Status.END) {
                    return keys;
                }
                String key = key(piece);
                if (keys.size() < keysMax) {
                    keys.add(key);
                }
            }
            buffer.compact();
        }
    }

    private String key(@Nullable TextReply piece) {
        if (piece instanceof TextReply.DumpedKey dumped) {
            String text = dumped.text();
            int blank = text.indexOf(' ');
            return PercentCoding.decode(blank < 0 ? text : text.substring(0, blank));
        }
        if (piece instanceof TextReply.Failure failure) {
            throw new MemcachedException(
                    node.name(),
                    "node %s refused to list its keys: %s".formatted(node, Printable.of(failure.line())),
                    null);
        }
        throw new TextReplyException("answered a dump of keys with " + Printable.of(String.valueOf(piece)));
    }
}
