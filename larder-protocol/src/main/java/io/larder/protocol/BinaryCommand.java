package io.larder.protocol;

import org.jspecify.annotations.Nullable;

/**
 * A command of the binary protocol, and the shape its requests must have. A quiet form is the same command with another code:
 * {@link BinaryRequest#quiet} tells. Source: memcached's {@code protocol-binary.txt}.
 */
public enum BinaryCommand {
    GET(0x00, 0x09, 0, Key.NEEDED, false),
    SET(0x01, 0x11, 8, Key.NEEDED, true),
    ADD(0x02, 0x12, 8, Key.NEEDED, true),
    REPLACE(0x03, 0x13, 8, Key.NEEDED, true),
    DELETE(0x04, 0x14, 0, Key.NEEDED, false),
    INCREMENT(0x05, 0x15, 20, Key.NEEDED, false),
    DECREMENT(0x06, 0x16, 20, Key.NEEDED, false),
    QUIT(0x07, 0x17, 0, Key.NONE, false),
    /** Its extras, the delay, may be left out. */
    FLUSH(0x08, 0x18, 4, Key.NONE, false),
    NOOP(0x0a, 0, Key.NONE, false),
    VERSION(0x0b, 0, Key.NONE, false),
    GETK(0x0c, 0x0d, 0, Key.NEEDED, false),
    APPEND(0x0e, 0x19, 0, Key.NEEDED, true),
    PREPEND(0x0f, 0x1a, 0, Key.NEEDED, true),
    STAT(0x10, 0, Key.OPTIONAL, false),
    TOUCH(0x1c, 4, Key.NEEDED, false),
    GAT(0x1d, 0x1e, 4, Key.NEEDED, false),
    GATK(0x23, 0x24, 4, Key.NEEDED, false),
    SASL_LIST(0x20, 0, Key.NONE, false),
    SASL_AUTH(0x21, 0, Key.NEEDED, true),
    SASL_STEP(0x22, 0, Key.NEEDED, true);

    private enum Key {
        NONE,
        OPTIONAL,
        NEEDED
    }

    private static final BinaryCommand[] BY_CODE = new BinaryCommand[256];

    static {
        for (BinaryCommand command : values()) {
            BY_CODE[command.code] = command;
            BY_CODE[command.quietCode] = command;
        }
    }

    private final int code;
    private final int quietCode;
    private final int extrasBytes;
    private final Key key;
    private final boolean value;

    BinaryCommand(int code, int extrasBytes, Key key, boolean value) {
        this(code, code, extrasBytes, key, value);
    }

    BinaryCommand(int code, int quietCode, int extrasBytes, Key key, boolean value) {
        this.code = code;
        this.quietCode = quietCode;
        this.extrasBytes = extrasBytes;
        this.key = key;
        this.value = value;
    }

    /** The command of a code, quiet or not, or {@code null} where there is none. */
    static @Nullable BinaryCommand of(int code) {
        return BY_CODE[code];
    }

    boolean isQuiet(int actual) {
        return actual != code;
    }

    /** Whether a request may have these lengths. */
    boolean allows(int extras, int keyBytes, long valueBytes) {
        boolean extrasFit = extras == extrasBytes || (this == FLUSH && extras == 0);
        boolean keyFits = key == Key.OPTIONAL || (keyBytes > 0) == (key == Key.NEEDED);
        return extrasFit && keyFits && (value || valueBytes == 0);
    }

    /** Whether it carries a value to be kept. */
    public boolean stores() {
        return value && !authenticates();
    }

    /** Whether its data say who the peer is. */
    public boolean authenticates() {
        return this == SASL_AUTH || this == SASL_STEP;
    }

    /** Whether it has to do with who the peer is. */
    public boolean isSasl() {
        return authenticates() || this == SASL_LIST;
    }

    /** Whether a hit sets the TTL. */
    public boolean touches() {
        return this == TOUCH || this == GAT || this == GATK;
    }

    /** Whether replies repeat the key. */
    public boolean repeatsKey() {
        return this == GETK || this == GATK;
    }

    /** Whether a peer may ask for it before it has said who it is. */
    boolean isOpenToAll() {
        return isSasl() || this == VERSION;
    }
}
