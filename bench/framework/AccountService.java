package io.larder.bench.framework;

import java.nio.charset.StandardCharsets;

/** What is cached: by Larder, by Spring and by JetCache, each with annotations of its own on an interface of its own. */
final class AccountService {
    /** A value of the size of a row. */
    record Account(long id, String owner, long cents) {
        byte[] bytes() {
            return (id + "," + owner + "," + cents).getBytes(StandardCharsets.UTF_8);
        }

        static Account of(byte[] bytes) {
            String[] parts = new String(bytes, StandardCharsets.UTF_8).split(",");
            return new Account(Long.parseLong(parts[0]), parts[1], Long.parseLong(parts[2]));
        }
    }

    /** The slow call. */
    interface Source {
        Account load(long id) throws Exception;
    }

    /** How a caller asks, whatever caches. */
    interface Reader {
        Account account(long id) throws Exception;
    }

    interface ByLarder extends Reader {
        @Override
        @io.larder.cache.annotation.Cached(key = "account:{id}", ttl = "1h")
        Account account(long id) throws Exception;
    }

    /** With what a service would use where the source may fail. */
    interface ByLarderSafely extends Reader {
        @Override
        @io.larder.cache.annotation.Cached(key = "safe:{id}", ttl = "2s", stale = "1h", softTimeout = "100ms")
        Account account(long id) throws Exception;
    }

    interface BySpring extends Reader {
        @Override
        @org.springframework.cache.annotation.Cacheable(cacheNames = "accounts", key = "#id")
        Account account(long id) throws Exception;
    }

    interface BySpringSync extends Reader {
        @Override
        @org.springframework.cache.annotation.Cacheable(cacheNames = "accounts", key = "#id", sync = true)
        Account account(long id) throws Exception;
    }

    interface ByJetCache extends Reader {
        @Override
        @com.alicp.jetcache.anno.Cached(
                name = "accounts:",
                key = "#id",
                expire = 3600,
                localLimit = 100_000,
                cacheType = com.alicp.jetcache.anno.CacheType.LOCAL)
        Account account(long id) throws Exception;
    }

    interface ByJetCacheShortly extends Reader {
        @Override
        @com.alicp.jetcache.anno.Cached(
                name = "short:",
                key = "#id",
                expire = 2,
                localLimit = 100_000,
                cacheType = com.alicp.jetcache.anno.CacheType.LOCAL)
        @com.alicp.jetcache.anno.CachePenetrationProtect
        Account account(long id) throws Exception;
    }

    // One class for each, since containers look for annotations on all that an object is.

    record OfLarder(Source source) implements ByLarder {
        @Override
        public Account account(long id) throws Exception {
            return source.load(id);
        }
    }

    record OfLarderSafely(Source source) implements ByLarderSafely {
        @Override
        public Account account(long id) throws Exception {
            return source.load(id);
        }
    }

    record OfSpring(Source source) implements BySpring {
        @Override
        public Account account(long id) throws Exception {
            return source.load(id);
        }
    }

    record OfSpringSync(Source source) implements BySpringSync {
        @Override
        public Account account(long id) throws Exception {
            return source.load(id);
        }
    }

    record OfJetCache(Source source) implements ByJetCache {
        @Override
        public Account account(long id) throws Exception {
            return source.load(id);
        }
    }

    record OfJetCacheShortly(Source source) implements ByJetCacheShortly {
        @Override
        public Account account(long id) throws Exception {
            return source.load(id);
        }
    }

    private AccountService() {}
}
