package io.larder.test;

import io.larder.cache.Larder;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** What {@link LarderTest} stands for; for {@code @RegisterExtension} and {@code @ExtendWith}. */
public final class LarderExtension implements ParameterResolver, AfterEachCallback {
    private static final Namespace NAMESPACE = Namespace.create(LarderExtension.class);

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        return context.getTestMethod().isPresent()
                && (type == RecordingCache.class || type == Larder.class || type == FakeClock.class);
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        RecordingCache cache = context.getStore(NAMESPACE)
                .getOrComputeIfAbsent(RecordingCache.class, type -> RecordingCache.open(), RecordingCache.class);
        Class<?> type = parameter.getParameter().getType();
        if (type == Larder.class) {
            return cache.larder();
        }
        return type == FakeClock.class ? cache.clock() : cache;
    }

    /** Closes it here, in the test's thread, and not with the store of the context. */
    @Override
    public void afterEach(ExtensionContext context) {
        RecordingCache cache = context.getStore(NAMESPACE).remove(RecordingCache.class, RecordingCache.class);
        if (cache != null) {
            cache.close();
        }
    }
}
