package io.larder.cache.spi;

/**
 * A store which keeps bytes: outside this process, or in it so that none of its objects can be changed.
 *
 * <p>An array passed in or handed out belongs to the receiver afterwards. Opening one does not wait for the other side:
 * a store that is down when the program starts only fails its calls.
 */
public non-sealed interface ByteStore extends Store<byte[]> {
    /**
     * Its leases; closed with the store.
     *
     * @throws UnsupportedOperationException if it gives none, as here, and does not declare {@link Capability#LEASES}
     */
    default Leases leases() {
        throw new UnsupportedOperationException(
                "%s gives no leases".formatted(getClass().getSimpleName()));
    }
}
