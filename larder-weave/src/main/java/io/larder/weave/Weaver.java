package io.larder.weave;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.AnnotationVisitor;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/**
 * Weaves class files. Each method with an annotation of Larder is split in two:
 *
 * <pre>{@code
 * @Cached(ttl = "10m") private Price price(String code) { ... }         before
 *
 * @Cached(ttl = "10m") private Price price(String code) {                after
 *     return invokedynamic Weaving.link(price$original)(this, code);
 * }
 * private Price price$original(String code) { ... }                      the same lines and variables
 * }</pre>
 *
 * <p>The first keeps name, annotations, parameters and generic signature, so callers, reflection and other frameworks see what
 * they saw; the second keeps the code, with its monitor if it is {@code synchronized}. Nothing but private methods is added,
 * so the class serializes as before. Thread-safe.
 */
public final class Weaver {
    /** What the annotations that are woven have in common: those of {@code larder-cache}, and of modules that add to it. */
    static final String ANNOTATIONS = "Lio/larder/";

    /** On classes that are woven. */
    static final String MARK = ANNOTATIONS + "cache/annotation/Woven;";

    private static final String CACHED = ANNOTATIONS + "cache/annotation/Cached;";
    private static final int JAVA_8 = 52;
    private static final int SLOTS_MAX = 250; // of arguments; the JVM has 255, and linking takes a few

    /** A weaver. */
    public Weaver() {}

    /**
     * Weaves one class.
     *
     * @param classFile its bytes; not changed
     * @return the bytes of the woven class, or {@code null} if it has no annotated method, is an interface or is woven already
     * @throws WeavingException if an annotation is where it cannot work, or the class file is not of a version that is known
     */
    public byte @Nullable [] weave(byte[] classFile) {
        if (!mentionsAnnotations(classFile)) {
            return null;
        }
        ClassReader reader;
        try {
            reader = new ClassReader(classFile);
        } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
            throw new WeavingException("not a class file that this weaver knows (%s); take a newer larder-weave"
                    .formatted(e.getMessage()));
        }
        Plan plan = new Plan();
        reader.accept(plan, ClassReader.SKIP_CODE | ClassReader.SKIP_FRAMES);
        if (plan.isWoven || plan.isInterface || plan.methods.isEmpty()) {
            return null;
        }
        plan.check(reader);
        ClassWriter writer = new ClassWriter(reader, ClassWriter.COMPUTE_MAXS);
        reader.accept(new Splitting(writer, plan.methods), 0);
        return writer.toByteArray();
    }

    /** Whether a class is woven already. */
    boolean isWoven(byte[] classFile) {
        if (!mentionsAnnotations(classFile)) {
            return false;
        }
        Plan plan = new Plan();
        new ClassReader(classFile).accept(plan, ClassReader.SKIP_CODE | ClassReader.SKIP_FRAMES);
        return plan.isWoven;
    }

    /** A quick look, for most classes have none. */
    private static boolean mentionsAnnotations(byte[] classFile) {
        int last = classFile.length - ANNOTATIONS.length();
        for (int i = 0; i <= last; i++) {
            int matched = 0;
            while (matched < ANNOTATIONS.length() && classFile[i + matched] == ANNOTATIONS.charAt(matched)) {
                matched++;
            }
            if (matched == ANNOTATIONS.length()) {
                return true;
            }
        }
        return false;
    }

    /** What is to be woven in a class. */
    private static final class Plan extends ClassVisitor {
        final Map<String, Annotated> methods = new HashMap<>(); // by name and descriptor
        private final Map<String, Integer> all = new HashMap<>(); // with their access flags
        boolean isWoven;
        boolean isInterface;
        private String name = "";
        private int version;

        Plan() {
            super(Opcodes.ASM9);
        }

        @Override
        public void visit(
                int classVersion,
                int access,
                String className,
                @Nullable String signature,
                @Nullable String superName,
                String @Nullable [] interfaces) {
            version = classVersion & 0xFFFF;
            name = className;
            isInterface = (access & Opcodes.ACC_INTERFACE) != 0; // a proxy reads these
        }

        @Override
        public @Nullable AnnotationVisitor visitAnnotation(String descriptor, boolean visible) {
            isWoven |= descriptor.equals(MARK);
            return null;
        }

        @Override
        public @Nullable MethodVisitor visitMethod(
                int access,
                String method,
                String descriptor,
                @Nullable String signature,
                String @Nullable [] exceptions) {
            all.put(method + descriptor, access);
            if ((access & (Opcodes.ACC_BRIDGE | Opcodes.ACC_SYNTHETIC)) != 0) {
                return null; // has copies of the annotations; it calls the method itself
            }
            return new MethodVisitor(Opcodes.ASM9) {
                @Override
                public @Nullable AnnotationVisitor visitAnnotation(String annotation, boolean visible) {
                    if (annotation.startsWith(ANNOTATIONS)) {
                        methods.put(method + descriptor, new Annotated(method, descriptor, access, annotation));
                    }
                    return null;
                }
            };
        }

        void check(ClassReader reader) {
            String type = simple(reader.getClassName());
            for (Annotated method : methods.values()) {
                String at =
                        "@%s on %s.%s: ".formatted(simple(method.annotation().replace(";", "")), type, method.name());
                if ((method.access() & (Opcodes.ACC_ABSTRACT | Opcodes.ACC_NATIVE)) != 0) {
                    throw new WeavingException(at + "it has no code here; annotate the method that does the work");
                }
                if (method.annotation().equals(CACHED)
                        && Type.getReturnType(method.descriptor()).equals(Type.VOID_TYPE)) {
                    throw new WeavingException(at + "it returns nothing to cache; remove the annotation");
                }
                if ((Type.getArgumentsAndReturnSizes(method.descriptor()) >> 2) > SLOTS_MAX) {
                    throw new WeavingException(at + "it has too many parameters; make a record of them");
                }
                if (all.containsKey(Splitting.original(method.name()) + method.descriptor())) {
                    throw new WeavingException(at
                            + "%s is taken; name that method otherwise".formatted(Splitting.original(method.name())));
                }
            }
            if (version < JAVA_8) {
                throw new WeavingException("%s is compiled for a Java older than 8; compile it with --release 8 or more"
                        .formatted(name.replace('/', '.')));
            }
        }

        private static String simple(String path) {
            return path.substring(Math.max(path.lastIndexOf('/'), path.lastIndexOf('$')) + 1);
        }
    }

    /** A method to be woven, and an annotation it has. */
    record Annotated(String name, String descriptor, int access, String annotation) {}
}
