package io.larder.server;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.larder.protocol.MetaFlags;
import io.larder.protocol.Refusal;
import io.larder.protocol.TextRequest;
import io.larder.storage.ItemStore;
import io.larder.storage.Outcome;
import io.larder.storage.StoreMode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * Carries out meta commands. Owned by one event loop; allocates nothing for a hit.
 *
 * <p>Source: memcached's {@code doc/protocol.txt}, "Meta Commands", and what memcached 1.6.18 answers.
 */
final class MetaCommands {
    private static final long ANY = 0;

    private ItemStore.Session session;
    private final MetaReplies replies;
    private final LoopCounters counters;
    private final InstantSource wallClock;
    private final MetaKey keys = new MetaKey();

    private boolean madeCounter;
    private TextRequest request = new TextRequest();
    private MetaFlags flags = request.meta();

    MetaCommands(ItemStore.Session session, Replies replies, LoopCounters counters, InstantSource wallClock) {
        this.session = session;
        this.replies = new MetaReplies(replies);
        this.counters = counters;
        this.wallClock = wallClock;
    }

    /** Works through that session from now on. */
    void use(ItemStore.Session other) {
        session = other;
    }

    /**
     * Carries out a request that lies in {@code bytes}.
     *
     * @param keyView and {@code value} are views of it, to be positioned
     */
    void execute(TextRequest toDo, ByteBuffer bytes, ByteBuffer keyView, ByteBuffer value) throws IOException {
        request = toDo;
        flags = toDo.meta();
        replies.begin(toDo, bytes);
        switch (toDo.verb()) {
            case MN -> replies.noop();
            case MG, MS, MD, MA, ME -> {
                ByteBuffer key = keys.of(toDo, bytes, keyView);
                if (!key.hasRemaining()) {
                    replies.refused(Refusal.BAD_BASE64);
                    return;
                }
                withKey(key, value);
            }
            default -> throw new IllegalStateException("not a meta command: " + toDo.verb());
        }
    }

    private void withKey(ByteBuffer key, ByteBuffer value) throws IOException {
        counters.increment(Counter.CMD_META);
        switch (request.verb()) {
            case MG -> get(key);
            case MS -> set(key, value.limit(request.valueEnd()).position(request.valueStart()));
            case MD -> delete(key);
            case MA -> count(key);
            default -> describe(key);
        }
    }

    // --- mg ---------------------------------------------------------------------------------------------------------

    private void get(ByteBuffer key) throws IOException {
        counters.increment(Counter.CMD_GET);
        boolean wasLow = comesBefore('R', 'T') && isBelowRecache(session.look(key)); // before it is touched
        ItemStore.Item item = find(key);
        boolean made = false;
        if (item != null) {
            counters.increment(Counter.GET_HITS);
        } else {
            counters.increment(Counter.GET_MISSES);
            if (flags.has('N')) {
                made = writer().vivify(key, ttl(comesBefore('N', 'T') ? flags.ttl() : flags.vivifyTtl()))
                        == Outcome.STORED;
                item = session.look(key); // ours, or that of whoever came first
                made = made && item != null && item.isWon();
            }
        }
        if (item == null) {
            if (!flags.has('q')) {
                replies.without();
            }
            return;
        }
        boolean alreadyWon = item.isWon() && !made;
        boolean low = comesBefore('R', 'T') ? wasLow : isBelowRecache(item);
        boolean asked = made || item.isStale() || low;
        boolean won = made || (asked && !alreadyWon && session.win());
        boolean unchanged = flags.has('C') && flags.cas() == item.cas();
        replies.found(item, flags.has('v') && !unchanged, alreadyWon || (asked && !won), won);
    }

    private ItemStore.@Nullable Item find(ByteBuffer key) {
        if (flags.has('T')) {
            counters.increment(Counter.CMD_TOUCH);
            ItemStore.Item item = session.getAndTouch(key, ttl(flags.ttl()));
            counters.increment(item == null ? Counter.TOUCH_MISSES : Counter.TOUCH_HITS);
            return item;
        }
        return flags.has('u') ? session.look(key) : session.get(key);
    }

    private boolean isBelowRecache(ItemStore.@Nullable Item item) {
        return item != null && flags.has('R') && item.ttlSeconds() >= 0 && item.ttlSeconds() < flags.recacheTtl();
    }

    /** Whether both flags are there, in that order: memcached works through them as they come. */
    private boolean comesBefore(char first, char second) {
        if (!flags.has(first) || !flags.has(second)) {
            return false;
        }
        int place = 0;
        while (flags.letter(place) != first && flags.letter(place) != second) {
            place++;
        }
        return flags.letter(place) == first;
    }

    // --- ms ---------------------------------------------------------------------------------------------------------

    private void set(ByteBuffer key, ByteBuffer value) throws IOException {
        counters.increment(Counter.CMD_SET);
        StoreMode mode = switch (flags.mode()) {
            case 0, 'S' -> StoreMode.SET;
            case 'E' -> StoreMode.ADD;
            case 'A' -> StoreMode.APPEND;
            case 'P' -> StoreMode.PREPEND;
            case 'R' -> StoreMode.REPLACE;
            default -> null;
        };
        if (mode == null) {
            replies.refused(Refusal.BAD_SET_MODE);
            return;
        }
        int size = value.remaining();
        Outcome outcome = store(mode, key, value);
        if (outcome == Outcome.NOT_STORED
                && flags.has('N')
                && (mode == StoreMode.APPEND || mode == StoreMode.PREPEND)) {
            outcome = writer().store(StoreMode.ADD, key, value, flags.clientFlags(), ttl(flags.vivifyTtl()));
        }
        reply(outcome, size);
    }

    private Outcome store(StoreMode mode, ByteBuffer key, ByteBuffer value) {
        long ttl = ttl(flags.ttl());
        boolean extend = mode == StoreMode.APPEND || mode == StoreMode.PREPEND;
        if (!flags.has('C') || mode == StoreMode.ADD || (extend && flags.cas() == ANY)) {
            return writer().store(mode, key, value, flags.clientFlags(), ttl);
        }
        if (extend) {
            Outcome extended = writer().compareAndStore(mode, key, value, flags.clientFlags(), ttl, flags.cas());
            return extended == Outcome.NOT_FOUND ? Outcome.NOT_STORED : extended;
        }
        Outcome outcome;
        if (flags.has('I')) {
            outcome = writer().compareAndStoreStale(key, value, flags.clientFlags(), ttl, flags.cas());
        } else {
            outcome = writer().compareAndStore(mode, key, value, flags.clientFlags(), ttl, flags.cas());
        }
        switch (outcome) {
            case STORED -> counters.increment(Counter.CAS_HITS);
            case EXISTS -> counters.increment(Counter.CAS_BADVAL);
            case NOT_FOUND -> counters.increment(Counter.CAS_MISSES);
            default -> {}
        }
        return outcome;
    }

    // --- md ---------------------------------------------------------------------------------------------------------

    private void delete(ByteBuffer key) throws IOException {
        if (flags.has('C') && flags.cas() == ANY) {
            ItemStore.Item item = session.look(key);
            if (item == null || item.cas() != ANY) { // which it is only where tokens are off
                counters.increment(Counter.DELETE_MISSES);
                replies.failed(item == null ? MetaReplies.NOT_FOUND : MetaReplies.EXISTS);
                return;
            }
        }
        long cas = flags.has('C') ? flags.cas() : ANY;
        Outcome outcome;
        if (flags.has('x')) {
            outcome = writer().dropValue(key, flags.clientFlags(), ttl(flags.ttl()), cas, flags.has('I'));
        } else if (flags.has('I')) {
            outcome = writer().markStale(key, flags.has('T') ? ttl(flags.ttl()) : ItemStore.KEEP_TTL, cas);
        } else if (cas != ANY) {
            outcome = session.compareAndDelete(key, cas);
        } else {
            outcome = session.delete(key) ? Outcome.STORED : Outcome.NOT_FOUND;
        }
        if (outcome == Outcome.NOT_FOUND || outcome == Outcome.EXISTS) {
            counters.increment(Counter.DELETE_MISSES);
        } else if (!flags.has('I')) { // which leaves something
            counters.increment(Counter.DELETE_HITS);
        }
        reply(outcome, 0);
    }

    // --- ma ---------------------------------------------------------------------------------------------------------

    private void count(ByteBuffer key) throws IOException {
        boolean down;
        switch (flags.mode()) {
            case 0, 'I', '+' -> down = false;
            case 'D', '-' -> down = true;
            default -> {
                replies.refused(Refusal.BAD_COUNT_MODE);
                return;
            }
        }
        long cas = flags.has('C') ? flags.cas() : ANY;
        Outcome outcome = add(key, down, cas);
        if (outcome == Outcome.NOT_FOUND && flags.has('N')) {
            outcome = makeCounter(key, down, cas);
        }
        boolean missed = outcome == Outcome.NOT_FOUND;
        if (down) {
            counters.increment(missed ? Counter.DECR_MISSES : Counter.DECR_HITS);
        } else {
            counters.increment(missed ? Counter.INCR_MISSES : Counter.INCR_HITS);
        }
        if (outcome != Outcome.STORED) {
            reply(outcome, 0);
            return;
        }
        counted(key);
    }

    private Outcome add(ByteBuffer key, boolean down, long cas) {
        return down ? writer().decrement(key, flags.delta(), cas) : writer().increment(key, flags.delta(), cas);
    }

    /** A counter that begins with the initial value; where another was faster, his counts. */
    private Outcome makeCounter(ByteBuffer key, boolean down, long cas) {
        ByteBuffer initial =
                ByteBuffer.wrap(Long.toUnsignedString(flags.initial()).getBytes(US_ASCII));
        Outcome made = writer().store(StoreMode.ADD, key, initial, 0, ttl(flags.vivifyTtl()));
        if (made == Outcome.NOT_STORED) {
            return add(key, down, cas);
        }
        madeCounter = made == Outcome.STORED;
        return made;
    }

    private void counted(ByteBuffer key) throws IOException {
        long number = madeCounter ? flags.initial() : session.counter();
        long token = session.token();
        if (flags.has('T') && !madeCounter) {
            session.touch(key, ttl(flags.ttl()));
        }
        madeCounter = false;
        if (!flags.has('q')) {
            replies.counted(number, token, flags.has('t') ? session.look(key) : null);
        }
    }

    // --- me ---------------------------------------------------------------------------------------------------------

    /** What is known of an item, for people who look for a fault. */
    private void describe(ByteBuffer key) throws IOException {
        ItemStore.Item item = session.look(key);
        if (item == null) {
            replies.without();
        } else {
            replies.described(item);
        }
    }

    /** The answer to a write. */
    private void reply(Outcome outcome, int size) throws IOException {
        switch (outcome) {
            case STORED -> {
                if (!flags.has('q')) {
                    replies.stored(session.token(), size);
                }
            }
            case NOT_STORED -> replies.failed(MetaReplies.NOT_STORED);
            case EXISTS -> replies.failed(MetaReplies.EXISTS);
            case NOT_FOUND -> replies.failed(MetaReplies.NOT_FOUND);
            case TOO_LARGE -> {
                counters.increment(Counter.STORE_TOO_LARGE);
                replies.refused(Refusal.TOO_LARGE);
            }
            case NO_MEMORY -> {
                counters.increment(Counter.STORE_NO_MEMORY);
                replies.refused(Refusal.NO_MEMORY);
            }
            case NOT_NUMERIC -> replies.refused(Refusal.NOT_NUMERIC);
        }
    }

    /** The session, told the token to give if there is one to give. */
    private ItemStore.Session writer() {
        session.nextToken(flags.newCas());
        return session;
    }

    private long ttl(long exptime) {
        return exptime <= Exptimes.RELATIVE_SECONDS_MAX
                ? exptime
                : Exptimes.ttlSeconds(exptime, wallClock.instant().getEpochSecond());
    }
}
