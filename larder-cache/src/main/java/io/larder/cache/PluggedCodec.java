package io.larder.cache;

import io.larder.cache.spi.Codec;

/** A form that was plugged in: it has the whole payload, and its name is in the shape. */
final class PluggedCodec extends ValueCodec {
    private final String name;
    private final Codec codec;
    private final Class<?> type;

    /**
     * A codec for one type.
     *
     * @param type what it must bring back
     */
    PluggedCodec(String name, Codec codec, Class<?> type) {
        this.name = name;
        this.codec = codec;
        this.type = type;
    }

    @Override
    boolean isPlugged() {
        return true;
    }

    @Override
    void write(ByteOut out, Object value) {
        try {
            out.raw(codec.encode(type.cast(value)));
        } catch (StackOverflowError e) {
            throw new IllegalArgumentException("the value is nested too deep; does it contain itself?", e);
        }
    }

    @Override
    Object read(ByteIn in) {
        Object value;
        try {
            value = codec.decode(in.raw(in.left()));
        } catch (StackOverflowError e) {
            throw new UnreadableException("nested too deep");
        }
        if (!type.isInstance(value)) {
            throw new UnreadableException("of another type");
        }
        return value;
    }

    @Override
    String shape() {
        return name + ":" + codec.shape();
    }
}
