package io.larder.protocol;

import static java.nio.charset.StandardCharsets.US_ASCII;

/** Why a request is not carried out: the exact error lines of memcached 1.6.18. */
public enum Refusal {
    UNKNOWN_COMMAND("ERROR"),
    BAD_LINE("CLIENT_ERROR bad command line format"),
    BAD_DATA("CLIENT_ERROR bad data chunk"),
    BAD_EXPTIME("CLIENT_ERROR invalid exptime argument"),
    BAD_DELTA("CLIENT_ERROR invalid numeric delta argument"),
    BAD_DELETE("CLIENT_ERROR bad command line format.  Usage: delete <key> [noreply]"),
    NOT_NUMERIC("CLIENT_ERROR cannot increment or decrement non-numeric value"),
    BAD_FLAG("CLIENT_ERROR invalid flag"),
    DUPLICATE_FLAG("CLIENT_ERROR duplicate flag"),
    BAD_OR_DUPLICATE_FLAG("CLIENT_ERROR invalid or duplicate flag"),
    BAD_TOKEN("CLIENT_ERROR bad token in command line format"),
    LONG_OPAQUE("CLIENT_ERROR opaque token too long"),
    BAD_MODE_LENGTH("CLIENT_ERROR incorrect length for M token"),
    BAD_SET_MODE("CLIENT_ERROR invalid mode for ms M token"),
    BAD_COUNT_MODE("CLIENT_ERROR invalid mode for ma M token"),
    BAD_BASE64("CLIENT_ERROR error decoding key"),
    LINE_TOO_LONG("CLIENT_ERROR line too long"),
    /** A browser, or a page that was made to send a form here: hung up on without a word. */
    HTTP(""),
    TOO_LARGE("SERVER_ERROR object too large for cache"),
    NO_MEMORY("SERVER_ERROR out of memory storing object");

    @SuppressWarnings("ImmutableEnumChecker") // written once, and only read by those it is lent to
    private final byte[] line;

    Refusal(String text) {
        this.line = text.isEmpty() ? new byte[0] : (text + "\r\n").getBytes(US_ASCII);
    }

    /** The error line with its CRLF, or nothing for {@link #HTTP}; shared, not to be changed. */
    public byte[] line() {
        return line;
    }
}
