package io.larder.cache;

import java.util.ArrayList;
import java.util.List;

/**
 * Sealed interfaces: which of the permitted types it is, in the order of their declaration, then the value in that type's form. The
 * bytes choose among the types that the program declares, and no others.
 *
 * <p>Filled in after it is made, because a permitted type may contain the interface; immutable from then on.
 */
final class SealedCodec extends ValueCodec {
    private final String name;
    private final List<Class<?>> types = new ArrayList<>();
    private final List<ValueCodec> codecs = new ArrayList<>();
    private boolean describing; // guarded by this; only while functions are defined

    SealedCodec(String name) {
        this.name = name;
    }

    void permitted(Class<?> type, ValueCodec codec) {
        types.add(type);
        codecs.add(codec);
    }

    @Override
    void write(ByteOut out, Object value) {
        for (int i = 0; i < types.size(); i++) {
            if (types.get(i).isInstance(value)) {
                out.varint(i);
                codecs.get(i).write(out, value);
                return;
            }
        }
        throw new ClassCastException(value.getClass().getName() + " is not permitted by " + name);
    }

    @Override
    Object read(ByteIn in) {
        long which = in.varint();
        if (which < 0 || which >= codecs.size()) {
            throw new UnreadableException("no such permitted type");
        }
        return codecs.get((int) which).read(in);
    }

    @Override
    synchronized String shape() {
        if (describing) {
            return name; // within itself
        }
        describing = true;
        StringBuilder shape = new StringBuilder("sealed ").append(name).append('(');
        for (ValueCodec codec : codecs) {
            shape.append(codec.shape()).append(';');
        }
        describing = false;
        return shape.append(')').toString();
    }
}
