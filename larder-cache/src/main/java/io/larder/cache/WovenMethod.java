package io.larder.cache;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.larder.cache.annotation.Cached;
import io.larder.cache.annotation.CachedAll;
import java.lang.annotation.Annotation;
import java.lang.invoke.CallSite;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.MutableCallSite;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A woven method: what calls its code, and what its callers reach. Before its class is bound they reach the code itself if
 * that is only slower, and a refusal otherwise: an invalidation or a lock that is left out would not be seen. Thread-safe.
 */
final class WovenMethod {
    private static final System.Logger LOG = System.getLogger("io.larder.cache");
    private static final String ANNOTATIONS = "io.larder."; // other modules add some
    private static final Set<Class<? extends Annotation>> ONLY_FASTER = Set.of(Cached.class, CachedAll.class);
    private static final MethodHandle WITH;
    private static final MethodHandle UNBOUND;

    static {
        MethodHandles.Lookup here = MethodHandles.lookup();
        try {
            WITH = here.findVirtual(
                    MethodCall.class, "with", MethodType.methodType(Object.class, Object.class, Object[].class));
            UNBOUND = here.findVirtual(WovenMethod.class, "unbound", MethodType.methodType(void.class));
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Class<?> type;
    private final Method method;
    private final boolean isStatic;
    private final AtomicBoolean told; // whether the log knows that its class is not bound

    private volatile @Nullable MethodHandle original; // (target, arguments) -> result; set once, before it is needed

    @GuardedBy("this")
    private @Nullable MutableCallSite site;

    @GuardedBy("this")
    private @Nullable MethodHandle straight; // to the code

    @GuardedBy("this")
    private @Nullable MethodCall call;

    WovenMethod(Class<?> type, Method method, @Nullable MethodHandle original, AtomicBoolean told) {
        this.type = type;
        this.method = method;
        this.isStatic = Modifier.isStatic(method.getModifiers());
        this.original = original == null ? null : generic(original);
        this.told = told;
    }

    Method method() {
        return method;
    }

    boolean isCached() {
        return method.isAnnotationPresent(Cached.class);
    }

    boolean is(String name, MethodType declared, boolean asStatic) {
        return isStatic == asStatic
                && method.getName().equals(name)
                && method.getReturnType() == declared.returnType()
                && Arrays.equals(method.getParameterTypes(), declared.parameterArray());
    }

    private MethodHandle generic(MethodHandle handle) {
        int count = method.getParameterCount();
        MethodHandle plain = handle.asFixedArity();
        MethodHandle withTarget = isStatic ? MethodHandles.dropArguments(plain, 0, Object.class) : plain;
        return withTarget.asType(MethodType.genericMethodType(count + 1)).asSpreader(1, Object[].class, count);
    }

    /** Runs the method's own code. */
    @Nullable
    Object call(@Nullable Object target, @Nullable Object[] arguments) throws Throwable {
        MethodHandle handle = original;
        if (handle == null) {
            throw new IllegalStateException(
                    "%s cannot be called from here before it was called by others; open its package to io.larder.cache"
                            .formatted(CachedMethod.text(method)));
        }
        return (Object) handle.invokeExact(target, arguments);
    }

    /** When the JVM links it; several threads may. */
    synchronized CallSite link(MethodType linked, MethodHandle code) {
        MutableCallSite linkedSite = site;
        if (linkedSite == null) {
            linkedSite = new MutableCallSite(linked);
            if (original == null) {
                original = generic(code);
            }
            MethodHandle plain = code.asFixedArity().asType(linked);
            straight = plain;
            linkedSite.setTarget(
                    call == null ? MethodHandles.foldArguments(plain, UNBOUND.bindTo(this)) : reaching(call, linked));
            site = linkedSite;
        }
        return linkedSite;
    }

    /** By the linked code: a call before the class is bound. */
    void unbound() {
        boolean isOnlyFaster = Arrays.stream(method.getAnnotations())
                .map(Annotation::annotationType)
                .filter(annotation -> annotation.getName().startsWith(ANNOTATIONS))
                .allMatch(ONLY_FASTER::contains);
        if (!isOnlyFaster) {
            boolean counts = Arrays.stream(type.getDeclaredMethods())
                    .anyMatch(other -> Intercepting.annotations(other).findAny().isPresent()); // null: cannot
            throw new IllegalStateException(
                    "%s was called before its class was bound, and does more than cache; call larder.bind(%s.class) first, in tests with Larder.open(\"%s\")"
                            .formatted(CachedMethod.text(method), type.getSimpleName(), counts ? "mem:" : "null:"));
        }
        if (told.compareAndSet(false, true)) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "{0} was called before its class was bound, so nothing is cached; call larder.bind({1}.class) first",
                    CachedMethod.text(method),
                    type.getSimpleName());
        }
        goStraight();
    }

    /** Costs nothing any more until the class is bound. */
    private synchronized void goStraight() {
        if (call == null && site != null && straight != null) {
            site.setTarget(straight);
        }
    }

    /** Lets callers reach these from now on. */
    static void bind(Map<WovenMethod, MethodCall> calls) {
        MutableCallSite[] sites = calls.entrySet().stream()
                .map(entry -> entry.getKey().bind(entry.getValue()))
                .filter(Objects::nonNull)
                .toArray(MutableCallSite[]::new);
        MutableCallSite.syncAll(sites); // other threads, too
    }

    private synchronized @Nullable MutableCallSite bind(MethodCall to) {
        call = to;
        MutableCallSite linked = site;
        if (linked != null) {
            linked.setTarget(reaching(to, linked.type()));
        }
        return linked;
    }

    private MethodHandle reaching(MethodCall to, MethodType linked) {
        MethodHandle with = WITH.bindTo(to);
        MethodHandle onTarget = isStatic ? MethodHandles.insertArguments(with, 0, (Object) null) : with;
        return onTarget.asCollector(Object[].class, method.getParameterCount()).asType(linked);
    }
}
