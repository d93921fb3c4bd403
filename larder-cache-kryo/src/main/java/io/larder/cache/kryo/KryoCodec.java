package io.larder.cache.kryo;

import com.esotericsoftware.kryo.kryo5.Kryo;
import com.esotericsoftware.kryo.kryo5.io.Input;
import com.esotericsoftware.kryo.kryo5.io.Output;
import io.larder.cache.spi.Codec;

/** Values as Kryo writes them, with the number of their class in front. Thread-safe. */
final class KryoCodec implements Codec {
    private static final int BYTES_FIRST = 512;
    private static final int BYTES_MAX = 64 << 20;

    private final Kryos kryos;
    private final String shape;

    KryoCodec(Kryos kryos, String shape) {
        this.kryos = kryos;
        this.shape = shape;
    }

    @Override
    public byte[] encode(Object value) {
        Kryo kryo = kryos.take();
        Output out = new Output(BYTES_FIRST, BYTES_MAX);
        kryo.writeClassAndObject(out, value);
        kryos.giveBack(kryo); // only if all went well
        return out.toBytes();
    }

    @Override
    public Object decode(byte[] bytes) {
        Kryo kryo = kryos.take();
        Input in = new Input(bytes);
        Object value = kryo.readClassAndObject(in);
        if (value == null || in.position() != bytes.length) {
            throw new IllegalArgumentException("no value, or more than one");
        }
        kryos.giveBack(kryo);
        return value;
    }

    @Override
    public String shape() {
        return shape;
    }
}
