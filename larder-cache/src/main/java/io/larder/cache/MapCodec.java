package io.larder.cache;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Maps: a count, then keys and values in the order the map gives them, which is kept. */
final class MapCodec extends ValueCodec {
    private final ValueCodec keys;
    private final ValueCodec values;

    MapCodec(ValueCodec keys, ValueCodec values) {
        this.keys = keys;
        this.values = values;
    }

    @Override
    void write(ByteOut out, Object value) {
        Map<?, ?> map = (Map<?, ?>) value;
        out.down();
        out.varint(map.size());
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            keys.writeNullable(out, entry.getKey());
            values.writeNullable(out, entry.getValue());
        }
        out.up();
    }

    @Override
    Object read(ByteIn in) {
        in.down();
        int count = in.count();
        Map<@Nullable Object, @Nullable Object> map = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            map.put(keys.readNullable(in), values.readNullable(in));
        }
        in.up();
        return map;
    }

    @Override
    String shape() {
        return "map<" + keys.shape() + "," + values.shape() + ">";
    }
}
