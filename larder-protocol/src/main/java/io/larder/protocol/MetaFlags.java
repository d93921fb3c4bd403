package io.larder.protocol;

import org.jspecify.annotations.Nullable;

/**
 * The flags of a meta command: which letters there are, the numbers behind some of them, and where each stands in the buffer, in
 * the order of the request, because replies repeat them in that order.
 *
 * <p>Filled again and again by {@link TextRequestDecoder}. Positions are valid as long as those of {@link TextRequest}. Source:
 * memcached's {@code doc/protocol.txt}, "Meta Commands"; error lines as memcached 1.6.18 words them.
 */
public final class MetaFlags {
    /** Longest opaque with its letter, in bytes. */
    static final int OPAQUE_BYTES_MAX = 32;

    private static final int LETTERS = 128;
    private static final byte DELETE = 127;
    private static final String KNOWN = "bcfhklqstuvxCDEFIJLMNOPRT";

    /** Letters that stand alone. */
    private static final boolean[] PLAIN = new boolean[LETTERS];

    static {
        for (char letter : "bcfhklqstuvx".toCharArray()) {
            PLAIN[letter] = true;
        }
    }

    private final boolean[] present = new boolean[LETTERS];
    private final byte[] letters = new byte[LETTERS];
    private final int[] starts = new int[LETTERS];
    private final int[] ends = new int[LETTERS];
    private int count;

    private long ttl;
    private long vivifyTtl;
    private long recacheTtl;
    private long delta;
    private long initial;
    private long cas;
    private long newCas;
    private int clientFlags;
    private byte mode;

    /** Whether the letter is among the flags. */
    public boolean has(char letter) {
        return present[letter];
    }

    /** How many flags there are. */
    public int count() {
        return count;
    }

    /** The letter of the flag at that place. */
    public char letter(int place) {
        return (char) letters[place];
    }

    /** Index of the first byte of the flag at that place, its letter. */
    public int start(int place) {
        return starts[place];
    }

    /** Index behind the last byte of the flag at that place. */
    public int end(int place) {
        return ends[place];
    }

    /** {@code T}: exptime; 0 where absent. */
    public long ttl() {
        return ttl;
    }

    /** {@code N}: exptime of an item made on a miss. */
    public long vivifyTtl() {
        return vivifyTtl;
    }

    /** {@code R}: seconds left below which one reader is asked to load anew. */
    public long recacheTtl() {
        return recacheTtl;
    }

    /** {@code D}: unsigned; 1 where absent. */
    public long delta() {
        return delta;
    }

    /** {@code J}: unsigned; 0 where absent. */
    public long initial() {
        return initial;
    }

    /** {@code C}: the token to compare with. */
    public long cas() {
        return cas;
    }

    /** {@code E}: the token to give, 0 where absent. */
    public long newCas() {
        return newCas;
    }

    /** {@code F}: an unsigned 32-bit number; 0 where absent. */
    public int clientFlags() {
        return clientFlags;
    }

    /** {@code M}: its one letter; 0 where absent. */
    public char mode() {
        return (char) mode;
    }

    void clear() {
        for (int i = 0; i < count; i++) {
            present[letters[i]] = false;
        }
        count = 0;
        ttl = 0;
        vivifyTtl = 0;
        recacheTtl = 0;
        delta = 1;
        initial = 0;
        cas = 0;
        newCas = 0;
        clientFlags = 0;
        mode = 0;
    }

    /** Adds a flag that carries no number; false, with nothing added, where it is not one or is there already. */
    boolean addPlain(byte letter, int start, int end) {
        if (letter < 0 || present[letter] || !isPlain(letter, end - start)) {
            return false;
        }
        add(letter, start, end);
        return true;
    }

    private static boolean isPlain(byte letter, int length) {
        return letter == 'O' ? length <= OPAQUE_BYTES_MAX : length == 1 && PLAIN[letter];
    }

    private void add(byte letter, int start, int end) {
        present[letter] = true;
        letters[count] = letter;
        starts[count] = start;
        ends[count] = end;
        count++;
    }

    /** Reads the words that are left on the line; answers what is wrong with them, or {@code null}. */
    @Nullable
    Refusal parse(Token token) {
        clear();
        while (token.next()) {
            byte letter = token.first();
            if (letter < 0 || letter == DELETE || present[letter]) {
                return Refusal.DUPLICATE_FLAG; // what memcached says of letters beyond its table
            }
            if (KNOWN.indexOf(letter) < 0) {
                return Refusal.BAD_FLAG;
            }
            add(letter, token.start(), token.end());
            Refusal refusal = value(letter, token);
            if (refusal != null) {
                return refusal;
            }
        }
        return null;
    }

    private @Nullable Refusal value(byte letter, Token token) {
        return switch (letter) {
            case 'O' -> token.length() > OPAQUE_BYTES_MAX ? Refusal.LONG_OPAQUE : null;
            case 'M' -> mode(token);
            case 'T', 'N', 'R' -> exptime(letter, token);
            case 'D', 'J', 'C', 'E', 'F' -> unsigned(letter, token);
            default -> null;
        };
    }

    private @Nullable Refusal mode(Token token) {
        mode = token.last();
        return token.length() == 2 ? null : Refusal.BAD_MODE_LENGTH;
    }

    private @Nullable Refusal exptime(byte letter, Token token) {
        token.skipFirst();
        if (!token.isSigned()) {
            return Refusal.BAD_TOKEN;
        }
        long value = token.signed();
        switch (letter) {
            case 'T' -> ttl = value;
            case 'N' -> vivifyTtl = value;
            default -> recacheTtl = value;
        }
        return null;
    }

    private @Nullable Refusal unsigned(byte letter, Token token) {
        token.skipFirst();
        if (!token.isUnsigned()) {
            return letter == 'F' ? Refusal.BAD_LINE : Refusal.BAD_TOKEN;
        }
        long value = token.unsigned();
        switch (letter) {
            case 'D' -> delta = value;
            case 'J' -> initial = value;
            case 'C' -> cas = value;
            case 'E' -> newCas = value;
            default -> {
                if (value >>> 32 != 0) {
                    return Refusal.BAD_LINE;
                }
                clientFlags = (int) value;
            }
        }
        return null;
    }
}
