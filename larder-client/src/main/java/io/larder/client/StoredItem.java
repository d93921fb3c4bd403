package io.larder.client;

import java.time.Duration;

/**
 * An item as its node keeps it, to be copied to another.
 *
 * @param ttl what is left of it; zero for ever
 * @param cas token of this state
 */
record StoredItem(Encoded form, Duration ttl, long cas) {
    /** What is copied is not looked into. */
    static final Codec<Encoded> CODEC = new Codec<>() {
        @Override
        public Encoded encode(Encoded value) {
            return value;
        }

        @Override
        public Encoded decode(int flags, byte[] data) {
            return new Encoded(flags, data);
        }
    };
}
