package io.larder.weave;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.AnnotationVisitor;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Handle;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.TypePath;

/** Writes a class with its annotated methods split in two, as {@link Weaver} says. For one class. */
final class Splitting extends ClassVisitor {
    private static final Handle LINK = new Handle(
            Opcodes.H_INVOKESTATIC,
            "io/larder/cache/Weaving",
            "link",
            "(Ljava/lang/invoke/MethodHandles$Lookup;Ljava/lang/String;Ljava/lang/invoke/MethodType;"
                    + "Ljava/lang/invoke/MethodHandle;I)Ljava/lang/invoke/CallSite;",
            false);

    private final Map<String, Weaver.Annotated> methods;
    private String owner = "";
    private boolean isMarked;

    Splitting(ClassWriter out, Map<String, Weaver.Annotated> methods) {
        super(Opcodes.ASM9, out);
        this.methods = methods;
    }

    /** The name of the method with the code. */
    static String original(String name) {
        return name + "$original";
    }

    @Override
    public void visit(
            int version,
            int access,
            String name,
            @Nullable String signature,
            @Nullable String superName,
            String @Nullable [] interfaces) {
        owner = name;
        super.visit(version, access, name, signature, superName, interfaces);
    }

    @Override
    public @Nullable MethodVisitor visitMethod(
            int access, String name, String descriptor, @Nullable String signature, String @Nullable [] exceptions) {
        mark();
        if (!methods.containsKey(name + descriptor)) {
            return super.visitMethod(access, name, descriptor, signature, exceptions);
        }
        MethodVisitor door = super.visitMethod(
                access & ~(Opcodes.ACC_SYNCHRONIZED | Opcodes.ACC_STRICT), name, descriptor, signature, exceptions);
        int kept = access & (Opcodes.ACC_STATIC | Opcodes.ACC_SYNCHRONIZED | Opcodes.ACC_STRICT);
        MethodVisitor code = super.visitMethod(
                kept | Opcodes.ACC_PRIVATE | Opcodes.ACC_SYNTHETIC, original(name), descriptor, null, exceptions);
        boolean isStatic = (access & Opcodes.ACC_STATIC) != 0;
        return new Halves(door, code, name, descriptor, isStatic);
    }

    private void mark() {
        if (!isMarked) {
            isMarked = true;
            AnnotationVisitor mark = super.visitAnnotation(Weaver.MARK, true);
            if (mark != null) {
                mark.visitEnd();
            }
        }
    }

    /** Gives what is declared to one method and the code to the other. */
    private final class Halves extends MethodVisitor {
        private final MethodVisitor door;
        private final String name;
        private final String descriptor;
        private final boolean isStatic;
        private int line;

        Halves(MethodVisitor door, MethodVisitor code, String name, String descriptor, boolean isStatic) {
            super(Opcodes.ASM9, code);
            this.door = door;
            this.name = name;
            this.descriptor = descriptor;
            this.isStatic = isStatic;
        }

        @Override
        public void visitParameter(@Nullable String parameter, int access) {
            door.visitParameter(parameter, access);
            super.visitParameter(parameter, access);
        }

        @Override
        public @Nullable AnnotationVisitor visitAnnotation(String annotation, boolean visible) {
            return door.visitAnnotation(annotation, visible);
        }

        @Override
        public @Nullable AnnotationVisitor visitTypeAnnotation(
                int typeRef, @Nullable TypePath typePath, String annotation, boolean visible) {
            return door.visitTypeAnnotation(typeRef, typePath, annotation, visible);
        }

        @Override
        public void visitAnnotableParameterCount(int count, boolean visible) {
            door.visitAnnotableParameterCount(count, visible);
        }

        @Override
        public @Nullable AnnotationVisitor visitParameterAnnotation(int parameter, String annotation, boolean visible) {
            return door.visitParameterAnnotation(parameter, annotation, visible);
        }

        @Override
        public void visitLineNumber(int number, Label start) {
            if (line == 0) {
                line = number; // where the method begins, so that its frame in a stack trace says where that is
            }
            super.visitLineNumber(number, start);
        }

        @Override
        public void visitEnd() {
            super.visitEnd();
            Type type = Type.getMethodType(descriptor);
            String linked = isStatic ? descriptor : "(L" + owner + ";" + descriptor.substring(1);
            Handle original = new Handle(
                    isStatic ? Opcodes.H_INVOKESTATIC : Opcodes.H_INVOKESPECIAL,
                    owner,
                    original(name),
                    descriptor,
                    false);
            door.visitCode();
            if (line > 0) {
                Label start = new Label();
                door.visitLabel(start);
                door.visitLineNumber(line, start);
            }
            int slot = 0;
            if (!isStatic) {
                door.visitVarInsn(Opcodes.ALOAD, slot++);
            }
            for (Type argument : type.getArgumentTypes()) {
                door.visitVarInsn(argument.getOpcode(Opcodes.ILOAD), slot);
                slot += argument.getSize();
            }
            door.visitInvokeDynamicInsn(name, linked, LINK, original, isStatic ? 1 : 0);
            door.visitInsn(type.getReturnType().getOpcode(Opcodes.IRETURN));
            door.visitMaxs(0, 0); // computed by the writer
            door.visitEnd();
        }
    }
}
