package io.larder.cache;

/**
 * What one kind of annotation does around the calls of a method; {@link AnnotatedCall} says in which order the kinds stand
 * around each other. Immutable.
 */
@FunctionalInterface
interface Around {
    /**
     * The call with this around it, or {@code inner} itself if the method has no annotation of this kind.
     *
     * @throws IllegalArgumentException if the annotation cannot work; names the method and what to write
     */
    MethodCall around(AnnotatedCall.Site site, MethodCall inner);
}
