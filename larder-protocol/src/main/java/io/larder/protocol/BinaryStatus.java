package io.larder.protocol;

import static java.nio.charset.StandardCharsets.US_ASCII;

/** The status of a binary reply, with the text memcached 1.6.18 sends along with it. Source: memcached's {@code protocol-binary.txt}. */
public enum BinaryStatus {
    OK(0x00, ""),
    NOT_FOUND(0x01, "Not found"),
    EXISTS(0x02, "Data exists for key."),
    TOO_LARGE(0x03, "Too large."),
    INVALID(0x04, "Invalid arguments"),
    NOT_STORED(0x05, "Not stored."),
    NOT_NUMERIC(0x06, "Non-numeric server-side value for incr or decr"),
    AUTH_FAILED(0x20, "Auth failure."),
    AUTH_CONTINUE(0x21, ""),
    UNKNOWN_COMMAND(0x81, "Unknown command"),
    NO_MEMORY(0x82, "Out of memory");

    private final int code;

    @SuppressWarnings("ImmutableEnumChecker") // written once, and only read by those it is lent to
    private final byte[] text;

    BinaryStatus(int code, String text) {
        this.code = code;
        this.text = text.getBytes(US_ASCII);
    }

    /** The number on the wire. */
    public int code() {
        return code;
    }

    /** The body of a reply with this status, nothing where none is needed; shared, not to be changed. */
    public byte[] text() {
        return text;
    }
}
