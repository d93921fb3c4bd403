package io.larder.client.json;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.larder.client.Codec;
import io.larder.client.Encoded;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Values of one type as JSON in UTF-8, by Jackson.
 *
 * <p>Stored with flags 0, as text is, so that clients in other languages read it; on reading the flags are not looked at. Nothing
 * stored says which class to make: the type is the one given here, and mappers with default typing are refused. What is not JSON of
 * that type, has something behind it, or is {@code null}, is an {@link io.larder.client.UnreadableValueException}, whose message names
 * type and place and shows nothing of the value. Immutable, thread-safe.
 *
 * @param <V> type of the values
 */
public final class JsonCodec<V> implements Codec<V> {
    private static final ObjectMapper PLAIN = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private final JavaType type;
    private final ObjectReader reader;
    private final ObjectWriter writer;

    private JsonCodec(ObjectMapper mapper, JavaType type) {
        if (mapper.getDeserializationConfig().getDefaultTyper(type) != null) {
            throw new IllegalArgumentException(
                    "the mapper for %s has default typing, which lets stored bytes choose classes; deactivate it, or annotate the type with @JsonTypeInfo"
                            .formatted(type.toCanonical()));
        }
        this.type = type;
        this.reader = mapper.readerFor(type).with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
        this.writer = mapper.writerFor(type);
    }

    /** Values of a class, such as a record, by Jackson's defaults; properties the class does not know are passed over. */
    public static <V> JsonCodec<V> of(Class<V> type) {
        return of(PLAIN, type);
    }

    /** Values of a type with parameters, {@code new TypeReference<List<Account>>() {}}, like {@link #of(Class)}. */
    public static <V> JsonCodec<V> of(TypeReference<V> type) {
        return of(PLAIN, type);
    }

    /**
     * Values of a class by a mapper of yours.
     *
     * @param mapper its settings now; later changes have no effect
     * @throws IllegalArgumentException if default typing is active
     */
    public static <V> JsonCodec<V> of(ObjectMapper mapper, Class<V> type) {
        return new JsonCodec<>(mapper, mapper.constructType(type));
    }

    /**
     * Values of a type with parameters by a mapper of yours.
     *
     * @param mapper its settings now; later changes have no effect
     * @throws IllegalArgumentException if default typing is active
     */
    public static <V> JsonCodec<V> of(ObjectMapper mapper, TypeReference<V> type) {
        return new JsonCodec<>(mapper, mapper.constructType(type));
    }

    @Override
    public Encoded encode(V value) {
        try {
            return new Encoded(0, writer.writeValueAsBytes(value));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    "a value of %s has no JSON form (%s); see the cause"
                            .formatted(type.toCanonical(), e.getClass().getSimpleName()),
                    e);
        }
    }

    @Override
    public V decode(int flags, byte[] data) {
        V value;
        try {
            value = reader.readValue(data);
        } catch (JsonProcessingException e) {
            throw unreadable(e, e.getLocation());
        } catch (IOException e) {
            throw unreadable(e, null);
        }
        if (value == null) {
            throw new IllegalArgumentException("JSON null where a value of %s belongs".formatted(type.toCanonical()));
        }
        return value;
    }

    /** Without the message and the exception of Jackson, which quote the value. */
    private IllegalArgumentException unreadable(IOException failure, @Nullable JsonLocation place) {
        String where = place == null ? "" : " at line %d, column %d".formatted(place.getLineNr(), place.getColumnNr());
        return new IllegalArgumentException("not JSON of %s%s (%s)"
                .formatted(type.toCanonical(), where, failure.getClass().getSimpleName()));
    }
}
