package io.larder.protocol;

/**
 * A request as {@link BinaryRequestDecoder} found it: numbers, and where key and value lie in the buffer it was decoded from.
 *
 * <p>One object is filled again and again, so that a request costs no allocation. Positions are absolute indices into that
 * buffer, valid until its content moves. Not thread-safe.
 */
public final class BinaryRequest {
    BinaryCommand command = BinaryCommand.NOOP;
    BinaryStatus refusal = BinaryStatus.UNKNOWN_COMMAND;
    int code;
    boolean quiet;
    int opaque;
    long cas;
    int keyStart;
    int keyEnd;
    int valueStart;
    int valueEnd;
    int flags;
    long exptime;
    boolean creates;
    long delta;
    long initial;

    /** What is asked for; after a refusal, what it was if that is known. */
    public BinaryCommand command() {
        return command;
    }

    /** Why it is refused, after {@link BinaryRequestDecoder.Step#REFUSED} and the like. */
    public BinaryStatus refusal() {
        return refusal;
    }

    /** The code of the command as sent, 0 to 255; replies repeat it. */
    public int code() {
        return code;
    }

    /** Whether the client wants no answer to a success, or a miss; errors are told. */
    public boolean quiet() {
        return quiet;
    }

    /** A number of the client's; replies repeat it. */
    public int opaque() {
        return opaque;
    }

    /** The CAS token, unsigned; 0 for none. */
    public long cas() {
        return cas;
    }

    /** Index of the first byte of the key, of the argument of {@code stat}, or of the name of a SASL mechanism. */
    public int keyStart() {
        return keyStart;
    }

    /** Index behind the last byte of the key; equals {@link #keyStart} where there is none. */
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

    /** The exptime as on the wire, 0 to 2^32-1; the delay of a flush. */
    public long exptime() {
        return exptime;
    }

    /** Whether a counter that is not there is to begin with {@link #initial()}. */
    public boolean creates() {
        return creates;
    }

    /** What to count by, unsigned. */
    public long delta() {
        return delta;
    }

    /** What a new counter begins with, unsigned. */
    public long initial() {
        return initial;
    }
}
