/** The words every module shares: errors, time, durations and sizes as text, and the URL grammar. */
@NullMarked
package io.larder.base;

import org.jspecify.annotations.NullMarked;
