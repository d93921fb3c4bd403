package io.larder.cache.spi;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * On an annotation for methods: their calls go through an {@link Interceptor}. It names the class that makes it, so that no
 * annotation is ignored for want of a service file.
 *
 * <p>Proxies see such annotations of every package; woven classes only those of {@code io.larder}, for the weaver reads
 * class files alone. The annotation must be kept at run time.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.ANNOTATION_TYPE)
public @interface InterceptedBy {
    /** Who makes the interceptor. */
    Class<? extends Interceptor.Provider> value();

    /** Where it stands, unless {@link Interceptor.Provider#at} says otherwise. */
    Interceptor.Stage at();
}
