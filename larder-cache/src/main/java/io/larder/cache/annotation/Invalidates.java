package io.larder.cache.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Makes what another method has cached invalid when this one is called through {@link io.larder.cache.Larder#proxy}: the method
 * that writes names the method that reads, and the key is made of the writer's arguments.
 *
 * <pre>{@code
 * @Invalidates("AccountService#account")                        // account(User user, long accountId)
 * void close(User user, long accountId);
 *
 * @Invalidates(value = "AccountService#account", map = {"user=owner", "accountId=result.id"})
 * Account open(User owner, String name);
 * }</pre>
 *
 * <p>Where the reader's key needs a parameter, the writer must have one of the same name and type, or {@link #map} must say where
 * to take it from; everything else is refused when the proxy is made.
 */
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Repeatable(Invalidates.Several.class)
public @interface Invalidates {
    /**
     * The method annotated with {@link Cached}: {@code "AccountService#account"}, with its parameter types where the name is
     * overloaded, {@code "AccountService#find(long)"}; {@code "#account"} of the same interface. An interface of
     * another package goes by its full name. Empty where only tags or namespaces are meant.
     */
    String value() default "";

    /** Where the reader's parameters come from, if not from those of the same name: {@code "user=owner"}, {@code "id=result.id"}. */
    String[] map() default {};

    /** Tags that become invalid, as templates over this method's parameters and {@code result}. */
    String[] tags() default {};

    /** Namespaces that become invalid. */
    String[] namespaces() default {};

    /** When. */
    When when() default When.AFTER;

    /**
     * Whether the value is kept as stale, as far as the reader's policy keeps stale values, instead of forgotten. Its tags stay
     * with it. Only for {@link #value}; refused together with {@link #tags} and {@link #namespaces}.
     */
    boolean keepStale() default false;

    /** When an invalidation takes place. */
    enum When {
        /** After the method has returned, or its future has completed; not if it failed. */
        AFTER,

        /** Before the method runs, whatever comes of it. */
        BEFORE
    }

    /** Several of them on one method. */
    @Documented
    @Target(ElementType.METHOD)
    @Retention(RetentionPolicy.RUNTIME)
    @interface Several {
        /** The annotations. */
        Invalidates[] value();
    }
}
