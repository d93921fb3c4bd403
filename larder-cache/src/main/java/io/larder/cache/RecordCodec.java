package io.larder.cache;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Records: their components in order, each of which may be null. Read back through the canonical constructor, so what it
 * refuses is unreadable.
 *
 * <p>Filled in after it is made, because a record may contain itself; immutable from then on.
 */
final class RecordCodec extends ValueCodec {
    private final String name;
    private final MethodHandle constructor;
    private final List<String> names = new ArrayList<>();
    private final List<Properties.Step> readers = new ArrayList<>();
    private final List<ValueCodec> codecs = new ArrayList<>();
    private boolean describing; // guarded by this; only while functions are defined

    RecordCodec(String name, Class<?> type) {
        this.name = name;
        this.constructor = constructor(type);
    }

    void component(String name, Properties.Step reader, ValueCodec codec) {
        names.add(name);
        readers.add(reader);
        codecs.add(codec);
    }

    @Override
    void write(ByteOut out, Object value) {
        out.down();
        for (int i = 0; i < codecs.size(); i++) {
            codecs.get(i).writeNullable(out, readers.get(i).from(value));
        }
        out.up();
    }

    @Override
    Object read(ByteIn in) {
        in.down();
        @Nullable Object[] components = new Object[codecs.size()];
        for (int i = 0; i < components.length; i++) {
            components[i] = codecs.get(i).readNullable(in);
        }
        in.up();
        try {
            return (Object) constructor.invokeExact(components);
        } catch (Throwable e) {
            if (e instanceof Error error) {
                throw error;
            }
            throw new UnreadableException("refused by the record");
        }
    }

    @Override
    synchronized String shape() {
        if (describing) {
            return name; // within itself
        }
        describing = true;
        StringBuilder shape = new StringBuilder(name).append('{');
        for (int i = 0; i < names.size(); i++) {
            shape.append(names.get(i)).append(':').append(codecs.get(i).shape()).append(';');
        }
        describing = false;
        return shape.append('}').toString();
    }

    private static MethodHandle constructor(Class<?> type) {
        Class<?>[] parameters = Arrays.stream(type.getRecordComponents())
                .map(RecordComponent::getType)
                .toArray(Class<?>[]::new);
        try {
            Constructor<?> canonical = type.getDeclaredConstructor(parameters);
            canonical.trySetAccessible(); // if refused, unreflect says so
            MethodHandle handle = MethodHandles.lookup().unreflectConstructor(canonical);
            return handle.asType(MethodType.genericMethodType(parameters.length))
                    .asSpreader(Object[].class, parameters.length);
        } catch (NoSuchMethodException | IllegalAccessException e) {
            throw new IllegalArgumentException(
                    "record %s cannot be constructed here; make it public, or open its package to io.larder.cache"
                            .formatted(type.getName()),
                    e);
        }
    }

    static Type componentType(Type owner, RecordComponent component) {
        return Types.boxed(Types.ofMember(owner, component.getGenericType()));
    }
}
