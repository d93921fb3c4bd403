package io.larder.cache.spi;

/**
 * A store outside this process, or one that outlives it, which keeps bytes.
 *
 * <p>An array passed in or handed out belongs to the receiver afterwards. Opening one does not wait for the other side:
 * a store that is down when the program starts only fails its calls.
 */
public non-sealed interface ByteStore extends Store<byte[]> {}
