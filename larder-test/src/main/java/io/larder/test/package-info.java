/** For tests of programs that cache: a fake clock, a recording cache, a JUnit extension, and a virtual cluster. */
@NullMarked
package io.larder.test;

import org.jspecify.annotations.NullMarked;
