package io.larder.server;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.larder.protocol.MetaFlags;
import io.larder.protocol.Refusal;
import io.larder.protocol.TextRequest;
import io.larder.protocol.Verb;
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
    private static final byte[] HD = ascii("HD");
    private static final byte[] VA = ascii("VA ");
    private static final byte[] EN = ascii("EN");
    private static final byte[] NS = ascii("NS");
    private static final byte[] EX = ascii("EX");
    private static final byte[] NF = ascii("NF");
    private static final byte[] MN = ascii("MN\r\n");
    private static final byte[] ME = ascii("ME ");
    private static final byte[] MINUS_ONE = ascii("-1");
    private static final byte[] BLANK = ascii(" ");
    private static final ByteBuffer EMPTY = ByteBuffer.allocateDirect(0);
    private static final long ANY = 0;

    private final ItemStore.Session session;
    private final Replies replies;
    private final LoopCounters counters;
    private final InstantSource wallClock;
    private final MetaKey keys = new MetaKey();

    private final ByteBuffer initial = ByteBuffer.allocateDirect(20);
    private boolean madeCounter;
    private TextRequest request = new TextRequest();
    private MetaFlags flags = request.meta();
    private ByteBuffer in = EMPTY;

    MetaCommands(ItemStore.Session session, Replies replies, LoopCounters counters, InstantSource wallClock) {
        this.session = session;
        this.replies = replies;
        this.counters = counters;
        this.wallClock = wallClock;
    }

    /**
     * Carries out a request that lies in {@code bytes}.
     *
     * @param keyView and {@code value} are views of it, to be positioned
     */
    void execute(TextRequest toDo, ByteBuffer bytes, ByteBuffer keyView, ByteBuffer value) throws IOException {
        request = toDo;
        flags = toDo.meta();
        in = bytes;
        switch (toDo.verb()) {
            case MN -> replies.line(MN);
            case MG, MS, MD, MA, ME -> {
                ByteBuffer key = keys.of(toDo, bytes, keyView);
                if (!key.hasRemaining()) {
                    replies.line(Refusal.BAD_BASE64.line());
                    return;
                }
                withKey(key, value);
            }
            default -> throw new IllegalStateException("not a meta command: " + toDo.verb());
        }
    }

    private void withKey(ByteBuffer key, ByteBuffer value) throws IOException {
        if (flags.newCas() != 0) {
            session.nextToken(flags.newCas());
        }
        switch (request.verb()) {
            case MG -> get(key);
            case MS -> set(key, value);
            case MD -> delete(key);
            case MA -> count(key);
            default -> describe(key);
        }
    }

    // --- mg ---------------------------------------------------------------------------------------------------------

    private void get(ByteBuffer key) throws IOException {
        counters.increment(Counter.CMD_GET);
        ItemStore.Item item = find(key);
        boolean made = false;
        if (item != null) {
            counters.increment(Counter.GET_HITS);
        } else {
            counters.increment(Counter.GET_MISSES);
            item = flags.has('N') ? make(key) : null;
            made = item != null && !item.isWon();
        }
        if (item == null) {
            if (!flags.has('q')) {
                replyWithoutItem(EN);
            }
            return;
        }
        boolean alreadyWon = item.isWon();
        boolean asked = made || item.isStale() || isBelowRecache(item);
        boolean won = asked && !alreadyWon && session.win();
        boolean withValue = flags.has('v') && !(flags.has('C') && flags.cas() == item.cas());
        begin(item, withValue);
        tellFlags(item);
        if (alreadyWon || (asked && !won)) {
            replies.flag('Z');
        }
        if (item.isStale()) {
            replies.flag('X');
        }
        if (won) {
            replies.flag('W');
        }
        end(item, withValue);
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

    /** Puts an empty item where nothing is; whoever comes second finds it. */
    private ItemStore.@Nullable Item make(ByteBuffer key) {
        session.store(StoreMode.ADD, key, EMPTY, 0, ttl(flags.vivifyTtl()));
        return session.look(key);
    }

    private boolean isBelowRecache(ItemStore.Item item) {
        return flags.has('R') && item.ttlSeconds() >= 0 && item.ttlSeconds() < flags.recacheTtl();
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
            replies.line(Refusal.BAD_SET_MODE.line());
            return;
        }
        int size = value.remaining();
        Outcome outcome = store(mode, key, value);
        if (outcome == Outcome.NOT_STORED && flags.has('N') && (mode == StoreMode.APPEND || mode == StoreMode.PREPEND)) {
            outcome = session.store(StoreMode.ADD, key, value, flags.clientFlags(), ttl(flags.vivifyTtl()), ANY);
        }
        reply(outcome, size);
    }

    private Outcome store(StoreMode mode, ByteBuffer key, ByteBuffer value) {
        long ttl = ttl(flags.ttl());
        if (!flags.has('C')) {
            return session.store(mode, key, value, flags.clientFlags(), ttl);
        }
        Outcome outcome;
        if (flags.has('I') && mode == StoreMode.SET) {
            outcome = session.compareAndStoreStale(key, value, flags.clientFlags(), ttl, flags.cas());
        } else if (mode == StoreMode.SET) {
            outcome = session.compareAndStore(key, value, flags.clientFlags(), ttl, flags.cas());
        } else {
            outcome = session.store(mode, key, value, flags.clientFlags(), ttl, flags.cas());
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
        long cas = flags.has('C') ? flags.cas() : ANY;
        Outcome outcome;
        if (flags.has('I')) {
            outcome = session.markStale(key, flags.has('T') ? ttl(flags.ttl()) : ItemStore.KEEP_TTL, cas);
        } else if (flags.has('x')) {
            outcome = session.store(StoreMode.REPLACE, key, EMPTY, 0, ItemStore.KEEP_TTL, cas);
        } else if (cas != ANY) {
            outcome = session.compareAndDelete(key, cas);
        } else {
            outcome = session.delete(key) ? Outcome.STORED : Outcome.NOT_FOUND;
        }
        if (outcome == Outcome.NOT_STORED) {
            outcome = Outcome.NOT_FOUND;
        }
        counters.increment(outcome == Outcome.NOT_FOUND ? Counter.DELETE_MISSES : Counter.DELETE_HITS);
        reply(outcome, 0);
    }

    // --- ma ---------------------------------------------------------------------------------------------------------

    private void count(ByteBuffer key) throws IOException {
        boolean down;
        switch (flags.mode()) {
            case 0, 'I', '+' -> down = false;
            case 'D', '-' -> down = true;
            default -> {
                replies.line(Refusal.BAD_COUNT_MODE.line());
                return;
            }
        }
        long cas = flags.has('C') ? flags.cas() : ANY;
        Outcome outcome = session.count(key, flags.delta(), down, cas);
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

    /** A counter that begins with the initial value; where another was faster, his counts. */
    private Outcome makeCounter(ByteBuffer key, boolean down, long cas) {
        initial.clear();
        Digits.put(flags.initial(), initial);
        Outcome made = session.store(StoreMode.ADD, key, initial.flip(), 0, ttl(flags.vivifyTtl()));
        if (made == Outcome.NOT_STORED) {
            return session.count(key, flags.delta(), down, cas);
        }
        madeCounter = made == Outcome.STORED;
        return made;
    }

    private void counted(ByteBuffer key) throws IOException {
        long number = madeCounter ? flags.initial() : session.counter();
        long token = session.token();
        boolean made = madeCounter;
        madeCounter = false;
        if (flags.has('T') && !made) {
            session.touch(key, ttl(flags.ttl()));
        }
        if (flags.has('q')) {
            return;
        }
        if (flags.has('v')) {
            replies.part(VA);
            replies.digits(Digits.count(number));
        } else {
            replies.part(HD);
        }
        for (int i = 0; i < flags.count(); i++) {
            switch (flags.letter(i)) {
                case 'c' -> replies.flag('c', token);
                case 't' -> ttlFlag(session.look(key));
                default -> echo(i);
            }
        }
        replies.endLine();
        if (flags.has('v')) {
            replies.number(number);
        }
    }

    // --- me ---------------------------------------------------------------------------------------------------------

    /** What is known of an item, for people who look for a fault. */
    private void describe(ByteBuffer key) throws IOException {
        ItemStore.Item item = session.look(key);
        if (item == null) {
            replies.part(EN);
            replies.endLine();
            return;
        }
        replies.part(ME);
        replies.piece(in, request.keyStart(), request.keyEnd());
        replies.text(" exp=%d la=%d cas=%d fetch=%s cls=1 size=%d\r\n"
                .formatted(
                        item.ttlSeconds(),
                        item.idleSeconds(),
                        item.cas(),
                        item.isFetched() ? "yes" : "no",
                        item.valueBytes()));
    }

    // --- replies ----------------------------------------------------------------------------------------------------

    /** The answer to a write: what it came to, and the flags that every answer repeats. */
    private void reply(Outcome outcome, int size) throws IOException {
        byte[] code;
        switch (outcome) {
            case STORED -> {
                if (flags.has('q')) {
                    return;
                }
                code = HD;
            }
            case NOT_STORED -> code = NS;
            case EXISTS -> code = EX;
            case NOT_FOUND -> code = NF;
            case TOO_LARGE -> {
                counters.increment(Counter.STORE_TOO_LARGE);
                replies.line(Refusal.TOO_LARGE.line());
                return;
            }
            case NO_MEMORY -> {
                counters.increment(Counter.STORE_NO_MEMORY);
                replies.line(Refusal.NO_MEMORY.line());
                return;
            }
            case NOT_NUMERIC -> {
                replies.line(Refusal.NOT_NUMERIC.line());
                return;
            }
            default -> throw new IllegalStateException("no answer for " + outcome);
        }
        replies.part(code);
        boolean stored = outcome == Outcome.STORED && request.verb() == Verb.MS;
        for (int i = 0; i < flags.count(); i++) {
            switch (flags.letter(i)) {
                case 'c' -> {
                    if (stored) {
                        replies.flag('c', session.token());
                    }
                }
                case 's' -> {
                    if (stored) {
                        replies.flag('s', size);
                    }
                }
                default -> echo(i);
            }
        }
        replies.endLine();
    }

    private void replyWithoutItem(byte[] code) throws IOException {
        replies.part(code);
        for (int i = 0; i < flags.count(); i++) {
            echo(i);
        }
        replies.endLine();
    }

    private void begin(ItemStore.Item item, boolean withValue) throws IOException {
        if (withValue) {
            replies.part(VA);
            replies.digits(item.valueBytes());
        } else {
            replies.part(HD);
        }
    }

    private void tellFlags(ItemStore.Item item) throws IOException {
        for (int i = 0; i < flags.count(); i++) {
            switch (flags.letter(i)) {
                case 's' -> replies.flag('s', item.valueBytes());
                case 'c' -> replies.flag('c', item.cas());
                case 'f' -> replies.flag('f', Integer.toUnsignedLong(item.flags()));
                case 'h' -> replies.flag('h', item.isFetched() ? 1 : 0);
                case 'l' -> replies.flag('l', item.idleSeconds());
                case 't' -> ttlFlag(item);
                default -> echo(i);
            }
        }
    }

    private void ttlFlag(ItemStore.@Nullable Item item) throws IOException {
        if (item != null && item.ttlSeconds() >= 0) {
            replies.flag('t', item.ttlSeconds());
        } else {
            replies.flag('t');
            replies.part(MINUS_ONE);
        }
    }

    /** Opaque and key, which every answer repeats, hit or not. */
    private void echo(int place) throws IOException {
        char letter = flags.letter(place);
        if (letter == 'O') {
            replies.part(BLANK);
            replies.piece(in, flags.start(place), flags.end(place));
        } else if (letter == 'k') {
            replies.flag('k');
            replies.piece(in, request.keyStart(), request.keyEnd());
            if (flags.has('b')) {
                replies.flag('b');
            }
        }
    }

    private void end(ItemStore.Item item, boolean withValue) throws IOException {
        replies.endLine();
        if (withValue) {
            replies.value(item);
            replies.endLine();
        }
    }

    private long ttl(long exptime) {
        return exptime <= Exptimes.RELATIVE_SECONDS_MAX
                ? exptime
                : Exptimes.ttlSeconds(exptime, wallClock.instant().getEpochSecond());
    }

    private static byte[] ascii(String text) {
        return text.getBytes(US_ASCII);
    }
}
