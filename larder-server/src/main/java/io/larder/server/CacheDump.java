package io.larder.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.larder.storage.ItemStore;
import io.larder.storage.ItemWalk;
import java.nio.ByteBuffer;

/** The answer to {@code stats cachedump}: a few items, which ones is not said. For all there is {@code lru_crawler metadump}. */
final class CacheDump {
    /** In one turn of an event loop; memcached stops at 2 MB of lines. */
    private static final int ITEMS_MAX = 1000;

    /** Slices that show nothing must not keep the loop. */
    private static final int SLICES_MAX = 100;

    private CacheDump() {}

    /**
     * Lines without the end of the answer.
     *
     * @param limit items at most, 0 for as many as it gives
     */
    static String of(ItemStore store, long limit, long unixSeconds) {
        int wanted = (int) (limit == 0 ? ITEMS_MAX : Math.min(limit, ITEMS_MAX));
        StringBuilder lines = new StringBuilder();
        int[] shown = {0};
        try (ItemWalk walk = store.walk()) {
            boolean more = true;
            for (int slice = 0; slice < SLICES_MAX && more && shown[0] < wanted; slice++) {
                more = walk.next(ITEMS_MAX, (key, item) -> { // a slice for few items also looks at few places
                    if (shown[0]++ < wanted) {
                        lines.append(line(key, item, unixSeconds));
                    }
                });
            }
        }
        return lines.toString();
    }

    private static String line(ByteBuffer key, ItemStore.Item item, long unixSeconds) {
        byte[] bytes = new byte[key.remaining()];
        key.get(key.position(), bytes);
        long expires = item.ttlSeconds() < 0 ? 0 : unixSeconds + item.ttlSeconds();
        return "ITEM %s [%d b; %d s]\r\n".formatted(new String(bytes, ISO_8859_1), item.valueBytes(), expires);
    }
}
