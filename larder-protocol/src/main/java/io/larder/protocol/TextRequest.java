package io.larder.protocol;

/**
 * A request as {@link TextRequestDecoder} found it: numbers, and where key and value lie in the buffer it was decoded from.
 *
 * <p>One object is filled again and again, so that a request costs no allocation. Positions are absolute indices into that
 * buffer, valid until its content moves. Not thread-safe.
 */
public final class TextRequest {
    Verb verb = Verb.VERSION;
    Refusal refusal = Refusal.UNKNOWN_COMMAND;
    int keyStart;
    int keyEnd;
    int valueStart;
    int valueEnd;
    int flags;
    long exptime;
    long number;
    boolean noreply;
    final MetaFlags meta = new MetaFlags();

    /** What is asked for. */
    public Verb verb() {
        return verb;
    }

    /** Why it is refused, after {@link TextRequestDecoder.Step#REFUSED} and the like. */
    public Refusal refusal() {
        return refusal;
    }

    /** Index of the first byte of the key, or of the words behind a verb that {@link Verb#administers}. */
    public int keyStart() {
        return keyStart;
    }

    /** Index behind the last byte of the key or words; equals {@link #keyStart} where there is none. */
    public int keyEnd() {
        return keyEnd;
    }

    /** Index of the first byte of the value. */
    public int valueStart() {
        return valueStart;
    }

    /** Index behind the last byte of the value. */
    public int valueEnd() {
        return valueEnd;
    }

    /** The client's flags, an unsigned 32-bit number. */
    public int flags() {
        return flags;
    }

    /** The exptime as on the wire; the delay of {@code flush_all}. */
    public long exptime() {
        return exptime;
    }

    /** The CAS token, the delta (both unsigned), or the level of {@code verbosity}. */
    public long number() {
        return number;
    }

    /** Whether the client wants no answer, neither success nor error. */
    public boolean noreply() {
        return noreply;
    }

    /** The flags of a meta command. */
    public MetaFlags meta() {
        return meta;
    }
}
