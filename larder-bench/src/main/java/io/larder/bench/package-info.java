/** Load generators and benchmarks; never published. */
@NullMarked
package io.larder.bench;

import org.jspecify.annotations.NullMarked;
