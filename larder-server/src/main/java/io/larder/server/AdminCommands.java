package io.larder.server;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.larder.protocol.Verb;
import io.larder.storage.ItemStore;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Commands that look into the server or tune it: rare, so that they may be slow, but never for long. Owned by one event loop.
 *
 * <p>What tunes a mechanism that only memcached has is answered as memcached answers, and changes nothing. Source: memcached's
 * {@code doc/protocol.txt}, and what memcached 1.6.18 answers.
 */
final class AdminCommands {
    private static final String OK = "OK";
    private static final String ERROR = "ERROR";
    private static final String BUSY = "BUSY currently processing crawler request";
    private static final String BAD_LINE = "CLIENT_ERROR bad command line format";
    private static final int MEMLIMIT_MEGABYTES_MIN = 8;
    private static final int MEMLIMIT_MEGABYTES_MAX = 1_000_000_000;

    /** Of memcached; here all items are in the first. */
    static final int CLASSES = 64;

    private static final int PERCENT_MAX = 80;
    private static final int AUTOMOVE_MAX = 2;
    private static final long UNSIGNED_MAX = 0xffff_ffffL;

    private final ServerConfig config;
    private final ItemStore store;
    private final Stats stats;
    private final Crawler crawler;
    private final Watch watch;
    private final InstantSource wallClock;
    private final @Nullable DebugClock debugClock;
    private final ServerLog log;
    private final Replies replies;
    private final Access access;
    private @Nullable Feed feed;

    AdminCommands(ServerParts parts, Replies replies) {
        this.config = parts.config();
        this.store = parts.store();
        this.stats = parts.stats();
        this.crawler = parts.looking().crawler();
        this.watch = parts.looking().watch();
        this.wallClock = parts.wallClock();
        this.debugClock = parts.debugClock();
        this.log = parts.log();
        this.replies = replies;
        this.access = parts.access();
    }

    /** Carries out a command of those that {@link Verb#administers}; answers with what its answer goes on with, if it does. */
    @Nullable
    Feed execute(Verb verb, String text, boolean noreply) throws IOException {
        List<String> words = Words.of(text);
        feed = null;
        if (verb == Verb.STATS) {
            stats(words);
            return feed;
        }
        String answer = answer(verb, words);
        if (!noreply && !answer.isEmpty()) {
            replies.put((answer + "\r\n").getBytes(US_ASCII));
        }
        return feed;
    }

    private void stats(List<String> words) throws IOException {
        if (word(words, 0).equals("sizes") && stats.tracksSizes()) {
            if (crawler.begin()) {
                feed = new SizesFeed(crawler, store.walk());
            } else {
                replies.text(BUSY + "\r\n");
            }
            return;
        }
        String report = stats.report(words);
        replies.text(report == null ? ERROR + "\r\n" : report);
    }

    private String answer(Verb verb, List<String> words) {
        return switch (verb) {
            case LRU_CRAWLER -> crawl(words);
            case WATCH -> watch(words);
            case CACHE_MEMLIMIT -> resize(words);
            case SLABS -> slabs(words);
            case LRU -> lru(words);
            case REFRESH_CERTS -> refreshCertificates();
            case DEBUGTIME -> debugTime(words);
            default -> ERROR;
        };
    }

    private String refreshCertificates() {
        Tls tls = access.tls();
        if (tls == null) {
            return "Error TLS not enabled";
        }
        return access.refreshCertificates(tls) ? OK : "Error loading the certificates, the log of the server says why";
    }

    /** Source: {@code process_debugtime_command} in memcached's {@code proto_text.c}. */
    private String debugTime(List<String> words) {
        if (debugClock == null || words.isEmpty()) {
            return ERROR;
        }
        switch (words.get(0)) {
            case "p" -> debugClock.pause();
            case "r" -> debugClock.resume();
            default -> {
                return debugClock.shift(seconds(words.get(0))) ? OK : ERROR;
            }
        }
        return OK;
    }

    private static long seconds(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    private String crawl(List<String> words) {
        String what = word(words, 0);
        if (words.size() == 1) {
            return switch (what) {
                case "enable" -> crawler.enable() ? OK : "ERROR failed to start lru crawler thread";
                case "disable" -> {
                    crawler.disable();
                    yield OK;
                }
                default -> ERROR;
            };
        }
        if (words.size() != 2) {
            return ERROR;
        }
        String argument = words.get(1);
        return switch (what) {
            case "crawl" -> {
                if (!crawler.isEnabled()) {
                    yield "CLIENT_ERROR lru crawler disabled";
                }
                yield "hash".equals(argument) ? "ERROR an unknown error happened" : classes(argument);
            }
            case "metadump" -> dump(argument, false, "ERROR metadump not allowed");
            case "mgdump" -> dump(argument, true, "ERROR key dump not allowed");
            case "tocrawl" -> number(argument) < 0 ? BAD_LINE : OK;
            case "sleep" -> {
                long micros = number(argument);
                yield micros < 0 ? BAD_LINE : micros > 1_000_000 ? "CLIENT_ERROR sleep must be one second or less" : OK;
            }
            default -> ERROR;
        };
    }

    private String dump(String argument, boolean keysOnly, String refusal) {
        if (!crawler.isEnabled()) {
            return "CLIENT_ERROR lru crawler disabled";
        }
        if (!config.dumps()) {
            return refusal;
        }
        String answer = classes(argument);
        if (!answer.equals(OK)) {
            return answer;
        }
        if (!holdsItems(argument)) {
            return keysOnly ? "EN" : "END"; // classes that memcached might have, and that are empty here
        }
        if (!crawler.begin()) {
            return BUSY;
        }
        feed = new DumpFeed(crawler, store.walk(), wallClock, keysOnly, config.cas());
        return "";
    }

    private static boolean holdsItems(String classes) {
        return classes.equals("all")
                || classes.equals("hash")
                || Words.of(classes.replace(',', ' ')).contains("1");
    }

    private String watch(List<String> words) {
        if (!config.watches()) {
            return "CLIENT_ERROR watch commands not allowed";
        }
        int mask = Watch.mask(words);
        if (mask == 0) {
            return ERROR;
        }
        if (watch.isFull()) {
            return "WATCHER_TOO_MANY log watcher limit reached";
        }
        feed = new Watcher(watch, mask);
        return OK;
    }

    private static String classes(String list) {
        if (list.equals("all") || list.equals("hash")) {
            return OK;
        }
        for (String id : Words.of(list.replace(',', ' '))) {
            long number = number(id);
            if (number < 1 || number >= CLASSES) {
                return "BADCLASS invalid class id";
            }
        }
        return OK;
    }

    private String resize(List<String> words) {
        if (words.isEmpty() || words.size() > 2) {
            return ERROR;
        }
        long megabytes = number(words.get(0));
        if (megabytes < 0) {
            return ERROR;
        }
        if (megabytes < MEMLIMIT_MEGABYTES_MIN) {
            return "MEMLIMIT_TOO_SMALL cannot set maxbytes to less than 8m";
        }
        if (megabytes > MEMLIMIT_MEGABYTES_MAX) {
            return "MEMLIMIT_ADJUST_FAILED input value is megabytes not bytes";
        }
        try {
            MemoryBounds.check(megabytes << 20, config);
            store.resize(megabytes << 20);
        } catch (IllegalArgumentException e) {
            log.connection(0, "cache_memlimit refused: " + e.getMessage());
            return "MEMLIMIT_ADJUST_FAILED out of bounds or unable to adjust";
        }
        return OK;
    }

    private static String slabs(List<String> words) {
        String what = word(words, 0);
        if (what.equals("reassign") && words.size() == 3) {
            return "CLIENT_ERROR slab reassignment disabled"; // there is nothing to reassign
        }
        if (!what.equals("automove") || words.size() < 2) {
            return ERROR;
        }
        String argument = words.get(1);
        if (argument.equals("ratio")) {
            return isDecimal(word(words, 2)) ? OK : ERROR;
        }
        long level = number(argument);
        return level < 0 ? BAD_LINE : level > AUTOMOVE_MAX ? ERROR : OK;
    }

    private static String lru(List<String> words) {
        String argument = word(words, 1);
        return switch (word(words, 0)) {
            case "tune" -> tuned(words);
            case "mode" -> argument.equals("flat") || argument.equals("segmented") ? OK : ERROR;
            case "temp_ttl" -> number(argument.startsWith("-") ? argument.substring(1) : argument) < 0 ? ERROR : OK;
            default -> ERROR;
        };
    }

    private static String tuned(List<String> words) {
        long hot = number(word(words, 1));
        long warm = number(word(words, 2));
        if (hot < 0 || warm < 0 || !isDecimal(word(words, 3)) || !isDecimal(word(words, 4))) {
            return ERROR;
        }
        if (hot + warm > PERCENT_MAX) {
            return "ERROR hot and warm pcts must not exceed 80";
        }
        if (Double.parseDouble(words.get(3)) <= 0 || Double.parseDouble(words.get(4)) <= 0) {
            return "ERROR hot/warm age factors must be greater than 0";
        }
        return OK;
    }

    private static String word(List<String> words, int at) {
        return at < words.size() ? words.get(at) : "";
    }

    /** An unsigned 32-bit number, or -1. */
    static long number(@Nullable String text) {
        try {
            long number = Long.parseLong(text);
            return number > UNSIGNED_MAX ? -1 : Math.max(-1, number);
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    private static boolean isDecimal(String text) {
        return text.matches("-?\\d{1,9}(\\.\\d{1,9})?");
    }
}
