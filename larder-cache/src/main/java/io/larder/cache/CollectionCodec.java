package io.larder.cache;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** Lists and sets: a count, then the elements in the order the collection gives them, which is kept. */
final class CollectionCodec extends ValueCodec {
    private final String name;
    private final ValueCodec element;
    private final IntFunction<Collection<@Nullable Object>> empty;

    private CollectionCodec(String name, ValueCodec element, IntFunction<Collection<@Nullable Object>> empty) {
        this.name = name;
        this.element = element;
        this.empty = empty;
    }

    static CollectionCodec list(ValueCodec element) {
        return new CollectionCodec("list", element, ArrayList::new);
    }

    static CollectionCodec set(ValueCodec element) {
        return new CollectionCodec("set", element, LinkedHashSet::new);
    }

    @Override
    void write(ByteOut out, Object value) {
        Collection<?> collection = (Collection<?>) value;
        out.down();
        out.varint(collection.size());
        for (Object item : collection) {
            element.writeNullable(out, item);
        }
        out.up();
    }

    @Override
    Object read(ByteIn in) {
        in.down();
        int count = in.count();
        Collection<@Nullable Object> collection = empty.apply(count);
        for (int i = 0; i < count; i++) {
            collection.add(element.readNullable(in));
        }
        in.up();
        return collection;
    }

    @Override
    String shape() {
        return name + "<" + element.shape() + ">";
    }
}
