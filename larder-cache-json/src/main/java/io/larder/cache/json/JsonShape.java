package io.larder.cache.json;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.DeserializationConfig;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.deser.AbstractDeserializer;
import com.fasterxml.jackson.databind.deser.BeanDeserializerBase;
import com.fasterxml.jackson.databind.deser.DefaultDeserializationContext;
import com.fasterxml.jackson.databind.introspect.AnnotatedMember;
import com.fasterxml.jackson.databind.introspect.BeanPropertyDefinition;
import com.fasterxml.jackson.databind.jsontype.NamedType;
import java.io.Serializable;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Describes a declared type as Jackson sees it, so that a changed class has another shape, and refuses what could be written but not
 * brought back. For one type, while a function is defined.
 */
final class JsonShape {
    private final ObjectMapper mapper;
    private final DeserializationConfig config;
    private final DefaultDeserializationContext context;
    private final StringBuilder shape = new StringBuilder();
    private final Set<JavaType> described = new HashSet<>();
    private @Nullable JavaType whole;

    JsonShape(ObjectMapper mapper) {
        this.mapper = mapper;
        this.config = mapper.getDeserializationConfig();
        this.context = ((DefaultDeserializationContext) mapper.getDeserializationContext()).createDummyInstance(config);
    }

    /**
     * The shape.
     *
     * @throws IllegalArgumentException if a part cannot be brought back; names the way to it and what to write
     */
    String of(JavaType type) {
        whole = type;
        describe(type, "");
        return shape.toString();
    }

    private void describe(JavaType type, String path) {
        if (type.isContainerType() || type.isReferenceType()) {
            container(type, path);
            return;
        }
        Class<?> raw = type.getRawClass();
        if (raw == Object.class || raw == Serializable.class) {
            throw refused(type, path, "which says nothing of what is in it; declare the type");
        }
        shape.append(raw.getName());
        if (raw.isPrimitive() || raw.isEnum() || !described.add(type)) {
            return; // or within itself, or described before
        }
        BeanDescription bean = config.introspect(type);
        if (hasSubtypes(bean, type, path)) {
            subtypes(bean, path);
        } else if (type.isAbstract() && !raw.getName().startsWith("java.")) {
            throw refused(
                    type, path, "which is abstract; annotate it with @JsonTypeInfo(use = NAME) and @JsonSubTypes");
        }
        if (!type.isAbstract() || raw.getName().startsWith("java.")) {
            concrete(bean, type, path);
        }
    }

    private void container(JavaType type, String path) {
        shape.append(type.getRawClass().getName()).append('<');
        JavaType key = type.getKeyType();
        if (key != null) {
            shape.append(key.getRawClass().getName()).append(',');
            readable(() -> context.findKeyDeserializer(key, null), key, path + ".key");
        }
        describe(type.getContentType(), path + (key == null ? "[]" : ".value"));
        shape.append('>');
    }

    /** Whether the bytes name which of several types it is. */
    private boolean hasSubtypes(BeanDescription bean, JavaType type, String path) {
        JsonTypeInfo.Value info =
                config.getAnnotationIntrospector().findPolymorphicTypeInfo(config, bean.getClassInfo());
        if (info == null || info.getIdType() == JsonTypeInfo.Id.NONE) {
            return false;
        }
        JsonTypeInfo.Id id = info.getIdType();
        if (id == JsonTypeInfo.Id.CLASS || id == JsonTypeInfo.Id.MINIMAL_CLASS || id == JsonTypeInfo.Id.CUSTOM) {
            throw refused(
                    type,
                    path,
                    "whose annotation lets stored bytes name classes; write @JsonTypeInfo(use = NAME) and @JsonSubTypes");
        }
        shape.append('(').append(id).append(' ').append(info.getInclusionType());
        shape.append(' ').append(info.getPropertyName()).append(')');
        return true;
    }

    private void subtypes(BeanDescription bean, String path) {
        Collection<NamedType> declared =
                mapper.getSubtypeResolver().collectAndResolveSubtypesByTypeId(config, bean.getClassInfo());
        TreeMap<String, JavaType> byName = new TreeMap<>();
        for (NamedType subtype : declared) {
            if (!bean.getBeanClass().isAssignableFrom(subtype.getType())) {
                continue; // a sibling: the annotation is that of a common parent
            }
            JavaType resolved = config.constructSpecializedType(bean.getType(), subtype.getType());
            byName.put(
                    (subtype.hasName() ? subtype.getName() : "") + "="
                            + subtype.getType().getName(),
                    resolved);
        }
        shape.append('(');
        byName.forEach((name, subtype) -> {
            if (!subtype.isAbstract()) {
                shape.append(name).append(' ');
                describe(subtype, path + "(" + subtype.getRawClass().getSimpleName() + ")");
                shape.append(';');
            }
        });
        shape.append(')');
    }

    private void concrete(BeanDescription bean, JavaType type, String path) {
        JsonDeserializer<Object> reader = readable(() -> context.findNonContextualValueDeserializer(type), type, path);
        readable(() -> mapper.getSerializerProviderInstance().findValueSerializer(type), type, path);
        if (reader instanceof AbstractDeserializer) {
            throw refused(type, path, "which is abstract; declare a type of the program's own");
        }
        if (!(reader instanceof BeanDeserializerBase built)) {
            return; // a form of its own, like that of dates, which its name stands for
        }
        if (type.getRawClass().getName().startsWith("java.")) {
            throw refused(type, path, "which Jackson would take for a bean; declare another type");
        }
        if (!built.getValueInstantiator().canInstantiate()) {
            throw refused(
                    type,
                    path,
                    "which nothing can construct; give it a constructor without parameters, or @JsonCreator");
        }
        AnnotatedMember value = bean.findJsonValueAccessor();
        if (value != null) {
            shape.append('=');
            describe(value.getType(), path);
            return;
        }
        properties(bean, type, path);
    }

    private void properties(BeanDescription bean, JavaType type, String path) {
        TreeMap<String, JavaType> properties = new TreeMap<>();
        for (BeanPropertyDefinition property : bean.findProperties()) {
            if (property.couldDeserialize()) {
                properties.put(property.getName(), property.getPrimaryType());
            }
        }
        TreeSet<String> written = new TreeSet<>();
        for (BeanPropertyDefinition property :
                mapper.getSerializationConfig().introspect(type).findProperties()) {
            written.add(property.getName());
        }
        shape.append('{');
        properties.forEach((name, of) -> {
            shape.append(name).append(written.contains(name) ? ":" : "-:");
            describe(of, path + "." + name);
            shape.append(';');
        });
        shape.append('}');
    }

    private interface Look<T> {
        T up() throws JsonMappingException;
    }

    private <T> T readable(Look<T> look, JavaType type, String path) {
        try {
            return look.up();
        } catch (JsonMappingException e) {
            throw refused(
                    type,
                    path,
                    "which Jackson refuses: "
                            + e.getOriginalMessage().lines().findFirst().orElse("no reason given"));
        }
    }

    private IllegalArgumentException refused(JavaType type, String path, String why) {
        String part = path.isEmpty() ? text(type) : "%s%s is %s,".formatted(text(whole), path, text(type));
        return new IllegalArgumentException(
                (path.isEmpty() ? part + " is a type " : part + " ") + why + ", or use a mem: store");
    }

    private static String text(@Nullable JavaType type) {
        if (type == null) {
            return "";
        }
        return type.containedTypeCount() == 0
                ? type.getRawClass().getSimpleName()
                : type.toCanonical().replaceAll("[\\w$.]*[.$](\\w+)", "$1");
    }
}
