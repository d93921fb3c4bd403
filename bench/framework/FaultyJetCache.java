package io.larder.bench.framework;

import com.alicp.jetcache.CacheConfig;
import com.alicp.jetcache.CacheGetResult;
import com.alicp.jetcache.CacheResult;
import com.alicp.jetcache.CacheResultCode;
import com.alicp.jetcache.CacheValueHolder;
import com.alicp.jetcache.MultiGetResult;
import com.alicp.jetcache.external.AbstractExternalCache;
import com.alicp.jetcache.external.ExternalCacheConfig;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** The store as JetCache meets it: failures become results, as in its caches for Redis. */
final class FaultyJetCache extends AbstractExternalCache<Long, AccountService.Account> {
    private final FaultyStore store = new FaultyStore();
    private final ExternalCacheConfig<Long, AccountService.Account> config;

    FaultyJetCache(ExternalCacheConfig<Long, AccountService.Account> config) {
        super(config);
        this.config = config;
    }

    /** One whose entries live so long, with one load for each key at a time. */
    static FaultyJetCache of(long ttlMillis) {
        ExternalCacheConfig<Long, AccountService.Account> config = new ExternalCacheConfig<>();
        config.setKeyPrefix("account:");
        config.setKeyConvertor(id -> id);
        config.setValueEncoder(value -> new byte[0]); // this store encodes by itself
        config.setValueDecoder(bytes -> bytes);
        config.setExpireAfterWriteInMillis(ttlMillis);
        config.setCachePenetrationProtect(true);
        return new FaultyJetCache(config);
    }

    FaultyStore store() {
        return store;
    }

    @Override
    public CacheConfig<Long, AccountService.Account> config() {
        return config;
    }

    @Override
    protected CacheGetResult<AccountService.Account> do_GET(Long key) {
        try {
            byte[] bytes = store.get(key.toString());
            return bytes == null
                    ? CacheGetResult.NOT_EXISTS_WITHOUT_MSG
                    : new CacheGetResult<>(
                            CacheResultCode.SUCCESS,
                            null,
                            new CacheValueHolder<>(AccountService.Account.of(bytes), Long.MAX_VALUE / 4));
        } catch (RuntimeException e) {
            return new CacheGetResult<>(e);
        }
    }

    @Override
    protected CacheResult do_PUT(Long key, AccountService.Account value, long ttl, TimeUnit unit) {
        try {
            store.put(key.toString(), value.bytes(), unit.toNanos(ttl));
            return CacheResult.SUCCESS_WITHOUT_MSG;
        } catch (RuntimeException e) {
            return new CacheResult(e);
        }
    }

    @Override
    protected CacheResult do_REMOVE(Long key) {
        try {
            store.remove(key.toString());
            return CacheResult.SUCCESS_WITHOUT_MSG;
        } catch (RuntimeException e) {
            return new CacheResult(e);
        }
    }

    @Override
    protected MultiGetResult<Long, AccountService.Account> do_GET_ALL(Set<? extends Long> keys) {
        throw new UnsupportedOperationException("not asked for here");
    }

    @Override
    protected CacheResult do_PUT_ALL(Map<? extends Long, ? extends AccountService.Account> map, long ttl, TimeUnit unit) {
        throw new UnsupportedOperationException("not asked for here");
    }

    @Override
    protected CacheResult do_REMOVE_ALL(Set<? extends Long> keys) {
        throw new UnsupportedOperationException("not asked for here");
    }

    @Override
    protected CacheResult do_PUT_IF_ABSENT(Long key, AccountService.Account value, long ttl, TimeUnit unit) {
        throw new UnsupportedOperationException("not asked for here");
    }

    @Override
    public <T> T unwrap(Class<T> type) {
        throw new IllegalArgumentException(type.getName());
    }
}
