package io.larder.server;

import io.larder.server.Protocol.Progress;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One client. Confined to its event loop.
 *
 * <pre>
 *  socket --read--> loop's read buffer --decode in place--> commands --> loop's reply buffer --one write--> socket
 *                     |        ^                                             |
 *                part v        | next time                                   v what the socket does not take
 *                   PartialInput                                           Unsent
 * </pre>
 *
 * While something is unsent nothing is read, so a peer that does not read costs at most the reply buffer and one item.
 * Every method throws an {@link IOException} when the connection is over; its loop then closes it.
 */
final class Connection implements Replies.Outlet {
    private final long id;
    private final Transport transport;
    private final SelectionKey key;
    private final EventLoop loop;
    private final PartialInput partial;
    private final Unsent unsent;
    private @Nullable Protocol protocol; // chosen by the first byte
    private boolean closing;
    private boolean waitsForTurn;

    /** What is kept is the beginning of a request: more bytes are needed, not another turn. */
    private boolean needsMore;

    private long movedNanos;
    private long servedNanos;
    private final Peername peer;
    private long seenNanos;

    /** The rest of the last answer; nothing else is served before it is done. */
    private @Nullable Feed feed;

    Connection(long id, Transport transport, Peername peer, SelectionKey key, EventLoop loop, BufferBudget budget) {
        this.id = id;
        this.peer = peer;
        this.servedNanos = loop.turnNanos();
        this.transport = transport;
        this.key = key;
        this.loop = loop;
        this.partial = new PartialInput(budget, loop.spareBuffers());
        this.unsent = new Unsent(budget);
    }

    long id() {
        return id;
    }

    Peername peer() {
        return peer;
    }

    /** What it is at, in memcached's words. Any thread may ask; the answer may be out of date. */
    String state() {
        if (feed != null) {
            return "conn_watch";
        }
        return !unsent.isEmpty() ? "conn_mwrite" : needsMore && !partial.isEmpty() ? "conn_nread" : "conn_read";
    }

    /** Since requests came last, exact to a second. Any thread may ask. */
    long idleSeconds() {
        return Math.max(0, TimeUnit.NANOSECONDS.toSeconds(loop.ticker().nanos() - servedNanos));
    }

    /** The socket can be read, or written while something is unsent. */
    void socketReady() throws IOException {
        if (waitsForTurn) {
            return; // what is here comes first: the end of the stream behind it must not cut its answers off
        }
        if (hasSentAll()) {
            receive();
        } else {
            sendRest();
        }
    }

    private void receive() throws IOException {
        if (feed != null) {
            hear();
            return;
        }
        ByteBuffer in = partial.toFill(loop.readBuffer(), bytesNeeded());
        int read = transport.read(in);
        if (read < 0) {
            throw new EOFException();
        }
        loop.counters().add(Counter.BYTES_READ, read);
        if (transport.holdsMemory()) {
            movedNanos = loop.ticker().nanos();
        }
        if (in.position() > 0) {
            serve(in);
        } else {
            waitForTransport();
        }
    }

    /** A handshake goes on, or a record has come in part. */
    private void waitForTransport() {
        if (!hasSentAll()) {
            movedNanos = loop.ticker().nanos();
            key.interestOps(SelectionKey.OP_WRITE);
        } else if (transport.holdsInput()) {
            queueForTurn();
        } else {
            key.interestOps(transport.interestOps());
        }
    }

    private void sendRest() throws IOException {
        int flushed = transport.flush();
        long written = unsent.write(transport);
        loop.counters().add(Counter.BYTES_WRITTEN, written);
        if (flushed > 0 || written > 0) { // a peer that takes little of what TLS holds moves as well
            movedNanos = loop.ticker().nanos();
        }
        if (hasSentAll()) {
            if (closing) {
                throw new EOFException();
            }
            key.interestOps(transport.interestOps());
            goOn();
        }
    }

    /** A later turn, for requests an earlier one left. */
    void takeTurn() throws IOException {
        waitsForTurn = false;
        if (hasSentAll() && transport.isOpen()) {
            if (feed != null) {
                feedOn(feed);
            } else {
                serveWhatIsHere();
            }
        }
    }

    /** Another thread has done something for it: the feed has something after it had nothing, or the transport can go on. */
    void woken() throws IOException {
        if (!transport.isOpen()) {
            return;
        }
        if (transport.resume()) {
            key.interestOps(transport.interestOps());
            socketReady();
        } else if (feed != null && hasSentAll()) {
            queueForTurn();
        }
    }

    private void goOn() throws IOException {
        if (feed != null) {
            queueForTurn();
        } else {
            serveWhatIsHere();
        }
    }

    /** One slice of an answer that goes on. */
    private void feedOn(Feed feeding) throws IOException {
        Replies replies = loop.replies();
        replies.begin(this);
        Feed.State state = feeding.next(replies);
        replies.end();
        if (state == Feed.State.DONE) {
            feed = null;
            feeding.end();
        }
        if (!hasSentAll()) {
            movedNanos = loop.ticker().nanos();
            key.interestOps(SelectionKey.OP_WRITE);
        } else if (state == Feed.State.MORE) {
            queueForTurn();
        } else if (state == Feed.State.DONE) {
            serveWhatIsHere();
        }
    }

    /** Whoever watches is not listened to any more; but when he goes, that is heard. */
    private void hear() throws IOException {
        int read = transport.read(loop.readBuffer().clear());
        if (read < 0) {
            throw new EOFException();
        }
        loop.counters().add(Counter.BYTES_READ, read);
        if (!hasSentAll()) { // the transport has answered
            key.interestOps(SelectionKey.OP_WRITE);
        }
    }

    private void serveWhatIsHere() throws IOException {
        if (!partial.isEmpty() && !needsMore) {
            serve(partial.toFill(loop.readBuffer(), bytesNeeded()));
        } else if (transport.holdsInput()) {
            receive();
        }
    }

    private boolean hasSentAll() {
        return unsent.isEmpty() && !transport.holdsOutput();
    }

    private void serve(ByteBuffer in) throws IOException {
        in.flip();
        Protocol speaking = protocol;
        if (speaking == null) {
            if (!in.hasRemaining()) {
                return;
            }
            speaking = loop.protocols().beginningWith(in.get(0));
            protocol = speaking;
        }
        Replies replies = loop.replies();
        replies.begin(this);
        speaking.begin(in, id);
        loop.serving(id);
        servedNanos = loop.turnNanos();
        needsMore = false;
        int requestsLeft = loop.requestsPerTurn();
        while (!closing && hasSentAll()) {
            if (requestsLeft-- <= 0 && leaveRest(in)) {
                break;
            }
            Progress progress = speaking.next(in);
            if (progress == Progress.INCOMPLETE) {
                needsMore = true;
                keepOrPassOver(in, speaking);
                break;
            }
            if (progress != Progress.SERVED) {
                closing = progress == Progress.CLOSE;
                if (progress == Progress.FEED) {
                    begin(speaking.takeFeed(), in);
                    break;
                }
            }
        }
        replies.end();
        if (!partial.isEmpty() || !hasSentAll()) {
            movedNanos = loop.ticker().nanos();
        }
        if (!hasSentAll()) {
            waitForSocket(in);
        } else if (closing) {
            throw new EOFException();
        } else if (transport.holdsInput() || feed != null) {
            queueForTurn();
        }
    }

    /** What lies behind the request waits until the feed is done. */
    private void begin(Feed begun, ByteBuffer in) throws IOException {
        feed = begun;
        begun.begin(() -> loop.wake(this));
        if (!in.hasRemaining()) {
            partial.served(in);
        } else if (!partial.keep(in, 0)) {
            throw noMemory(Counter.READ_BUF_OOM, "the memory for incomplete requests is used up");
        }
    }

    /** Ends the turn so that others get theirs; goes on where nothing is left or the rest cannot be kept. */
    private boolean leaveRest(ByteBuffer in) {
        if (!in.hasRemaining() || !partial.keep(in, 0)) {
            return false;
        }
        queueForTurn();
        loop.counters().increment(Counter.CONN_YIELDS);
        return true;
    }

    private void queueForTurn() {
        if (!waitsForTurn) {
            waitsForTurn = true;
            loop.queueForTurn(this);
        }
    }

    private int bytesNeeded() {
        return protocol == null ? 0 : protocol.bytesNeeded();
    }

    private void keepOrPassOver(ByteBuffer in, Protocol speaking) throws IOException {
        int needed = speaking.bytesNeeded();
        if (!in.hasRemaining()) {
            partial.served(in);
        } else if (!partial.keep(in, needed)) {
            if (needed == 0) {
                throw noMemory(Counter.READ_BUF_OOM, "the memory for incomplete requests is used up");
            }
            speaking.giveUp(in.remaining());
            in.position(in.limit()); // thrown away: not to be kept for a later turn
        }
    }

    private void waitForSocket(ByteBuffer in) throws IOException {
        if (in.hasRemaining() && !partial.keep(in, 0)) {
            throw noMemory(Counter.READ_BUF_OOM, "the memory for incomplete requests is used up");
        }
        key.interestOps(SelectionKey.OP_WRITE);
    }

    @Override
    public void send(ByteBuffer bytes) throws IOException {
        if (unsent.isEmpty()) {
            loop.counters().add(Counter.BYTES_WRITTEN, transport.write(bytes));
        }
        if (bytes.hasRemaining() && !unsent.keep(bytes)) {
            throw noMemory(
                    Counter.RESPONSE_OBJ_OOM,
                    "peer does not read its replies, and the memory for held-back replies is used up");
        }
    }

    private IOException noMemory(Counter counter, String why) {
        loop.counters().increment(counter);
        return new IOException(why);
    }

    /** Whether the peer makes us hold something, and has sent and taken nothing for that long. */
    boolean holdsWithoutMoving(long nowNanos, long nanos) {
        return (!partial.isEmpty() || !hasSentAll() || transport.holdsMemory()) && nowNanos - movedNanos >= nanos;
    }

    /** Whether it waits for what happens here, and not for its own requests. */
    boolean watches() {
        return feed != null;
    }

    /** When its socket was ready last, as told by {@link IdlePeers}. */
    long seenNanos() {
        return seenNanos;
    }

    void seen(long nowNanos) {
        seenNanos = nowNanos;
    }

    /** Gives back what the connection holds; answers whether it was still open. */
    boolean close() {
        if (!transport.isOpen()) {
            return false;
        }
        if (feed != null) {
            feed.end();
            feed = null;
        }
        partial.clear();
        unsent.clear();
        key.cancel();
        try {
            transport.close();
        } catch (IOException | RuntimeException | OutOfMemoryError e) { // a failing farewell must not end the loop
            loop.log().connection(id, "close failed: " + e.getMessage());
        }
        return true;
    }
}
