package io.larder.bench.framework;

import com.alicp.jetcache.anno.config.EnableMethodCache;
import com.alicp.jetcache.anno.support.GlobalCacheConfig;
import com.alicp.jetcache.anno.support.JetCacheBaseBeans;
import com.alicp.jetcache.embedded.CaffeineCacheBuilder;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.cache.caffeine.CaffeineCacheManager;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Spring's cache on Caffeine and JetCache on Caffeine, in containers as their manuals set them up. */
final class Peers {
    private Peers() {}

    @Configuration
    @EnableCaching
    static class SpringSetup {
        static Duration ttl = Duration.ofHours(1);

        @Bean
        CaffeineCacheManager cacheManager() {
            CaffeineCacheManager manager = new CaffeineCacheManager("accounts");
            manager.setCaffeine(Caffeine.newBuilder().maximumSize(100_000).expireAfterWrite(ttl));
            return manager;
        }
    }

    @Configuration
    @EnableMethodCache(basePackages = "io.larder.bench.framework")
    static class JetCacheSetup extends JetCacheBaseBeans {
        @Bean
        GlobalCacheConfig config() {
            GlobalCacheConfig config = new GlobalCacheConfig();
            config.setLocalCacheBuilders(Map.of(
                    "default",
                    CaffeineCacheBuilder.createCaffeineCacheBuilder()
                            .limit(100_000)
                            .keyConvertor(com.alicp.jetcache.support.Fastjson2KeyConvertor.INSTANCE)));
            config.setRemoteCacheBuilders(Map.of());
            config.setStatIntervalMinutes(0);
            return config;
        }
    }

    /** A container with the object in it; closed by the end of the process. */
    static <T> T in(Class<?> setup, Class<T> type, Supplier<T> object) {
        AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
        context.register(setup);
        context.registerBean("accounts", type, object);
        context.refresh();
        return context.getBean(type);
    }
}
