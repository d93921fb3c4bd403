package io.larder.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

import io.larder.base.Printable;
import io.larder.protocol.BinaryCommand;
import io.larder.protocol.BinaryRequest;
import io.larder.protocol.BinaryRequestDecoder.Step;
import io.larder.protocol.BinaryStatus;
import io.larder.storage.ItemStore;
import io.larder.storage.Outcome;
import io.larder.storage.StoreMode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.Locale;

/**
 * Carries out binary requests on the store and says the answer. Owned by one event loop; allocates nothing for a hot request.
 *
 * <p>Quiet forms keep silent about what their client expects: a hit of anything but a retrieval, a miss of a retrieval.
 */
final class BinaryCommands {
    private static final long ANY = 0;
    private static final String STAT = "STAT ";

    private ItemStore.Session session;
    private final LoopCounters counters;
    private final Stats stats;
    private final ServerLog log;
    private final InstantSource wallClock;
    private final Permits permits;
    private final BinaryRequest request = new BinaryRequest();
    private final BinaryReplies replies;

    private ByteBuffer in = ByteBuffer.allocate(0);
    private ByteBuffer key = in;
    private ByteBuffer value = in;
    private long connectionId;

    BinaryCommands(
            ItemStore.Session session,
            Replies replies,
            LoopCounters counters,
            Stats stats,
            ServerLog log,
            InstantSource wallClock,
            Permits permits) {
        this.session = session;
        this.replies = new BinaryReplies(replies, request);
        this.counters = counters;
        this.stats = stats;
        this.log = log;
        this.wallClock = wallClock;
        this.permits = permits;
    }

    /** Works through that session from now on. */
    void use(ItemStore.Session other) {
        session = other;
    }

    /** What the decoder fills before {@link #execute}. */
    BinaryRequest request() {
        return request;
    }

    /** The next requests lie in {@code bytes} and come from that connection. */
    @SuppressWarnings("ReferenceEquality") // views share the memory of that very buffer
    void begin(ByteBuffer bytes, long connection) {
        if (bytes != in) { // nearly always it is the loop's shared buffer again
            in = bytes;
            key = bytes.duplicate();
            value = bytes.duplicate();
            replies.begin(bytes);
        }
        connectionId = connection;
        session.beginBatch();
    }

    /** Carries out what the decoder found; answers whether the connection is to be closed. */
    boolean execute(Step step) throws IOException {
        if (log.logsCommands()) {
            log.command(connectionId, describe(step));
        }
        switch (step) {
            case REQUEST -> {
                return executeRequest();
            }
            case REFUSED -> replies.failed(request.refusal());
            case TOO_LARGE -> {
                counters.increment(Counter.STORE_TOO_LARGE);
                forgetOldValue();
                replies.failed(BinaryStatus.TOO_LARGE);
            }
            case LAST -> {
                replies.failed(request.refusal());
                return true;
            }
            case LOST -> {
                return true;
            }
            case INCOMPLETE -> throw new IllegalStateException("an incomplete request cannot be carried out");
        }
        return false;
    }

    /** Asks the peer who it is; {@code OK} once that is known, {@code AUTH_CONTINUE} while more is to come. */
    BinaryStatus authenticate(SaslLogin login) throws IOException {
        if (request.command() == BinaryCommand.SASL_LIST) {
            replies.text(SaslLogin.MECHANISMS);
            return BinaryStatus.AUTH_CONTINUE;
        }
        byte[] data = bytes(request.valueStart(), request.valueEnd());
        BinaryStatus result = request.command() == BinaryCommand.SASL_STEP
                ? login.step(data)
                : login.start(bytes(request.keyStart(), request.keyEnd()), data);
        switch (result) {
            case OK -> replies.text("Authenticated");
            case AUTH_CONTINUE -> {
                replies.toBeContinued();
                return result;
            }
            default -> {
                counters.increment(Counter.AUTH_ERRORS);
                replies.failed(result);
            }
        }
        counters.increment(Counter.AUTH_CMDS);
        return result;
    }

    private boolean executeRequest() throws IOException {
        switch (request.command()) {
            case GET, GETK -> get();
            case GAT, GATK -> getAndTouch(true);
            case TOUCH -> getAndTouch(false);
            case SET -> store(StoreMode.SET);
            case ADD -> store(StoreMode.ADD);
            case REPLACE -> store(StoreMode.REPLACE);
            case APPEND -> extend(StoreMode.APPEND);
            case PREPEND -> extend(StoreMode.PREPEND);
            case DELETE -> delete();
            case INCREMENT -> count(false);
            case DECREMENT -> count(true);
            case FLUSH -> flush();
            case NOOP -> replies.done(0);
            case VERSION -> replies.text(ServerVersion.PROTOCOL_VERSION);
            case STAT -> stats();
            case QUIT -> {
                done(0);
                return true;
            }
            case SASL_LIST, SASL_AUTH, SASL_STEP -> replies.failed(BinaryStatus.UNKNOWN_COMMAND);
        }
        return false;
    }

    private void get() throws IOException {
        ItemStore.Item item = session.get(key());
        counters.increment(Counter.CMD_GET);
        counters.increment(item == null ? Counter.GET_MISSES : Counter.GET_HITS);
        if (item != null) {
            replies.found(item, true);
        } else if (!request.quiet()) {
            replies.missed();
        }
    }

    private void getAndTouch(boolean withValue) throws IOException {
        ItemStore.Item item = session.getAndTouch(key(), ttlSeconds());
        counters.increment(Counter.CMD_TOUCH);
        counters.increment(item == null ? Counter.TOUCH_MISSES : Counter.TOUCH_HITS);
        if (withValue) {
            counters.increment(Counter.CMD_GET);
            counters.increment(item == null ? Counter.GET_MISSES : Counter.GET_HITS);
        }
        if (item != null) {
            replies.found(item, withValue);
        } else if (!request.quiet()) {
            replies.missed();
        }
    }

    /** With a token it is compare and set, whatever the mode. */
    private void store(StoreMode mode) throws IOException {
        counters.increment(Counter.CMD_SET);
        if (!compares()) {
            Outcome outcome = session.store(mode, key(), value(), request.flags(), ttlSeconds());
            boolean addFailed = outcome == Outcome.NOT_STORED && mode == StoreMode.ADD;
            boolean replaceFailed = outcome == Outcome.NOT_STORED && mode == StoreMode.REPLACE;
            answer(addFailed ? Outcome.EXISTS : replaceFailed ? Outcome.NOT_FOUND : outcome);
            return;
        }
        Outcome outcome = session.compareAndStore(key(), value(), request.flags(), ttlSeconds(), request.cas());
        countCompared(outcome);
        answer(outcome);
    }

    /** Without tokens memcached stores whatever the request compares with. */
    private boolean compares() {
        return request.cas() != ANY && permits.cas();
    }

    private void extend(StoreMode mode) throws IOException {
        counters.increment(Counter.CMD_SET);
        if (!compares()) {
            extended(session.store(mode, key(), value(), 0, 0));
            return;
        }
        Outcome outcome = session.compareAndStore(mode, key(), value(), 0, 0, request.cas());
        countCompared(outcome);
        extended(outcome);
    }

    /** Nothing to extend, or the whole would be too large: for memcached both are "not stored". */
    private void extended(Outcome outcome) throws IOException {
        if (outcome == Outcome.TOO_LARGE) {
            counters.increment(Counter.STORE_TOO_LARGE);
        }
        boolean notStored = outcome == Outcome.NOT_FOUND || outcome == Outcome.TOO_LARGE;
        answer(notStored ? Outcome.NOT_STORED : outcome);
    }

    private void countCompared(Outcome outcome) {
        switch (outcome) {
            case STORED -> counters.increment(Counter.CAS_HITS);
            case EXISTS -> counters.increment(Counter.CAS_BADVAL);
            case NOT_FOUND -> counters.increment(Counter.CAS_MISSES);
            default -> {}
        }
    }

    private void delete() throws IOException {
        Outcome outcome;
        if (request.cas() == ANY) {
            outcome = session.delete(key()) ? Outcome.STORED : Outcome.NOT_FOUND;
        } else {
            outcome = session.compareAndDelete(key(), request.cas());
        }
        counters.increment(outcome == Outcome.NOT_FOUND ? Counter.DELETE_MISSES : Counter.DELETE_HITS);
        if (outcome == Outcome.STORED) {
            done(0);
        } else {
            answer(outcome);
        }
    }

    private void count(boolean down) throws IOException {
        Outcome outcome = add(down);
        if (outcome == Outcome.NOT_FOUND && request.creates()) {
            outcome = makeCounter();
            if (outcome == Outcome.STORED) {
                counted(request.initial());
                return;
            }
            if (outcome == Outcome.NOT_STORED) {
                outcome = add(down); // another was faster: his counts
            }
        }
        boolean missed = outcome == Outcome.NOT_FOUND;
        if (down) {
            counters.increment(missed ? Counter.DECR_MISSES : Counter.DECR_HITS);
        } else {
            counters.increment(missed ? Counter.INCR_MISSES : Counter.INCR_HITS);
        }
        if (outcome == Outcome.STORED) {
            counted(session.counter());
        } else {
            answer(outcome);
        }
    }

    private Outcome add(boolean down) {
        return down
                ? session.decrement(key(), request.delta(), request.cas())
                : session.increment(key(), request.delta(), request.cas());
    }

    private Outcome makeCounter() {
        ByteBuffer initial =
                ByteBuffer.wrap(Long.toUnsignedString(request.initial()).getBytes(US_ASCII));
        return session.store(StoreMode.ADD, key(), initial, 0, ttlSeconds());
    }

    private void counted(long number) throws IOException {
        if (!request.quiet()) {
            replies.counted(number, session.token());
        }
    }

    private void flush() throws IOException {
        if (!permits.flush()) {
            replies.failed(BinaryStatus.AUTH_FAILED);
            return;
        }
        counters.increment(Counter.CMD_FLUSH);
        session.flush(ttlSeconds());
        done(0);
    }

    private void stats() throws IOException {
        String report = stats.report(Words.of(text(request.keyStart(), request.keyEnd())));
        if (report == null) {
            replies.failed(BinaryStatus.NOT_FOUND);
            return;
        }
        for (String line : report.split("\r\n", -1)) {
            int blank = line.indexOf(' ', STAT.length());
            if (line.startsWith(STAT) && blank > 0) {
                replies.named(line.substring(STAT.length(), blank), line.substring(blank + 1));
            }
        }
        replies.named("", "");
    }

    /** A value cannot be taken in for want of memory; the decoder passes it over. */
    void refuseForMemory() throws IOException {
        counters.increment(Counter.STORE_NO_MEMORY);
        forgetOldValue();
        replies.failed(BinaryStatus.NO_MEMORY);
    }

    /** A set that fails must not leave the value it was to replace: readers would take it for the new one. */
    private void forgetOldValue() {
        if (request.command() == BinaryCommand.SET) {
            session.delete(key());
        }
    }

    /** The answer to a write. */
    private void answer(Outcome outcome) throws IOException {
        switch (outcome) {
            case STORED -> done(session.token());
            case NOT_STORED -> replies.failed(BinaryStatus.NOT_STORED);
            case EXISTS -> replies.failed(BinaryStatus.EXISTS);
            case NOT_FOUND -> replies.failed(BinaryStatus.NOT_FOUND);
            case TOO_LARGE -> {
                counters.increment(Counter.STORE_TOO_LARGE);
                replies.failed(BinaryStatus.TOO_LARGE);
            }
            case NO_MEMORY -> {
                counters.increment(Counter.STORE_NO_MEMORY);
                replies.failed(BinaryStatus.NO_MEMORY);
            }
            case NOT_NUMERIC -> replies.failed(BinaryStatus.NOT_NUMERIC);
        }
    }

    private void done(long cas) throws IOException {
        if (!request.quiet()) {
            replies.done(cas);
        }
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
        return switch (step) {
            case REQUEST -> {
                String name = request.command().name().toLowerCase(Locale.ROOT) + (request.quiet() ? "q " : " ");
                yield name + Printable.of(text(request.keyStart(), request.keyEnd()));
            }
            case REFUSED, LAST -> "command 0x%02x refused: %s".formatted(request.code(), request.refusal());
            case TOO_LARGE -> "refused: " + BinaryStatus.TOO_LARGE;
            case LOST -> "refused: not a request of the binary protocol";
            case INCOMPLETE -> "";
        };
    }

    private String text(int from, int to) {
        return new String(bytes(from, to), ISO_8859_1);
    }

    private byte[] bytes(int from, int to) {
        byte[] bytes = new byte[to - from];
        in.get(from, bytes);
        return bytes;
    }
}
