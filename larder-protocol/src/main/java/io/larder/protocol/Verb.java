package io.larder.protocol;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A command of the classic text protocol, or a meta command. Source: memcached's {@code doc/protocol.txt}. */
public enum Verb {
    GET,
    GETS,
    GAT,
    GATS,
    SET,
    ADD,
    REPLACE,
    APPEND,
    PREPEND,
    CAS,
    DELETE,
    INCR,
    DECR,
    TOUCH,
    FLUSH_ALL,
    STATS,
    VERSION,
    VERBOSITY,
    QUIT,
    SHUTDOWN,
    MG,
    MS,
    MD,
    MA,
    MN,
    ME,
    WATCH,
    LRU_CRAWLER,
    LRU,
    SLABS,
    CACHE_MEMLIMIT,
    EXTSTORE,
    DEBUGTIME,
    REFRESH_CERTS;

    private static final Verb[] ALL = values();

    @SuppressWarnings("ImmutableEnumChecker") // written once, never lent
    private final byte[] word = name().toLowerCase(Locale.ROOT).getBytes(US_ASCII);

    /** The verb a word stands for, lower case only as in memcached, or {@code null}. */
    static @Nullable Verb of(Token token) {
        for (Verb verb : ALL) {
            if (token.is(verb.word)) {
                return verb;
            }
        }
        return null;
    }

    /** Whether a list of keys follows. */
    public boolean retrieves() {
        return this == GET || this == GETS || touches();
    }

    /** Whether a data block follows. */
    public boolean stores() {
        return switch (this) {
            case SET, ADD, REPLACE, APPEND, PREPEND, CAS, MS -> true;
            default -> false;
        };
    }

    /** Whether it looks into the server or tunes it; what the words behind it mean is the server's affair. */
    public boolean administers() {
        return switch (this) {
            case STATS, WATCH, LRU_CRAWLER, LRU, SLABS, CACHE_MEMLIMIT, EXTSTORE, DEBUGTIME, REFRESH_CERTS -> true;
            default -> false;
        };
    }

    /** Whether replies carry the CAS token. */
    public boolean wantsCas() {
        return this == GETS || this == GATS;
    }

    /** Whether a retrieval sets the TTL as well. */
    public boolean touches() {
        return this == GAT || this == GATS;
    }
}
