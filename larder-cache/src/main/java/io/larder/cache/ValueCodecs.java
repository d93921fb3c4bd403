package io.larder.cache;

import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Finds the codec of a declared type, for stores that keep bytes. For one definition. */
final class ValueCodecs {
    private final Type whole;
    private final Map<Type, ValueCodec> known = new HashMap<>();
    private final Map<String, Type> names = new HashMap<>();

    private ValueCodecs(Type whole) {
        this.whole = whole;
    }

    /**
     * The codec of a type.
     *
     * @throws IllegalArgumentException if some part of it has no binary form; names the way to that part
     */
    static ValueCodec of(Type type) {
        return new ValueCodecs(type).find(type, "");
    }

    private ValueCodec find(Type type, String path) {
        Class<?> raw = Types.raw(type);
        ValueCodec scalar = ScalarCodec.of(raw);
        if (scalar != null) {
            return scalar;
        }
        if (raw == List.class || raw == Collection.class) {
            return CollectionCodec.list(find(Types.argument(type, 0), path + "[]"));
        }
        if (raw == Set.class) {
            return CollectionCodec.set(find(Types.argument(type, 0), path + "[]"));
        }
        if (raw == Map.class) {
            return new MapCodec(
                    find(Types.argument(type, 0), path + ".key"), find(Types.argument(type, 1), path + ".value"));
        }
        if (raw == Optional.class) {
            return new OptionalCodec(find(Types.argument(type, 0), path));
        }
        if (known.containsKey(type)) {
            return known.get(type);
        }
        if (raw.isRecord()) {
            return record(type, raw, path);
        }
        if (raw.isSealed() && raw.isInterface()) {
            return sealed(type, raw, path);
        }
        throw refused(type, path);
    }

    private ValueCodec record(Type type, Class<?> raw, String path) {
        RecordCodec codec = new RecordCodec(name(type, raw), raw);
        known.put(type, codec);
        for (RecordComponent component : raw.getRecordComponents()) {
            Type declared = RecordCodec.componentType(type, component);
            codec.component(
                    component.getName(),
                    Properties.component(type, component).step(),
                    find(declared, path + "." + component.getName()));
        }
        return codec;
    }

    private ValueCodec sealed(Type type, Class<?> raw, String path) {
        SealedCodec codec = new SealedCodec(name(type, raw));
        known.put(type, codec);
        for (Class<?> permitted : raw.getPermittedSubclasses()) {
            codec.permitted(
                    permitted, find(Types.subtype(type, permitted), path + "(" + permitted.getSimpleName() + ")"));
        }
        return codec;
    }

    /** The simple name, unless another type here has it: then two shapes would read alike where a type contains itself. */
    private String name(Type type, Class<?> raw) {
        return type.equals(names.computeIfAbsent(raw.getSimpleName(), same -> type))
                ? raw.getSimpleName()
                : type.getTypeName();
    }

    private IllegalArgumentException refused(Type type, String path) {
        String part = path.isEmpty()
                ? "%s has no binary form".formatted(Types.text(type))
                : "%s%s is %s, which has no binary form".formatted(Types.text(whole), path, Types.text(type));
        boolean bean = !Types.raw(type).getName().startsWith("java.");
        return new IllegalArgumentException(part
                + "; use a record, text, numbers, dates, enums, List, Set, Map or Optional of them, or a mem: store"
                + (bean ? ", or codec=json, which takes beans (dependency io.larder:larder-cache-json)" : ""));
    }
}
