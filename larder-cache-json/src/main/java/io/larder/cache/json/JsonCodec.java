package io.larder.cache.json;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import io.larder.cache.spi.Codec;
import java.io.IOException;
import java.io.UncheckedIOException;

/** JSON of one declared type, in UTF-8. Immutable. */
final class JsonCodec implements Codec {
    private final ObjectWriter writer;
    private final ObjectReader reader;
    private final String shape;

    JsonCodec(ObjectMapper mapper, JavaType type, String shape) {
        this.writer = mapper.writerFor(type);
        // what is written beside the state, like a getter that computes, is not read; a changed class has another shape
        this.reader = mapper.readerFor(type)
                .with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .without(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);
        this.shape = shape;
    }

    @Override
    public byte[] encode(Object value) {
        try {
            return writer.writeValueAsBytes(value);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Object decode(byte[] bytes) {
        try {
            return reader.readValue(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String shape() {
        return shape;
    }
}
