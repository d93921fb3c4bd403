package io.larder.cache;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.Map;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The form of a type that has no parts. The table below is part of the stored format: change a row, change its name. */
final class ScalarCodec<T> extends ValueCodec {
    private static final Map<Class<?>, ScalarCodec<?>> ALL = Map.ofEntries(
            row(Boolean.class, "bool", (out, v) -> out.oneByte(v ? 1 : 0), ScalarCodec::readBoolean),
            row(Byte.class, "i8", (out, v) -> out.oneByte(v), in -> (byte) in.oneByte()),
            row(Short.class, "i16", (out, v) -> out.zigzag(v), in ->
                    (short) in.zigzag(Short.MIN_VALUE, Short.MAX_VALUE)),
            row(Integer.class, "i32", (out, v) -> out.zigzag(v), in ->
                    (int) in.zigzag(Integer.MIN_VALUE, Integer.MAX_VALUE)),
            row(Long.class, "i64", ByteOut::zigzag, ByteIn::zigzag),
            row(Character.class, "char", (out, v) -> out.fixed(v, 2), in -> (char) in.fixed(2)),
            row(
                    Float.class,
                    "f32",
                    (out, v) -> out.fixed(Float.floatToRawIntBits(v), 4),
                    in -> Float.intBitsToFloat((int) in.fixed(4))),
            row(
                    Double.class,
                    "f64",
                    (out, v) -> out.fixed(Double.doubleToRawLongBits(v), 8),
                    in -> Double.longBitsToDouble(in.fixed(8))),
            row(String.class, "text", ByteOut::text, ByteIn::text),
            row(byte[].class, "bytes", ByteOut::block, ByteIn::block),
            row(BigInteger.class, "integer", (out, v) -> out.block(v.toByteArray()), in -> new BigInteger(in.block())),
            row(BigDecimal.class, "decimal", ScalarCodec::writeDecimal, ScalarCodec::readDecimal),
            row(UUID.class, "uuid", ScalarCodec::writeUuid, in -> new UUID(in.fixed(8), in.fixed(8))),
            row(
                    Instant.class,
                    "instant",
                    (out, v) -> writeTime(out, v.getEpochSecond(), v.getNano()),
                    in -> Instant.ofEpochSecond(in.zigzag(), in.varint())),
            row(
                    Duration.class,
                    "duration",
                    (out, v) -> writeTime(out, v.getSeconds(), v.getNano()),
                    in -> Duration.ofSeconds(in.zigzag(), in.varint())),
            row(
                    LocalDate.class,
                    "date",
                    (out, v) -> out.zigzag(v.toEpochDay()),
                    in -> LocalDate.ofEpochDay(in.zigzag())),
            row(
                    LocalTime.class,
                    "time",
                    (out, v) -> out.varint(v.toNanoOfDay()),
                    in -> LocalTime.ofNanoOfDay(in.varint())),
            row(
                    LocalDateTime.class,
                    "datetime",
                    (out, v) -> {
                        out.zigzag(v.toLocalDate().toEpochDay());
                        out.varint(v.toLocalTime().toNanoOfDay());
                    },
                    in -> LocalDateTime.of(LocalDate.ofEpochDay(in.zigzag()), LocalTime.ofNanoOfDay(in.varint()))));

    private final Class<T> type;
    private final String shape;
    private final BiConsumer<ByteOut, T> writer;
    private final Function<ByteIn, T> reader;

    private ScalarCodec(Class<T> type, String shape, BiConsumer<ByteOut, T> writer, Function<ByteIn, T> reader) {
        this.type = type;
        this.shape = shape;
        this.writer = writer;
        this.reader = reader;
    }

    /** The codec of a type, or {@code null} if it is none of these. */
    static @Nullable ValueCodec of(Class<?> type) {
        return type.isEnum() ? ofEnum(type) : ALL.get(type);
    }

    /** By name, so that constants may be added and moved; one that is gone makes its entries unreadable. */
    private static ScalarCodec<?> ofEnum(Class<?> type) {
        return new ScalarCodec<>(
                Enum.class,
                "enum " + type.getSimpleName(),
                (out, constant) -> out.text(constant.name()),
                in -> constant(type, in.text()));
    }

    private static Enum<?> constant(Class<?> type, String name) {
        for (Object constant : type.getEnumConstants()) {
            if (constant instanceof Enum<?> e && e.name().equals(name)) {
                return e;
            }
        }
        throw new UnreadableException("no such constant");
    }

    @Override
    void write(ByteOut out, Object value) {
        writer.accept(out, type.cast(value));
    }

    @Override
    Object read(ByteIn in) {
        return reader.apply(in);
    }

    @Override
    String shape() {
        return shape;
    }

    private static <T> Map.Entry<Class<?>, ScalarCodec<?>> row(
            Class<T> type, String shape, BiConsumer<ByteOut, T> writer, Function<ByteIn, T> reader) {
        return Map.entry(type, new ScalarCodec<>(type, shape, writer, reader));
    }

    private static Boolean readBoolean(ByteIn in) {
        return switch (in.oneByte()) {
            case 0 -> false;
            case 1 -> true;
            default -> throw new UnreadableException("neither true nor false");
        };
    }

    private static void writeDecimal(ByteOut out, BigDecimal value) {
        out.zigzag(value.scale());
        out.block(value.unscaledValue().toByteArray());
    }

    private static BigDecimal readDecimal(ByteIn in) {
        int scale = (int) in.zigzag(Integer.MIN_VALUE, Integer.MAX_VALUE);
        return new BigDecimal(new BigInteger(in.block()), scale);
    }

    private static void writeUuid(ByteOut out, UUID value) {
        out.fixed(value.getMostSignificantBits(), 8);
        out.fixed(value.getLeastSignificantBits(), 8);
    }

    private static void writeTime(ByteOut out, long seconds, int nanos) {
        out.zigzag(seconds);
        out.varint(nanos);
    }
}
