package io.larder.server;

import io.larder.storage.ItemWalk;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;

/** The answer to {@code stats sizes}: how many items have which size, rounded up to 32 bytes; found by a walk, some items a turn. */
final class SizesFeed implements Feed {
    private static final int ITEMS_PER_SLICE = 200;
    private static final int STEP_BYTES = 32;

    /** Larger items are counted in fewer steps, so that there are never many: about 3 in 100 of their size. */
    private static final int EXACT_BYTES_MAX = 64 << 10;

    private final Crawler crawler;
    private final ItemWalk walk;
    private final Map<Long, Long> counts = new TreeMap<>();
    private int items;

    SizesFeed(Crawler crawler, ItemWalk walk) {
        this.crawler = crawler;
        this.walk = walk;
    }

    @Override
    public void begin(Runnable waker) {
        // it always has more, until it is done
    }

    @Override
    public State next(Replies replies) throws IOException {
        items = 0;
        boolean more = walk.next(ITEMS_PER_SLICE, (key, item) -> {
            items++;
            counts.merge(rounded(item.bytes()), 1L, Long::sum);
        });
        crawler.checked(items);
        if (more) {
            return State.MORE;
        }
        StringBuilder lines = new StringBuilder();
        counts.forEach((size, count) ->
                lines.append("STAT ").append(size).append(' ').append(count).append("\r\n"));
        replies.text(lines.append("END\r\n").toString());
        return State.DONE;
    }

    private static long rounded(long bytes) {
        long step = STEP_BYTES;
        while (bytes > EXACT_BYTES_MAX / STEP_BYTES * step) {
            step *= 2;
        }
        return (bytes + step - 1) / step * step;
    }

    @Override
    public void end() {
        walk.close();
        crawler.end();
    }
}
