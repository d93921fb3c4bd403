package io.larder.cache;

/** Bytes are not what they should be. Stays inside: callers see a miss. Made often in bad times, so without a stack. */
final class UnreadableException extends RuntimeException {
    UnreadableException(String why) {
        super(why, null, false, false);
    }
}
