package io.larder.cache.kryo;

import com.esotericsoftware.kryo.kryo5.Kryo;
import com.esotericsoftware.kryo.kryo5.Serializer;
import com.esotericsoftware.kryo.kryo5.io.Input;
import com.esotericsoftware.kryo.kryo5.io.Output;
import com.esotericsoftware.kryo.kryo5.objenesis.strategy.StdInstantiatorStrategy;
import com.esotericsoftware.kryo.kryo5.serializers.ImmutableCollectionsSerializers;
import com.esotericsoftware.kryo.kryo5.util.DefaultInstantiatorStrategy;
import com.esotericsoftware.kryo.kryo5.util.Pool;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Currency;
import java.util.Date;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.LinkedList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/**
 * Kryo instances that know the same classes by the same numbers, each used by one thread at a time; at most 16 are kept. What is
 * registered here, and in what order, is part of the stored form: change it, and change {@link #FORM}.
 */
final class Kryos {
    private static final String FORM = "1";
    private static final int KEPT_MAX = 16;

    private static final List<Class<?>> BASE = List.of(
            ArrayList.class,
            LinkedList.class,
            ArrayDeque.class,
            HashMap.class,
            LinkedHashMap.class,
            TreeMap.class,
            HashSet.class,
            LinkedHashSet.class,
            TreeSet.class,
            Collections.emptyList().getClass(),
            Collections.emptyMap().getClass(),
            Collections.emptySet().getClass(),
            Collections.singletonList("").getClass(),
            Arrays.asList("").getClass(),
            Optional.class,
            BigDecimal.class,
            BigInteger.class,
            Date.class,
            Instant.class,
            Duration.class,
            LocalDate.class,
            LocalTime.class,
            LocalDateTime.class,
            OffsetDateTime.class,
            ZonedDateTime.class,
            Locale.class,
            Currency.class,
            boolean[].class,
            byte[].class,
            int[].class,
            long[].class,
            double[].class,
            String[].class,
            Object[].class);

    private final List<Class<?>> allowed;
    private final Pool<Kryo> pool;
    private final String described;

    Kryos(List<Class<?>> allowed) {
        this.allowed = allowed;
        this.pool = new Pool<>(true, false, KEPT_MAX) {
            @Override
            protected Kryo create() {
                return kryo();
            }
        };
        this.described = describe(kryo());
    }

    Kryo take() {
        return pool.obtain();
    }

    void giveBack(Kryo kryo) {
        pool.free(kryo);
    }

    private Kryo kryo() {
        Kryo kryo = new Kryo();
        kryo.setRegistrationRequired(true);
        kryo.setReferences(true);
        kryo.setInstantiatorStrategy(new DefaultInstantiatorStrategy(new StdInstantiatorStrategy()));
        BASE.forEach(kryo::register);
        kryo.register(UUID.class, new UuidSerializer());
        ImmutableCollectionsSerializers.registerSerializers(kryo);
        for (Class<?> type : allowed) {
            try {
                kryo.register(type);
            } catch (RuntimeException e) {
                throw new IllegalArgumentException(
                        "%s cannot be written by kryo: %s; leave it out"
                                .formatted(type.getName(), e.getClass().getSimpleName()),
                        e);
            }
        }
        return kryo;
    }

    private String describe(Kryo kryo) {
        StringBuilder shape = new StringBuilder(FORM);
        for (Class<?> type : allowed) {
            shape.append(' ').append(type.getName());
            if (type.isEnum()) {
                shape.append(Arrays.toString(type.getEnumConstants())); // by their order
                continue;
            }
            shape.append('{');
            for (Class<?> at = type; at != null && at != Object.class; at = at.getSuperclass()) {
                fields(kryo, type, at, shape);
            }
            shape.append('}');
        }
        return shape.toString();
    }

    private static void fields(Kryo kryo, Class<?> owner, Class<?> declaring, StringBuilder shape) {
        Arrays.stream(declaring.getDeclaredFields())
                .filter(field -> (field.getModifiers() & (Modifier.STATIC | Modifier.TRANSIENT)) == 0)
                .sorted((a, b) -> a.getName().compareTo(b.getName()))
                .forEach(field -> {
                    check(kryo, owner, field);
                    shape.append(field.getName())
                            .append(':')
                            .append(field.getGenericType().getTypeName())
                            .append(';');
                });
    }

    /** A field of a class that nobody listed fails at every write; better said at once. Of interfaces nobody knows yet. */
    private static void check(Kryo kryo, Class<?> owner, Field field) {
        Class<?> type = field.getType();
        if (isConcrete(type) && kryo.getClassResolver().getRegistration(type) == null) {
            throw new IllegalArgumentException(
                    "%s.%s is %s, which kryo may not construct; write KryoCodecs.allowing(%s.class, ...)"
                            .formatted(
                                    owner.getSimpleName(),
                                    field.getName(),
                                    type.getSimpleName(),
                                    type.getSimpleName()));
        }
    }

    private static boolean isConcrete(Class<?> type) {
        return !type.isInterface()
                && (type.isArray() || !Modifier.isAbstract(type.getModifiers()))
                && type != Object.class;
    }

    /**
     * What changes the meaning of bytes of a declared type: all that is allowed.
     *
     * @throws IllegalArgumentException if no value of that type could be written
     */
    String shape(Type declared) {
        Kryo kryo = take();
        refuse(kryo, declared, declared);
        giveBack(kryo);
        return declared.getTypeName() + " of " + described;
    }

    private static void refuse(Kryo kryo, Type whole, Type part) {
        if (part instanceof ParameterizedType p) {
            refuse(kryo, whole, p.getRawType());
            for (Type argument : p.getActualTypeArguments()) {
                refuse(kryo, whole, argument);
            }
        } else if (part instanceof Class<?> type
                && isConcrete(type)
                && kryo.getClassResolver().getRegistration(type) == null) {
            throw new IllegalArgumentException(
                    "%s has %s, which kryo may not construct; write KryoCodecs.allowing(%s.class, ...)"
                            .formatted(whole.getTypeName(), type.getSimpleName(), type.getSimpleName()));
        }
    }

    /** Kryo has none, and the fields of this class are closed to it. */
    private static final class UuidSerializer extends Serializer<UUID> {
        UuidSerializer() {
            super(false, true);
        }

        @Override
        public void write(Kryo kryo, Output output, UUID value) {
            output.writeLong(value.getMostSignificantBits());
            output.writeLong(value.getLeastSignificantBits());
        }

        @Override
        public UUID read(Kryo kryo, Input input, Class<? extends UUID> type) {
            long high = input.readLong();
            return new UUID(high, input.readLong());
        }
    }
}
