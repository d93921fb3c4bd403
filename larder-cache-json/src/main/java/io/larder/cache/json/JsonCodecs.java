package io.larder.cache.json;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.larder.cache.spi.Codec;
import io.larder.cache.spi.CodecProvider;
import java.lang.reflect.Type;

/**
 * The codec {@code json}: values as JSON by their declared types, with Jackson. Takes what Jackson can write and read back: beans,
 * records, collections, arrays, dates and times, and hierarchies by {@code @JsonTypeInfo(use = NAME)} with their subtypes declared.
 * Classes are never named by the bytes: default typing is refused, and so are annotations that name classes.
 *
 * <p>Found by {@link java.util.ServiceLoader}: {@code ?codec=json} in a store's URL, or {@code .codec("json")}, is all it takes. A mapper
 * of the program's own is given by {@code Larder.builder().codecs(JsonCodecs.of(mapper))}. Thread-safe.
 */
public final class JsonCodecs implements CodecProvider {
    private final ObjectMapper mapper;

    /** With a mapper of ours: dates and times as ISO text, with their offset; what a class has no place for is left out. */
    public JsonCodecs() {
        this(JsonMapper.builder()
                .addModule(new JavaTimeModule())
                .addModule(new Jdk8Module())
                .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
                .disable(SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
                .disable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
                .disable(DeserializationFeature.ADJUST_DATES_TO_CONTEXT_TIME_ZONE)
                .build());
    }

    private JsonCodecs(ObjectMapper mapper) {
        this.mapper = mapper;
    }

    /**
     * With a mapper of the program's own, as it is now: it is copied. After a change of its settings that changes what is written, entries of
     * before may be read in another way; give such a codec's functions another key.
     *
     * @throws IllegalArgumentException if it has default typing, which lets stored bytes choose classes
     */
    public static JsonCodecs of(ObjectMapper own) {
        JavaType anything = own.constructType(Object.class);
        if (own.getDeserializationConfig().getDefaultTyper(anything) != null
                || own.getSerializationConfig().getDefaultTyper(anything) != null) {
            throw new IllegalArgumentException(
                    "the mapper has default typing, which lets stored bytes choose classes; leave it off, and annotate the types with @JsonTypeInfo(use = NAME)");
        }
        return new JsonCodecs(own.copy());
    }

    @Override
    public String name() {
        return "json";
    }

    @Override
    public Codec codec(Type type) {
        JavaType declared = mapper.constructType(type);
        return new JsonCodec(mapper, declared, new JsonShape(mapper).of(declared));
    }
}
