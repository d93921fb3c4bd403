package io.larder.protocol;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Takes requests of the binary protocol out of the bytes of one connection, however these arrive cut.
 *
 * <pre>
 *   0        1      2          4      5        6       8         12     16  24
 *   | 0x80   | code | key size | extras size | type | - | body size | opaque | CAS | extras | key | value |
 * </pre>
 *
 * The body is extras, key and value; numbers are big-endian. Like {@link TextRequestDecoder}, it consumes what it has understood,
 * never blocks, allocates nothing, and keeps only a few numbers between calls. Not thread-safe; one decoder a connection.
 */
public final class BinaryRequestDecoder {
    /** The first byte of every request; no request of the text protocol begins with it. */
    public static final byte MAGIC = (byte) 0x80;

    /** Size of what comes before extras, key and value. */
    public static final int HEADER_BYTES = 24;

    /** Most that a peer may say about who it is. */
    public static final int SASL_BYTES_MAX = 64 << 10;

    private static final int MECHANISM_BYTES_MAX = 32;
    private static final int NO_CREATION = 0xffff_ffff;

    /** What {@link #next} found. */
    public enum Step {
        /** Nothing whole: offer the unconsumed bytes again with more behind. */
        INCOMPLETE,
        /** A request, whole with its value. */
        REQUEST,
        /** An error; the rest of the request will be passed over. */
        REFUSED,
        /** A value beyond the limit, which will be passed over; command and key are told. */
        TOO_LARGE,
        /** The peer cannot be trusted to stay in step: answer with the refusal, then close. */
        LAST,
        /** What came is no request: close. */
        LOST
    }

    private final int valueBytesMax;
    private final boolean asksWho;
    private boolean authenticated;
    private long swallowBytes;
    private int bytesNeeded;

    /**
     * A decoder at the start of a stream.
     *
     * @param valueBytesMax largest value let through, in bytes
     * @param asksWho whether only those are served who have said who they are; if not, the SASL commands are not known
     */
    public BinaryRequestDecoder(int valueBytesMax, boolean asksWho) {
        this.valueBytesMax = valueBytesMax;
        this.asksWho = asksWho;
        this.authenticated = !asksWho;
    }

    /** Serves everything from now on, or no more. */
    public void authenticated(boolean now) {
        authenticated = now;
    }

    /**
     * After {@link Step#INCOMPLETE}: how many bytes the request takes from the buffer's position on, or 0 where that is not
     * known yet.
     */
    public int bytesNeeded() {
        return bytesNeeded;
    }

    /**
     * After {@link Step#INCOMPLETE} with {@link #bytesNeeded}: gives the request up. What is still to come of it will be passed
     * over.
     *
     * @param bytesSeen how much of the request the caller had and has thrown away
     */
    public void passOver(int bytesSeen) {
        swallowBytes = (long) bytesNeeded - bytesSeen;
        bytesNeeded = 0;
    }

    /** Takes the next step through {@code in}, which is big-endian, filling {@code request}. */
    public Step next(ByteBuffer in, BinaryRequest request) {
        bytesNeeded = 0;
        if (swallowBytes > 0) {
            int passed = (int) Math.min(swallowBytes, in.remaining());
            in.position(in.position() + passed);
            swallowBytes -= passed;
        }
        if (!in.hasRemaining()) {
            return Step.INCOMPLETE;
        }
        if (in.get(in.position()) != MAGIC) {
            return Step.LOST;
        }
        return in.remaining() < HEADER_BYTES ? Step.INCOMPLETE : withHeader(in, in.position(), request);
    }

    private Step withHeader(ByteBuffer in, int at, BinaryRequest request) {
        int keyBytes = in.getShort(at + 2) & 0xffff;
        int extrasBytes = in.get(at + 4) & 0xff;
        long bodyBytes = in.getInt(at + 8) & 0xffff_ffffL;
        long valueBytes = bodyBytes - keyBytes - extrasBytes;
        request.code = in.get(at + 1) & 0xff;
        request.opaque = in.getInt(at + 12);
        request.cas = in.getLong(at + 16);
        if (valueBytes < 0) {
            return last(request, BinaryStatus.UNKNOWN_COMMAND);
        }
        BinaryCommand command = BinaryCommand.of(request.code);
        if (!authenticated && (command == null || !command.isOpenToAll())) {
            return last(request, BinaryStatus.AUTH_FAILED);
        }
        if (keyBytes > TextRequestDecoder.KEY_BYTES_MAX) {
            return last(request, BinaryStatus.INVALID);
        }
        if (command == null) {
            return passOver(in, at, request, BinaryStatus.UNKNOWN_COMMAND, HEADER_BYTES + bodyBytes);
        }
        if (!command.allows(extrasBytes, keyBytes, valueBytes)) {
            return last(request, BinaryStatus.INVALID);
        }
        request.command = command;
        request.quiet = command.isQuiet(request.code);
        request.keyStart = at + HEADER_BYTES + extrasBytes;
        request.keyEnd = request.keyStart + keyBytes;
        return withShape(in, at, request, valueBytes);
    }

    private Step withShape(ByteBuffer in, int at, BinaryRequest request, long valueBytes) {
        BinaryCommand command = request.command;
        int frontBytes = request.keyEnd - at;
        BinaryStatus refusal = refusal(command, request.keyEnd - request.keyStart, valueBytes);
        if (refusal != null) {
            if (in.remaining() < frontBytes) {
                return Step.INCOMPLETE; // the key is asked for
            }
            Step step = passOver(in, at, request, refusal, frontBytes + valueBytes);
            return refusal == BinaryStatus.TOO_LARGE ? Step.TOO_LARGE : step;
        }
        int bytes = frontBytes + (int) valueBytes;
        if (in.remaining() < bytes) {
            bytesNeeded = in.remaining() < frontBytes ? 0 : bytes;
            return Step.INCOMPLETE;
        }
        extras(in, at + HEADER_BYTES, request);
        request.valueStart = request.keyEnd;
        request.valueEnd = at + bytes;
        in.position(at + bytes);
        return Step.REQUEST;
    }

    private @Nullable BinaryStatus refusal(BinaryCommand command, int keyBytes, long valueBytes) {
        if (command.authenticates()) {
            if (!asksWho) {
                return BinaryStatus.UNKNOWN_COMMAND;
            }
            if (keyBytes > MECHANISM_BYTES_MAX) {
                return BinaryStatus.INVALID;
            }
            return valueBytes > SASL_BYTES_MAX ? BinaryStatus.NO_MEMORY : null;
        }
        return valueBytes > valueBytesMax ? BinaryStatus.TOO_LARGE : null;
    }

    private static void extras(ByteBuffer in, int at, BinaryRequest request) {
        request.exptime = 0;
        switch (request.command) {
            case SET, ADD, REPLACE -> {
                request.flags = in.getInt(at);
                request.exptime = in.getInt(at + 4) & 0xffff_ffffL;
            }
            case INCREMENT, DECREMENT -> {
                request.delta = in.getLong(at);
                request.initial = in.getLong(at + 8);
                int exptime = in.getInt(at + 16);
                request.exptime = exptime & 0xffff_ffffL;
                request.creates = exptime != NO_CREATION;
            }
            case TOUCH, GAT, GATK -> request.exptime = in.getInt(at) & 0xffff_ffffL;
            case FLUSH -> {
                if (request.keyStart > at) {
                    request.exptime = in.getInt(at) & 0xffff_ffffL;
                }
            }
            default -> {}
        }
    }

    private Step passOver(ByteBuffer in, int at, BinaryRequest request, BinaryStatus refusal, long bytes) {
        int here = (int) Math.min(bytes, in.remaining());
        in.position(at + here);
        swallowBytes = bytes - here;
        request.refusal = refusal;
        return Step.REFUSED;
    }

    private static Step last(BinaryRequest request, BinaryStatus refusal) {
        request.refusal = refusal;
        return Step.LAST;
    }
}
