package io.larder.weave;

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;

/** An annotation of somebody else's. */
@Retention(RetentionPolicy.RUNTIME)
@interface Note {}
