package io.larder.cache;

/**
 * How bytes in a store end: with what proves that they are whole, and were written under the key they were found under.
 * Thread-safe.
 */
interface Seal {
    /** What was written, sealed for its key. */
    byte[] close(String key, ByteOut written);

    /**
     * Checks bytes before anything of them is parsed.
     *
     * @return where the seal begins
     * @throws UnreadableException if it is broken, or there is none
     */
    int check(String key, byte[] bytes);

    /** Whether bytes without any seal must be refused. */
    boolean isRequired();
}
