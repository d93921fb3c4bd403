package io.larder.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

import io.larder.base.Printable;
import io.larder.protocol.Refusal;
import io.larder.protocol.TextRequest;
import io.larder.protocol.TextRequestDecoder.Step;
import io.larder.protocol.Verb;
import io.larder.storage.ItemStore;
import io.larder.storage.Outcome;
import io.larder.storage.StoreMode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Carries out requests on the store and says the answer. Owned by one event loop; allocates nothing for a hot request. */
final class Commands {
    private static final byte[] END = ascii("END");
    private static final byte[] OK = ascii("OK");
    private static final byte[] STORED = ascii("STORED");
    private static final byte[] NOT_STORED = ascii("NOT_STORED");
    private static final byte[] EXISTS = ascii("EXISTS");
    private static final byte[] NOT_FOUND = ascii("NOT_FOUND");
    private static final byte[] DELETED = ascii("DELETED");
    private static final byte[] TOUCHED = ascii("TOUCHED");

    private static final byte[] FLUSH_REFUSED = ascii("CLIENT_ERROR flush_all not allowed");
    private static final byte[] SHUTDOWN_REFUSED = ascii("ERROR: shutdown not enabled");
    private static final byte[] SHUTDOWN_UNCLEAR = ascii("CLIENT_ERROR invalid shutdown mode");

    private ItemStore.Session session;
    private final Replies replies;
    private final LoopCounters counters;
    private final ServerLog log;
    private final InstantSource wallClock;
    private final Permits permits;
    private final MetaCommands meta;
    private final AdminCommands admin;
    private final TextRequest request = new TextRequest();

    private ByteBuffer in = ByteBuffer.allocate(0);
    private ByteBuffer key = in;
    private ByteBuffer value = in;
    private long connectionId;
    private @Nullable Feed feed;

    Commands(
            ItemStore.Session session,
            Replies replies,
            LoopCounters counters,
            AdminCommands admin,
            ServerLog log,
            InstantSource wallClock,
            Permits permits) {
        this.session = session;
        this.replies = replies;
        this.counters = counters;
        this.admin = admin;
        this.log = log;
        this.wallClock = wallClock;
        this.permits = permits;
        this.meta = new MetaCommands(session, replies, counters, wallClock);
    }

    /** Works through that session from now on. */
    void use(ItemStore.Session other) {
        session = other;
        meta.use(other);
    }

    /** Whether the answer to the last request goes on. */
    boolean hasFeed() {
        return feed != null;
    }

    /** The rest of that answer, once. */
    Feed takeFeed() {
        Feed taken = Objects.requireNonNull(feed);
        feed = null;
        return taken;
    }

    /** What the decoder fills before {@link #execute}. */
    TextRequest request() {
        return request;
    }

    /** The next requests lie in {@code bytes} and come from that connection. */
    @SuppressWarnings("ReferenceEquality") // views share the memory of that very buffer
    void begin(ByteBuffer bytes, long connection) {
        if (bytes != in) { // nearly always it is the loop's shared buffer again
            in = bytes;
            key = bytes.duplicate();
            value = bytes.duplicate();
        }
        connectionId = connection;
        session.beginBatch();
    }

    /** No item is in use any more. */
    void endOfTurn() {
        session.quiesce();
    }

    /** Carries out what the decoder found; answers whether the connection is to be closed. */
    boolean execute(Step step) throws IOException {
        if (log.logsCommands()) {
            log.command(connectionId, describe(step));
        }
        switch (step) {
            case KEY -> retrieve();
            case KEYS_END -> replies.put(END);
            case REQUEST -> {
                return executeRequest();
            }
            case REFUSED -> refuse(request.refusal());
            case TOO_LARGE -> tooLarge();
            case LOST -> {
                replies.put(request.refusal().line());
                return true;
            }
            case INCOMPLETE -> throw new IllegalStateException("an incomplete request cannot be carried out");
        }
        return false;
    }

    private void retrieve() throws IOException {
        Verb verb = request.verb();
        ItemStore.Item item;
        if (verb.touches()) {
            item = session.getAndTouch(key(), ttlSeconds());
            counters.increment(Counter.CMD_TOUCH);
            counters.increment(item == null ? Counter.TOUCH_MISSES : Counter.TOUCH_HITS);
        } else {
            item = session.get(key());
        }
        counters.increment(Counter.CMD_GET);
        if (item == null) {
            counters.increment(Counter.GET_MISSES);
            return;
        }
        counters.increment(Counter.GET_HITS);
        replies.item(in, request.keyStart(), request.keyEnd(), item, verb.wantsCas());
    }

    private boolean executeRequest() throws IOException {
        switch (request.verb()) {
            case SET -> stored(session.store(StoreMode.SET, key(), value(), request.flags(), ttlSeconds()));
            case ADD -> stored(session.store(StoreMode.ADD, key(), value(), request.flags(), ttlSeconds()));
            case REPLACE -> stored(session.store(StoreMode.REPLACE, key(), value(), request.flags(), ttlSeconds()));
            case APPEND -> stored(session.store(StoreMode.APPEND, key(), value(), request.flags(), ttlSeconds()));
            case PREPEND -> stored(session.store(StoreMode.PREPEND, key(), value(), request.flags(), ttlSeconds()));
            case CAS ->
                compared(session.compareAndStore(key(), value(), request.flags(), ttlSeconds(), request.number()));
            case DELETE -> delete();
            case INCR -> counted(session.increment(key(), request.number()), Counter.INCR_HITS, Counter.INCR_MISSES);
            case DECR -> counted(session.decrement(key(), request.number()), Counter.DECR_HITS, Counter.DECR_MISSES);
            case TOUCH -> touch();
            case FLUSH_ALL -> flush();
            case SHUTDOWN -> {
                return shutdown();
            }
            case VERSION -> replies.text("VERSION " + ServerVersion.PROTOCOL_VERSION + "\r\n");
            case VERBOSITY -> {
                log.verbosity((int) Math.min(2, Math.max(0, request.number())));
                answer(OK);
            }
            case QUIT -> {
                return true;
            }
            case MG, MS, MD, MA, MN, ME -> meta.execute(request, in, key, value);
            case STATS, WATCH, LRU_CRAWLER, LRU, SLABS, CACHE_MEMLIMIT, EXTSTORE, DEBUGTIME, REFRESH_CERTS -> {
                feed = admin.execute(request.verb(), text(request.keyStart(), request.keyEnd()), request.noreply());
                session.beginBatch(); // the clock may have been turned
            }
            case GET, GETS, GAT, GATS -> throw new IllegalStateException("retrievals come key by key");
        }
        return false;
    }

    private void stored(Outcome outcome) throws IOException {
        counters.increment(Counter.CMD_SET);
        answer(outcome);
    }

    private void compared(Outcome outcome) throws IOException {
        counters.increment(Counter.CMD_SET);
        switch (outcome) {
            case STORED -> counters.increment(Counter.CAS_HITS);
            case EXISTS -> counters.increment(Counter.CAS_BADVAL);
            case NOT_FOUND -> counters.increment(Counter.CAS_MISSES);
            default -> {}
        }
        answer(outcome);
    }

    private void counted(Outcome outcome, Counter hits, Counter misses) throws IOException {
        counters.increment(outcome == Outcome.NOT_FOUND ? misses : hits);
        if (outcome != Outcome.STORED) {
            answer(outcome);
        } else if (!request.noreply()) {
            replies.number(session.counter());
        }
    }

    private void delete() throws IOException {
        boolean deleted = session.delete(key());
        counters.increment(deleted ? Counter.DELETE_HITS : Counter.DELETE_MISSES);
        answer(deleted ? DELETED : NOT_FOUND);
    }

    private void touch() throws IOException {
        boolean touched = session.touch(key(), ttlSeconds());
        counters.increment(Counter.CMD_TOUCH);
        counters.increment(touched ? Counter.TOUCH_HITS : Counter.TOUCH_MISSES);
        answer(touched ? TOUCHED : NOT_FOUND);
    }

    private void flush() throws IOException {
        if (!permits.flush()) {
            answer(FLUSH_REFUSED);
            return;
        }
        counters.increment(Counter.CMD_FLUSH);
        session.flush(ttlSeconds());
        answer(OK);
    }

    /** Every stop here is what memcached calls graceful. */
    private boolean shutdown() throws IOException {
        if (!permits.shutdown()) {
            replies.put(SHUTDOWN_REFUSED);
            return false;
        }
        String mode = text(request.keyStart(), request.keyEnd()).strip();
        if (!mode.isEmpty() && !mode.equals("graceful")) {
            replies.put(SHUTDOWN_UNCLEAR);
            return false;
        }
        permits.onShutdown().run();
        return true;
    }

    private void tooLarge() throws IOException {
        counters.increment(Counter.STORE_TOO_LARGE);
        forgetOldValue();
        refuse(Refusal.TOO_LARGE);
    }

    /** A value cannot be taken in for want of memory; the decoder passes it over. */
    void refuseForMemory() throws IOException {
        counters.increment(Counter.STORE_NO_MEMORY);
        forgetOldValue();
        refuse(Refusal.NO_MEMORY);
    }

    /** A set that fails must not leave the value it was to replace: readers would take it for the new one. */
    private void forgetOldValue() {
        if (request.verb() == Verb.SET || request.verb() == Verb.MS) {
            session.delete(key());
        }
    }

    private void answer(Outcome outcome) throws IOException {
        switch (outcome) {
            case STORED -> answer(STORED);
            case NOT_STORED -> answer(NOT_STORED);
            case EXISTS -> answer(EXISTS);
            case NOT_FOUND -> answer(NOT_FOUND);
            case TOO_LARGE -> {
                counters.increment(Counter.STORE_TOO_LARGE);
                refuse(Refusal.TOO_LARGE);
            }
            case NO_MEMORY -> {
                counters.increment(Counter.STORE_NO_MEMORY);
                refuse(Refusal.NO_MEMORY);
            }
            case NOT_NUMERIC -> refuse(Refusal.NOT_NUMERIC);
        }
    }

    private void answer(byte[] line) throws IOException {
        if (!request.noreply()) {
            replies.put(line);
        }
    }

    private void refuse(Refusal refusal) throws IOException {
        answer(refusal.line());
    }

    private ByteBuffer key() {
        return key.limit(request.keyEnd()).position(request.keyStart());
    }

    private ByteBuffer value() {
        return value.limit(request.valueEnd()).position(request.valueStart());
    }

    private long ttlSeconds() {
        long exptime = request.exptime();
        return exptime <= Exptimes.RELATIVE_SECONDS_MAX
                ? exptime
                : Exptimes.ttlSeconds(exptime, wallClock.instant().getEpochSecond());
    }

    /** What is executed, for the log: the key escaped, never the value. */
    private String describe(Step step) {
        String verb = request.verb().name().toLowerCase(Locale.ROOT);
        return switch (step) {
            case KEY, REQUEST -> verb + " " + Printable.of(text(request.keyStart(), request.keyEnd()));
            case KEYS_END -> "end of keys";
            case REFUSED, TOO_LARGE, LOST -> "refused: " + request.refusal();
            case INCOMPLETE -> "";
        };
    }

    private String text(int from, int to) {
        byte[] bytes = new byte[to - from];
        in.get(from, bytes);
        return new String(bytes, ISO_8859_1);
    }

    private static byte[] ascii(String line) {
        return (line + "\r\n").getBytes(US_ASCII);
    }
}
