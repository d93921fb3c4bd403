package io.larder.cache;

import java.util.Optional;

/** Optionals: as a value that may be null. */
final class OptionalCodec extends ValueCodec {
    private final ValueCodec inner;

    OptionalCodec(ValueCodec inner) {
        this.inner = inner;
    }

    @Override
    void write(ByteOut out, Object value) {
        inner.writeNullable(out, ((Optional<?>) value).orElse(null));
    }

    @Override
    Object read(ByteIn in) {
        return Optional.ofNullable(inner.readNullable(in));
    }

    @Override
    String shape() {
        return "optional<" + inner.shape() + ">";
    }
}
