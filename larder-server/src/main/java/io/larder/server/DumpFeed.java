package io.larder.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.larder.storage.ItemStore;
import io.larder.storage.ItemWalk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.InstantSource;

/**
 * The answer to {@code lru_crawler metadump} and {@code mgdump}: a walk over the store, some items a turn, as fast as the peer
 * reads. Nothing is held between two slices but the place of the walk.
 */
final class DumpFeed implements Feed {
    /** Each has a line of at most about 900 bytes. */
    private static final int ITEMS_PER_SLICE = 50;

    private final Crawler crawler;
    private final ItemWalk walk;
    private final InstantSource wallClock;
    private final boolean keysOnly;
    private final boolean cas;
    private final StringBuilder lines = new StringBuilder();
    private int items;

    /**
     * Begins; {@link Crawler#begin} allowed it.
     *
     * @param keysOnly commands that fetch the items, instead of what is known of them
     * @param cas whether items have CAS tokens
     */
    DumpFeed(Crawler crawler, ItemWalk walk, InstantSource wallClock, boolean keysOnly, boolean cas) {
        this.crawler = crawler;
        this.walk = walk;
        this.wallClock = wallClock;
        this.keysOnly = keysOnly;
        this.cas = cas;
    }

    @Override
    public void begin(Runnable waker) {
        // it always has more, until it is done
    }

    @Override
    public State next(Replies replies) throws IOException {
        lines.setLength(0);
        items = 0;
        long now = wallClock.instant().getEpochSecond();
        boolean more = walk.next(ITEMS_PER_SLICE, (key, item) -> add(key, item, now));
        crawler.checked(items);
        if (!more) {
            lines.append(keysOnly ? "EN\r\n" : "END\r\n");
        }
        replies.put(lines.toString().getBytes(ISO_8859_1));
        return more ? State.MORE : State.DONE;
    }

    private void add(ByteBuffer key, ItemStore.Item item, long now) {
        items++;
        if (keysOnly) {
            lines.append("mg ").append(KeyText.forMeta(key)).append("\r\n");
            return;
        }
        lines.append("key=").append(KeyText.encoded(key));
        lines.append(" exp=").append(item.ttlSeconds() < 0 ? -1 : now + item.ttlSeconds());
        lines.append(" la=").append(now - item.idleSeconds());
        lines.append(" cas=").append(Long.toUnsignedString(cas ? item.cas() : 0));
        lines.append(" fetch=").append(item.isFetched() ? "yes" : "no");
        lines.append(" cls=1 size=").append(item.bytes());
        lines.append(" flags=").append(Integer.toUnsignedString(item.flags())).append('\n');
    }

    @Override
    public void end() {
        walk.close();
        crawler.end();
    }
}
